// Finding a service in the directory: its page is opened, read and let go.
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/start.h>

#include "libc/directory/names.h"

// The server that has registered the id; 0: none. A program does not wait for itself.
static uint32_t registered(uint32_t id) {
    struct interface_information entry;
    size_t count = 0;
    enum status status = interface_list(INTERFACE_READY(0, id), &entry, 1, &count);
    return status == STATUS_OK && count == 1 && entry.id == id ? entry.server : 0;
}

uint32_t directory_find(const char *name) {
    void *pages;
    uint32_t id = directory_id(name);
    uint32_t server = id ? registered(id) : 0;
    if (server == 0 || server == start_information()->process)
        return server;
    uint32_t flags = INTERFACE_AT_LEAST | INTERFACE_DATA_ONLY;
    uint64_t deadline = deadline_after(NANOSECONDS_PER_SECOND);
    if (interface_open(id, DIRECTORY_VERSION, flags, deadline, &pages) != STATUS_OK)
        return 0;
    uint32_t process = ((const struct directory_page *)pages)->process;
    interface_close(pages);
    return process;
}
