// A service's side of the directory: registering, and filling the page of who asks.
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>

#include "libc/directory/names.h"

enum { CLIENTS = 64 };

static uint32_t own_id;

enum status directory_announce_as(uint32_t id, int32_t name) {
    struct interface_register wish = {
        .id = id,
        .version = DIRECTORY_VERSION,
        .data_size = sizeof(struct directory_page),
        .clients = CLIENTS,
        .name = name,
    };
    strncpy(wish.text, directory_name(id), NAME_SIZE - 1);
    gate_set(GATE_PIPE, 0, NULL);
    enum status status = interface_register(&wish, NULL);
    if (status == STATUS_OK)
        own_id = id;
    return status;
}

// The number is for one id; which one it is the kernel knows.
void directory_join(void) {
    int32_t name = start_grant_number("publish");
    enum status status = STATUS_NO_RIGHT;
    if (!name)
        return;
    for (uint32_t id = 1; status == STATUS_NO_RIGHT && directory_name(id); id++)
        status = directory_announce_as(id, name);
    if (status != STATUS_OK)
        log_line("directory: %s", status_text(status));
}

static void fill(int32_t number) {
    struct interface_peer peer;
    if (interface_accept(number, &peer) != STATUS_OK)
        return;
    ((struct directory_page *)peer.pages)->process = start_information()->process;
    interface_set_ready(&peer);
    memory_unmap((uint64_t)peer.pages, peer.about.data_size);
}

// What was filled in is all there is to say: the number alone is kept, until the client is gone.
bool directory_take(const EVENT *event) {
    if (event->Type != EVENT_INTERFACE || (event->Data3 & UINT16_MAX) != own_id)
        return false;
    if (event->Action == INTERFACE_REQUESTED)
        fill((int32_t)event->Data1);
    else if (event->Action == INTERFACE_GONE)
        number_close((int32_t)event->Data1);
    return true;
}
