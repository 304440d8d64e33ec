// The memory daemon's clients' side: one call each.
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/mapping.h>
#include <parley/object.h>
#include <parley/port.h>
#include <parley/start.h>

#include "libc/files/client.h"

#define ROOM_PATIENCE (10 * NANOSECONDS_PER_SECOND)

static int32_t daemon_entry; // [a] NUMBER_NONE: not opened yet

// Two threads may both open it; one keeps its own.
static enum status entry_open(uint32_t daemon, int32_t *entry) {
    int32_t none = NUMBER_NONE;
    enum status status = port_open(daemon, 0, DEADLINE_NEVER, entry);
    if (status < 0)
        return status == STATUS_NOT_FOUND ? STATUS_PEER_DIED : status;
    if (!__atomic_compare_exchange_n(&daemon_entry, &none, *entry, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        number_close(*entry);
        *entry = none;
    }
    return STATUS_OK;
}

static enum status entry_find(int32_t *entry) {
    *entry = __atomic_load_n(&daemon_entry, __ATOMIC_ACQUIRE);
    if (*entry != NUMBER_NONE)
        return STATUS_OK;
    uint32_t daemon = start_service("memory");
    return daemon == 0 || daemon == start_information()->process ? STATUS_UNSUPPORTED : entry_open(daemon, entry);
}

// A daemon that has died is looked for anew: by the next call, or at once where another was started.
static void entry_forget(int32_t entry) {
    if (__atomic_compare_exchange_n(&daemon_entry, &entry, NUMBER_NONE, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        number_close(entry);
}

static enum status call(union mapping_message *message, struct port_cargo *cargo, uint64_t deadline) {
    int32_t entry;
    enum status status = entry_find(&entry);
    if (status < 0)
        return status;
    status = port_call(entry, message, cargo, deadline);
    if (status == STATUS_PEER_DIED || status == STATUS_RESTARTED)
        entry_forget(entry);
    return status;
}

// A port that was closed has taken nothing: the call is made anew at the daemon that took its place.
static enum status ask(union mapping_message *message, struct port_cargo *cargo, uint64_t deadline) {
    enum status status = call(message, cargo, deadline);
    if (status == STATUS_RESTARTED)
        status = call(message, cargo, deadline);
    return status < 0 ? status : (enum status)message->answer.status;
}

enum status mapping_open(uint32_t handle, uint32_t flags, uint64_t end, int32_t *memory, uint64_t *key) {
    union mapping_message message = {.call = {.operation = MAPPING_OPEN, .flags = flags, .end = end}};
    struct port_cargo cargo = {.number = NUMBER_NONE};
    enum status status = files_share(&handle, 1, &message.call.ticket);
    if (status >= 0)
        status = ask(&message, &cargo, DEADLINE_NEVER);
    if (status < 0)
        return status;
    *memory = cargo.number;
    *key = message.answer.key;
    return cargo.number == NUMBER_NONE ? STATUS_CORRUPT : STATUS_OK;
}

enum status mapping_write_back(uint64_t key, uint64_t start, uint64_t end) {
    union mapping_message message = {.call = {.operation = MAPPING_WRITE_BACK, .key = key, .start = start, .end = end}};
    return ask(&message, NULL, DEADLINE_NEVER);
}

enum status mapping_make_room(uint64_t bytes) {
    union mapping_message message = {.call = {.operation = MAPPING_MAKE_ROOM, .end = bytes}};
    return ask(&message, NULL, deadline_after(ROOM_PATIENCE));
}
