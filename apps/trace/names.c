// Names of processes: a table that only grows.
#include "apps/trace/names.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/native/listing.h"

struct entry {
    uint32_t process;
    char name[NAME_SIZE];
};

static struct entry *entries; // process ids go up, and so does the table
static size_t count, room;

static void add(uint32_t process, const char *name) {
    if (count == room) {
        room = 2 * room + 64;
        entries = tool_reallocate(entries, room, sizeof(*entries));
    }
    entries[count].process = process;
    memcpy(entries[count].name, name, NAME_SIZE);
    count++;
}

void names_start(void) {
    size_t found;
    struct process_information *list = listing_processes(&found);
    for (size_t i = 0; i < found; i++)
        add(list[i].process, list[i].name);
    free(list);
}

void names_note(const struct trace_record *record) {
    if (record->operation == TRACE_PROCESS_STARTED)
        add(record->peer, record->name);
}

const char *names_of(uint32_t process) {
    if (process == 0)
        return "kernel";
    for (size_t i = count; i-- > 0;)
        if (entries[i].process == process)
            return entries[i].name;
    return "?";
}
