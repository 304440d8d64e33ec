// The memory daemon: fills the pages of mapped files when they are touched (<parley/mapping.h>).
//
// Three threads: one takes calls at the port, one serves faults by link, one answers who looks for the daemon in the directory. It waits for
// the file server, and nobody that it waits for ever waits for it: the file server maps nothing of its.
#include "os/memory/mapped.h"
#include "os/memory/swap.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/mapping.h>
#include <parley/port.h>
#include <parley/thread.h>
#include <stdlib.h>
#include <string.h>

#include "libc/files/client.h"

#define SWEEP_INTERVAL (250 * NANOSECONDS_PER_MILLISECOND)

struct answer {
    enum status status;
    uint64_t key;
    struct port_cargo cargo;
};

static struct answer open_file(const struct mapping_call *call) {
    struct answer answer = {0};
    struct mapped *mapped = NULL;
    uint32_t handle;
    bool write = call->flags & MAPPING_SHARED_WRITE;
    if (call->flags & ~(uint32_t)MAPPING_SHARED_WRITE || call->key || call->start) {
        answer.status = STATUS_INVALID_ARGUMENT;
        return answer;
    }
    answer.status = files_adopt(call->ticket, &handle, 1);
    if (answer.status >= 0)
        answer.status = mapped_open(handle, write, call->end, &mapped);
    if (answer.status >= 0) {
        answer.key = mapped->key;
        answer.cargo = (struct port_cargo){mapped->memory, RIGHT_READ | (write ? RIGHT_WRITE : 0)};
    }
    return answer;
}

static struct answer answer_call(const struct mapping_call *call) {
    switch (call->operation) {
    case MAPPING_OPEN:
        return open_file(call);
    case MAPPING_WRITE_BACK:
        return (struct answer){.status = mapped_write_back(call->key, call->start, call->end)};
    case MAPPING_MAKE_ROOM:
        return (struct answer){.status = swap_make_room(call->end)};
    default:
        return (struct answer){.status = STATUS_INVALID_ARGUMENT};
    }
}

static void serve_call(int32_t port, uint64_t id, const struct mapping_call *call) {
    struct answer answer = answer_call(call);
    union mapping_message message = {.answer = {.status = answer.status, .key = answer.key}};
    port_reply(port, id, &message, answer.cargo.number ? &answer.cargo : NULL);
}

// While something is mapped writable it looks now and then whether it still is.
static void serve(int32_t port) {
    struct port_information information;
    union mapping_message message;
    bool again = false;
    for (;;) {
        uint64_t deadline = again ? deadline_after(SWEEP_INTERVAL) : DEADLINE_NEVER;
        enum status status = port_receive(port, &message, &information, deadline, NULL);
        if (status != STATUS_OK && status != STATUS_TIMED_OUT) {
            log_line("cannot receive: status %d", status);
            return;
        }
        if (status == STATUS_OK && information.cargo.number)
            number_close(information.cargo.number);
        if (status == STATUS_OK && information.kind == PORT_CALLED)
            serve_call(port, information.id, &message.call);
        again = mapped_sweep();
    }
}

static void *answer_directory(void *unused) {
    EVENT event;
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            directory_take(&event);
    }
    return unused;
}

int main(void) {
    struct port_create plan = {.message_size = MAPPING_MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    struct thread *thread;
    int32_t port;
    gate_set(GATE_MESSAGE, 0, NULL);
    swap_start(); // before it is in the directory: init starts no program until then
    enum status status = port_create(&plan, &port);
    if (status == STATUS_OK)
        status = thread_start(mapped_serve_faults, NULL, NULL, &thread);
    if (status == STATUS_OK) {
        directory_join();
        status = thread_start(answer_directory, NULL, NULL, &thread);
    }
    if (status != STATUS_OK) {
        log_line("cannot start: status %d", status);
        return EXIT_FAILURE;
    }
    serve(port);
    return EXIT_FAILURE;
}
