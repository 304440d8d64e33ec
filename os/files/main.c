// The file server: takes calls at its port, has the service answer them, and learns by event when a client ends.
//
// Granted: `ramdisk`, the memory of the archive, and `store`, memory that init keeps, in which a service that is started anew finds
// everything that was written to the one before it.
#include "os/files/recover.h"
#include "os/files/seed.h"
#include "os/files/service.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/page.h>
#include <parley/port.h>
#include <parley/shared_heap.h>
#include <parley/start.h>
#include <parley/thread.h>
#include <stdlib.h>
#include <string.h>

enum {
    NODES_MAX = 1 << 18,
    CONTENT_SHARE = 2, // of the machine's memory, one part in so many may be content
    SPARE_SHARE = 32,  // and one stays free: the kernel keeps programs off the last of that, for servers as this one
    IMAGE_STEP = 64 << 10,
};

static struct service service;
static struct store store;
static uint64_t boot_time; // nanoseconds
static union files_message message;
static uint64_t missing; // bytes that the call being answered found no room for
static _Alignas(8) char private_payload[2 * FILES_PATH_MAX];

static uint64_t random_word(void) {
    uint64_t word = 0;
    random_read(&word, sizeof(word));
    return word;
}

static uint64_t time_of_day(void) {
    return boot_time + clock_now();
}

static bool has_room(uint64_t bytes) {
    struct machine_information machine;
    bool room =
        machine_information(&machine) == STATUS_OK && machine.memory_free > bytes + machine.memory_total / SPARE_SHARE;
    missing = room ? missing : bytes;
    return room;
}

static void give_back(uint64_t place, uint64_t size) {
    shared_drop(start_grant_number("store"), (uint64_t)(store.contents - (uint8_t *)store.header) + place, size);
}

static enum status copy_in_steps(uint8_t *target, const struct node *file) {
    if (tree_is_packed(file)) {
        return tree_unpack_to(&service.tree, file, target);
    }
    for (uint64_t at = 0; at < file->size; at += IMAGE_STEP) {
        if (!has_room(IMAGE_STEP)) {
            return STATUS_LIMIT_REACHED;
        }
        tree_read(file, at, target + at, IMAGE_STEP);
    }
    return STATUS_OK;
}

static enum status copy_into(int32_t number, const struct node *file) {
    uint64_t base = 0;
    if (!has_room(file->size)) {
        return STATUS_LIMIT_REACHED;
    }
    enum status status = shared_map(number, 0, file->size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    if (status == STATUS_OK) {
        status = copy_in_steps((uint8_t *)base, file);
        memory_unmap(base, file->size);
    }
    return status;
}

// The archive's own pages, if the file is as it lies there and begins with one.
static enum status slice_archive(const struct node *file, int32_t *number) {
    if (file->capacity || file->packed || file->size == 0) {
        return STATUS_INVALID_ARGUMENT;
    }
    return shared_slice(start_grant_number("ramdisk"), (uint64_t)(file->bytes - service.tree.archive), file->size,
                        number);
}

static enum status copy_image(const struct node *file, int32_t *number) {
    enum status status = shared_create(file->size ? file->size : 1, number);
    if (status != STATUS_OK) {
        return status;
    }
    status = file->size ? copy_into(*number, file) : STATUS_OK;
    status = status == STATUS_OK ? shared_seal(*number) : status;
    if (status != STATUS_OK) {
        number_close(*number);
        *number = NUMBER_NONE;
    }
    return status;
}

static enum status make_image(const struct node *file, int32_t *number) {
    enum status status = slice_archive(file, number);
    return status == STATUS_INVALID_ARGUMENT ? copy_image(file, number) : status;
}

static void drop_image(int32_t number) {
    number_close(number);
}

// The watch's key is the process id, so that its event says who ended.
static enum status watch(struct client *client) {
    enum status status = process_open(client->process, &client->watch);
    if (status != STATUS_OK) {
        return status;
    }
    status = event_watch(client->watch, WATCH_CLOSED, client->process);
    if (status != STATUS_OK) {
        number_close(client->watch);
    }
    return status;
}

// ---- heaps of clients ----

// All of it is touched now: memory that is not there when it is used would end the server.
static enum status heap_map(struct client *client) {
    enum status status = shared_view_map(client->memory, &client->heap);
    if (status != STATUS_OK) {
        return status;
    }
    if (!tree_commit(&service.tree, client->heap.base, client->heap.size)) {
        shared_view_unmap(&client->heap);
        return STATUS_LIMIT_REACHED;
    }
    return STATUS_OK;
}

static enum status memory_id(int32_t number, uint64_t *id) {
    struct number_information information = {0};
    enum status status = number_information(number, &information);
    *id = information.id;
    return status;
}

static enum status make_heap(struct client *client, uint64_t *id) {
    if (!has_room(FILES_HEAP_SIZE)) {
        return STATUS_LIMIT_REACHED;
    }
    enum status status = shared_create(FILES_HEAP_SIZE, &client->memory);
    if (status != STATUS_OK) {
        return status;
    }
    status = memory_id(client->memory, id);
    status = status == STATUS_OK ? heap_map(client) : status;
    if (status != STATUS_OK) {
        number_close(client->memory);
        client->memory = NUMBER_NONE;
    }
    return status;
}

// Ids are never used again: what has this one is the memory that a service before this one made, all of which is there.
static enum status adopt_heap(struct client *client, int32_t number) {
    uint64_t id = 0;
    enum status status = memory_id(number, &id);
    if (status != STATUS_OK || id == 0 || id != client->record->heap) {
        return STATUS_DENIED;
    }
    status = shared_view_map(number, &client->heap);
    if (status == STATUS_OK) {
        client->memory = number;
    }
    return status;
}

static void unwatch(struct client *client) {
    number_close(client->watch);
    shared_view_unmap(&client->heap);
    if (client->memory) {
        number_close(client->memory);
    }
}

// The client has no handler for them, or no room (one that takes none has no more on their way to it than it paid for): it reads the bytes.
static enum status send_pages(uint32_t process, const void *pages, uint32_t count) {
    uint64_t counts = 0;
    return page_send(process, FILES_PAGE_TYPE, (uint64_t)pages, count,
                     PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES | PAGE_NO_ANSWER | PAGE_IF_ROOM,
                     DEADLINE_NOW, &counts);
}

// ---- serving ----

// What a client put into its heap can change at any time: all but data to be written is copied before it is looked at.
static bool find_payload(const struct files_call *call, const struct shared_view *heap,
                         struct service_request *request) {
    request->payload_size = call->payload_size;
    request->payload = call->bytes;
    if (call->payload_size > (call->payload ? FILES_DATA_MAX : FILES_CALL_BYTES)) {
        return false;
    }
    if (call->payload) {
        request->payload = shared_view_pointer(heap, call->payload, call->payload_size);
    }
    if (!request->payload || (call->request.operation == FILES_WRITE && call->payload)) {
        return request->payload;
    }
    if (call->payload_size > sizeof(private_payload)) {
        return false;
    }
    memcpy(private_payload, request->payload, call->payload_size);
    request->payload = private_payload;
    return true;
}

static bool find_room(const struct files_call *call, const struct shared_view *heap, struct service_request *request) {
    request->room = message.answer.bytes;
    request->room_size = FILES_SHORT_MAX;
    if (call->room) {
        request->room = shared_view_pointer(heap, call->room, call->room_size);
        request->room_size = call->room_size;
    }
    return request->room;
}

// The answer takes the call's place.
static struct service_answer answer(const struct port_information *information) {
    static const struct shared_view no_heap;
    struct service_client client = {information->process, information->user};
    struct service_request request = {
        .request = message.call.request, .tag = message.call.tag, .number = information->cargo.number};
    const struct client *known =
        message.call.payload || message.call.room ? handles_find_client(&service.handles, client.process) : NULL;
    const struct shared_view *heap = known ? &known->heap : &no_heap;
    struct service_answer made = {.reply.status = STATUS_INVALID_ARGUMENT};
    missing = 0;
    if (find_payload(&message.call, heap, &request) && find_room(&message.call, heap, &request)) {
        made = service_answer(&service, client, &request);
    }
    if (made.reply.status == STATUS_LIMIT_REACHED && missing != 0) {
        made.reply = (struct files_reply){.status = STATUS_NO_MEMORY, .value = (int64_t)missing};
    }
    message.answer.reply = made.reply;
    message.answer.payload_size = (uint32_t)made.payload_size;
    return made;
}

static void drop_cargo(const struct port_information *information) {
    if (information->cargo.number) {
        number_close(information->cargo.number);
    }
}

// Answers a call and receives the next. A caller that has given up gets nothing; the server waits for nobody.
static enum status serve_call(int32_t port, struct port_information *information) {
    uint64_t id = information->id;
    struct service_answer made = answer(information);
    if (!made.took_number) {
        drop_cargo(information);
    }
    if (!made.number) {
        enum status status = port_reply_receive(port, id, &message, information, DEADLINE_NEVER, NULL);
        if (status != STATUS_NOT_FOUND) {
            return status;
        }
    } else {
        struct port_cargo cargo = {.number = made.number, .rights = made.rights};
        port_reply(port, id, &message, &cargo);
    }
    return port_receive(port, &message, information, DEADLINE_NEVER, NULL);
}

static enum status serve_message(int32_t port, struct port_information *information) {
    drop_cargo(information);
    if (information->kind == PORT_SENT && information->process == start_information()->process) {
        handles_end_process(&service.handles, message.call.request.handle);
    }
    return port_receive(port, &message, information, DEADLINE_NEVER, NULL);
}

static void serve(int32_t port) {
    struct port_information information;
    enum status status = port_receive(port, &message, &information, DEADLINE_NEVER, NULL);
    while (status == STATUS_OK) {
        status = information.kind == PORT_CALLED ? serve_call(port, &information) : serve_message(port, &information);
    }
    log_line("cannot receive: status %d", status);
}

// A thread of its own learns by event which clients have ended, and tells the one that serves by the port. It also answers who
// looks for the service in the directory.
static void *tell_of_ends(void *argument) {
    union files_message told = {.call = {.request = {0}}};
    const int32_t *entry = argument;
    EVENT event;
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (!directory_take(&event) && event.Type == EVENT_READY) {
                told.call.request.handle = event.Data2;
                port_send(*entry, &told, NULL, DEADLINE_NEVER, NULL);
            }
        }
    }
    return NULL;
}

static enum status run(void) {
    static struct port_create plan = {.message_size = FILES_MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    struct thread *thread;
    int32_t port;
    gate_set(GATE_MESSAGE, 0, NULL);
    enum status status = port_create(&plan, &port);
    if (status == STATUS_OK) {
        status = thread_start(tell_of_ends, &plan.entry, NULL, &thread);
    }
    if (status == STATUS_OK) {
        serve(port);
    }
    return status;
}

static enum status open_ramdisk(const void **archive, size_t *size) {
    int32_t number = start_grant_number("ramdisk");
    uint64_t base = 0;
    enum status status = shared_size(number, size);
    status = status == STATUS_OK ? shared_map(number, 0, *size, PROTECTION_READ, 0, 0, &base) : status;
    *archive = (const void *)base;
    return status;
}

static enum status open_store(void) {
    int32_t number = start_grant_number("store");
    uint64_t base = 0;
    size_t size = 0;
    enum status status = shared_size(number, &size);
    status =
        status == STATUS_OK ? shared_map(number, 0, size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base) : status;
    return status == STATUS_OK ? store_map(&store, (void *)base, size, NODES_MAX) : status;
}

static void set_hooks(void) {
    service.tree.drop_image = drop_image;
    service.tree.has_room = has_room;
    service.tree.give_back = give_back;
    service.tree.now = time_of_day();
    handles_create(&service.handles, &service.tree);
    service.handles.watch = watch;
    service.handles.unwatch = unwatch;
}

static enum status fill(uint64_t bytes_max, const void *archive, size_t size) {
    const char *problem = NULL;
    size_t offset = 0;
    store_clear(&store, size);
    enum status status = tree_create(&service.tree, &store, bytes_max);
    if (status != STATUS_OK) {
        return status;
    }
    set_hooks();
    if (seed_tree(&service.tree, archive, size, &problem, &offset) != STATUS_OK) {
        log_line("the ramdisk is broken at byte %zu: %s", offset, problem);
    }
    store_set_filled(&store);
    return STATUS_OK;
}

static enum status recover(uint64_t bytes_max, const void *archive) {
    struct recovered recovered;
    enum status status = recover_tree(&service.tree, &store, bytes_max, archive, &recovered);
    if (status != STATUS_OK) {
        return status;
    }
    set_hooks();
    status = handles_recover(&service.handles, recovered.nodes);
    recover_end(&service.tree, &recovered);
    if (recovered.left_out) {
        log_line("%u records of the store made no sense and were left out", (unsigned)recovered.left_out);
    }
    return status;
}

static enum status prepare(void) {
    struct machine_information machine;
    const void *archive = NULL;
    size_t size = 0;
    machine_information(&machine);
    boot_time = machine.boot_time * NANOSECONDS_PER_SECOND;
    service.make_image = make_image;
    service.make_heap = make_heap;
    service.adopt_heap = adopt_heap;
    service.send_pages = send_pages;
    service.random = random_word;
    service.uptime = clock_now;
    service.time_of_day = time_of_day;
    uint64_t bytes_max = machine.memory_total / CONTENT_SHARE;
    enum status status = open_ramdisk(&archive, &size);
    status = status == STATUS_OK ? open_store() : status;
    if (status != STATUS_OK) {
        return status;
    }
    return store_is_filled(&store, size) ? recover(bytes_max, archive) : fill(bytes_max, archive, size);
}

int main(void) {
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("cannot start: status %d", status);
        return EXIT_FAILURE;
    }
    directory_join();
    run();
}
