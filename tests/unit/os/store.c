// A file service that ends at any step of any operation: the one after it finds all as it was before, or as it is after, and the call that is
// made again is carried out once.
#include "os/files/recover.h"
#include "os/files/service.h"

#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 64, SIZE = 2 << 20, ME = 7, OTHER = 8, DUMP = 1 << 16, LONG = 20000, LARGE = 50000 };

static _Alignas(4096) uint8_t memory[SIZE], before[SIZE], spare[SIZE];

// What lies in the ramdisk: a text, and a file that is packed (os/files/packed.h): "in the ramdisk" out of the text, and "!" 40 times,
// the last five of which must be literals.
enum { PACKED_AT = 512, PACKED_SIZE = 54 };
static const struct {
    uint8_t text[PACKED_AT];
    struct packed_header header;
    uint8_t block[14];
} ramdisk = {
    .text = "what lies in the ramdisk",
    .header = {.dictionary_size = 24, .size = PACKED_SIZE, .packed_size = 14, .sum = 2667},
    .block = {14 - 4, 14, 0, 1 << 4 | 15, '!', 1, 0, 34 - 4 - 15, 5 << 4, '!', '!', '!', '!', '!'},
};
static const uint8_t *const archive = (const uint8_t *)&ramdisk;
static struct service service;
static struct store store;
static uint32_t ended; // a process that has ended meanwhile
static uint64_t time_now = 1000;

// A service that ends lets nothing go.
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "detect_leaks=0";
}

// ---- the service and its end ----

static jmp_buf end;
static long steps_left; // until it ends; negative: never

static void step(void) {
    if (steps_left >= 0 && steps_left-- == 0) {
        longjmp(end, 1);
    }
}

static enum status watch(struct client *client) {
    return client->process == ended ? STATUS_NOT_FOUND : STATUS_OK;
}

static uint64_t the_time(void) {
    return time_now;
}

static uint64_t a_ticket(void) {
    return 0x77;
}

static enum status make_heap(struct client *client, uint64_t *id) {
    client->memory = 5;
    *id = 99;
    return STATUS_OK;
}

static enum status adopt_heap(struct client *client, int32_t number) {
    client->memory = number;
    return client->record->heap == 99 ? STATUS_OK : STATUS_DENIED;
}

static void set_hooks(void) {
    handles_create(&service.handles, &service.tree);
    service.handles.watch = watch;
    service.make_heap = make_heap;
    service.adopt_heap = adopt_heap;
    service.random = a_ticket;
    service.uptime = the_time;
    service.time_of_day = the_time;
}

static void start(void) {
    struct recovered recovered;
    cr_assert_eq(store_map(&store, memory, SIZE, NODES), STATUS_OK);
    if (!store_is_filled(&store, sizeof(ramdisk))) {
        store_clear(&store, sizeof(ramdisk));
        cr_assert_eq(tree_create(&service.tree, &store, 1 << 20), STATUS_OK);
        service.tree.archive = archive;
        set_hooks();
        store_set_filled(&store);
        return;
    }
    store.step = step;
    cr_assert_eq(recover_tree(&service.tree, &store, 1 << 20, archive, &recovered), STATUS_OK);
    set_hooks();
    cr_assert_eq(handles_recover(&service.handles, recovered.nodes), STATUS_OK);
    recover_end(&service.tree, &recovered);
    cr_assert_eq(recovered.left_out, 0);
}

// What a service that ends has of its own goes with it.
static void stop(void) {
    uint64_t changes = store.header->journal_used;
    cr_assert_eq(changes, 0);
    memcpy(spare, memory, SIZE);
    store.step = NULL;
    for (uint32_t process = ME; process <= OTHER; process++) {
        handles_end_process(&service.handles, process);
    }
    handles_expire(&service.handles, UINT64_MAX);
    tree_destroy(&service.tree);
    cr_assert_eq(service.tree.nodes, 0);
    cr_assert_eq(service.tree.bytes, 0);
    memcpy(memory, spare, SIZE);
}

// ---- all that a client can see ----

struct text {
    char bytes[DUMP];
    size_t size;
};

static void put(struct text *text, const char *name, uint64_t value) {
    text->size += (size_t)snprintf(text->bytes + text->size, DUMP - text->size, " %s %lx", name, value);
    cr_assert_lt(text->size, DUMP);
}

static uint64_t sum_of(const struct node *node) {
    uint64_t sum = 14695981039346656037u;
    uint8_t unpacked[PACKED_SIZE];
    const uint8_t *bytes = node->bytes;
    if (tree_is_packed(node)) {
        cr_assert_eq(node->size, PACKED_SIZE);
        cr_assert_eq(tree_unpack_to(&service.tree, node, unpacked), STATUS_OK);
        bytes = unpacked;
    }
    for (uint64_t i = 0; i < node->size; i++) {
        sum = (sum ^ bytes[i]) * 1099511628211u;
    }
    return sum;
}

static void put_node(struct text *text, const struct node *node) {
    put(text, node->name, node->id);
    put(text, "type", node->type);
    put(text, "mode", node->mode);
    put(text, "user", node->user);
    put(text, "size", node->size);
    put(text, "sum", sum_of(node));
    put(text, "links", node->parent ? node->parent->id : 0);
    const struct node *child = NULL;
    TAILQ_FOREACH(child, &node->order, in_order) {
        put_node(text, child);
    }
}

static void dump(struct text *text) {
    text->size = 0;
    put_node(text, service.tree.root);
    put(text, "nodes", service.tree.nodes);
    put(text, "bytes", service.tree.bytes);
    for (uint32_t i = 0; i < HANDLES_MAX; i++) {
        const struct handle *handle = &service.handles.slots[i];
        if (handle->client) {
            put(text, "handle", i);
            put(text, "of", handle->client->process);
            put(text, "generation", handle->generation);
            put(text, "offset", handle->opened->record->offset);
            put(text, "flags", handle->opened->record->flags);
            put_node(text, handle->opened->node);
        }
    }
    for (uint32_t i = 0; i < HANDLES_TICKETS_MAX; i++) {
        if (service.handles.tickets[i].value) {
            put(text, "ticket", service.handles.tickets[i].value);
            put(text, "of", service.handles.tickets[i].count);
        }
    }
}

// ---- calls ----

struct call {
    uint32_t operation;
    const char *path, *other; // `other`: the second name, or the bytes to be written
    uint32_t flags, handle, size;
    uint64_t offset;
    uint32_t process;
};

static _Alignas(8) uint8_t room[FILES_DATA_MAX];
static uint8_t payload[FILES_DATA_MAX];
static uint64_t tag;

static struct service_answer ask(const struct call *call) {
    struct service_request request = {
        .request = {.operation = call->operation,
                    .flags = call->flags,
                    .handle = call->handle,
                    .size = call->size,
                    .offset = call->offset},
        .payload = payload,
        .tag = tag,
        .room = room,
        .room_size = sizeof(room),
    };
    if (call->path) {
        request.request.name_size = (uint32_t)strlen(call->path);
        strcpy((char *)payload, call->path);
        request.payload_size = request.request.name_size;
    }
    if (call->operation == FILES_RENAME) {
        request.request.other_size = (uint32_t)strlen(call->other);
        strcpy((char *)payload + request.payload_size, call->other);
        request.payload_size += request.request.other_size;
    } else if (call->operation == FILES_WRITE) {
        memset(payload, call->other[0], call->size);
        request.payload_size = call->size;
    } else if (call->operation == FILES_SHARE) {
        memcpy(payload, &call->handle, 4);
        request.request.handle = 0;
        request.payload_size = call->size;
    }
    return service_answer(&service, (struct service_client){call->process ? call->process : ME, 0}, &request);
}

enum {
    H0 = 1 << 12,
    H1 = H0 | 1,
    H2 = H0 | 2,
    H3 = 2 << 12 | 2,
    HP = H0 | 4,
    HQ = 2 << 12 | 4,
    READ_WRITE = FILES_FOR_READ | FILES_FOR_WRITE
};

// The handles are what the slots give: the first free one, whose generation is higher by one each time that it was closed.
static const struct call script[] = {
    {.operation = FILES_MAKE_DIRECTORY, .path = "/d", .offset = 0755},
    {.operation = FILES_OPEN, .path = "/d/a", .flags = READ_WRITE | FILES_CREATE, .offset = 0644},
    {.operation = FILES_WRITE, .handle = H0, .size = 100, .offset = FILES_OFFSET_CURRENT, .other = "x"},
    {.operation = FILES_WRITE, .handle = H0, .size = LONG, .offset = FILES_OFFSET_CURRENT, .other = "y"},
    {.operation = FILES_WRITE, .handle = H0, .size = 5000, .offset = 50, .other = "z"},
    {.operation = FILES_WRITE, .handle = H0, .size = LARGE, .offset = 40000, .other = "w"},
    {.operation = FILES_WRITE, .handle = H0, .size = 5000, .offset = 89000, .other = "v"}, // over the end
    {.operation = FILES_WRITE, .handle = H0, .size = 5000, .offset = 93000, .other = "u"}, // and where it has room
    {.operation = FILES_SEEK, .handle = H0, .offset = 10, .flags = FILES_FROM_START},
    {.operation = FILES_READ, .handle = H0, .size = 200, .offset = FILES_OFFSET_CURRENT},
    {.operation = FILES_SEEK, .handle = H0, .offset = 10, .flags = FILES_FROM_CURRENT},
    {.operation = FILES_OPEN, .path = "/d/b", .flags = FILES_FOR_WRITE | FILES_APPEND | FILES_CREATE, .offset = 0600},
    {.operation = FILES_WRITE, .handle = H1, .size = 10, .offset = FILES_OFFSET_CURRENT, .other = "p"},
    {.operation = FILES_WRITE, .handle = H1, .size = 10, .offset = FILES_OFFSET_CURRENT, .other = "q"},
    {.operation = FILES_RENAME, .path = "/d/b", .other = "/d/a"},
    {.operation = FILES_TRUNCATE, .handle = H0, .offset = 300},
    {.operation = FILES_TRUNCATE, .handle = H0, .offset = 70000},
    {.operation = FILES_SHARE, .handle = H0, .size = 4},
    {.operation = FILES_ADOPT, .offset = 0x77, .process = OTHER},
    {.operation = FILES_CLOSE, .handle = H0},
    {.operation = FILES_READ, .handle = H2, .size = 50, .offset = FILES_OFFSET_CURRENT, .process = OTHER},
    {.operation = FILES_CLOSE, .handle = H2, .process = OTHER},
    {.operation = FILES_HEAP},
    {.operation = FILES_OPEN, .path = "/d", .flags = FILES_FOR_READ | FILES_DIRECTORY},
    {.operation = FILES_OPEN, .path = "/ram", .flags = READ_WRITE},
    {.operation = FILES_WRITE, .handle = H3, .size = 4, .offset = 2, .other = "R"},
    {.operation = FILES_RENAME, .path = "/d", .other = "/e"},
    {.operation = FILES_RENAME, .path = "/e/a", .other = "/e/long-name-of-a-file-that-has-another-one"},
    {.operation = FILES_OPEN,
     .path = "/e/long-name-of-a-file-that-has-another-one",
     .flags = FILES_FOR_WRITE | FILES_CUT},
    {.operation = FILES_SET_MODE, .path = "/e", .offset = 0700},
    {.operation = FILES_SET_TIME, .path = "/e", .offset = 12345},
    {.operation = FILES_REMOVE, .path = "/e/long-name-of-a-file-that-has-another-one"},
    {.operation = FILES_REMOVE_DIRECTORY, .path = "/e"},
    {.operation = FILES_REMOVE, .path = "/not-there"},
    {.operation = FILES_OPEN, .path = "/packed", .flags = FILES_FOR_READ},
    {.operation = FILES_READ, .handle = HP, .size = 60, .offset = FILES_OFFSET_CURRENT},
    {.operation = FILES_CLOSE, .handle = HP},
    {.operation = FILES_OPEN, .path = "/packed", .flags = READ_WRITE},
    {.operation = FILES_WRITE, .handle = HQ, .size = 4, .offset = 2, .other = "R"},
    {.operation = FILES_CLOSE, .handle = HQ},
    {.operation = FILES_MAKE_DIRECTORY, .path = "/after", .offset = 0755},
};
enum { SCRIPT = sizeof(script) / sizeof(script[0]) };

static void setup(void) {
    struct node *node = NULL;
    memset(memory, 0, SIZE);
    steps_left = -1;
    start();
    cr_assert_eq(tree_make(&service.tree, (struct tree_path){"/ram", 4}, FILES_TYPE_FILE, 0644, 0, &node), STATUS_OK);
    tree_borrow(&service.tree, node, archive, 25);
    cr_assert_eq(tree_make(&service.tree, (struct tree_path){"/packed", 7}, FILES_TYPE_FILE, 0644, 0, &node),
                 STATUS_OK);
    cr_assert_eq(tree_borrow_packed(&service.tree, node, archive + PACKED_AT), STATUS_OK);
    tree_finish(&service.tree);
}

TestSuite(store, .init = setup);

static struct text was, is, found;
static struct service_answer wanted;
static uint8_t wanted_room[sizeof(room)];

static void expect_same(const struct text *a, const struct text *b, const char *what, uint32_t call, long at) {
    cr_assert_str_eq(a->bytes, b->bytes, "%s: call %u, step %ld", what, call, at);
}

static void expect_answer(const struct service_answer *answer, uint32_t call, long at) {
    bool is_same = answer->reply.status == wanted.reply.status && answer->reply.handle == wanted.reply.handle &&
                   answer->reply.value == wanted.reply.value && answer->payload_size == wanted.payload_size &&
                   memcmp(room, wanted_room, answer->payload_size) == 0;
    cr_assert(is_same, "another answer: call %u, step %ld: status %d for %d", call, at, answer->reply.status,
              wanted.reply.status);
}

// Whether the service ended at this step of the call. Another is started, which may end while it recovers; the third has all.
static bool ends_at(uint32_t call, long at) {
    memcpy(memory, before, SIZE);
    steps_left = -1;
    start();
    steps_left = at;
    if (setjmp(end) == 0) {
        ask(&script[call]);
        steps_left = -1;
        stop();
        return false;
    }
    steps_left = at % 5;
    if (setjmp(end) == 0) {
        start();
    }
    steps_left = -1;
    start();
    dump(&found);
    if (strcmp(found.bytes, was.bytes) != 0) {
        expect_same(&found, &is, "neither before nor after", call, at);
    }
    struct service_answer answer = ask(&script[call]);
    expect_answer(&answer, call, at);
    dump(&found);
    expect_same(&found, &is, "made again", call, at);
    stop();
    return true;
}

Test(store, an_end_at_any_step_of_any_call_leaves_all_as_before_or_after_and_the_call_made_again_is_done_once) {
    long steps = 0;
    for (uint32_t call = 0; call < SCRIPT; call++) {
        tag = call + 1;
        memcpy(before, memory, SIZE);
        dump(&was);
        wanted = ask(&script[call]);
        memcpy(wanted_room, room, sizeof(room));
        if (script[call].path && strcmp(script[call].path, "/not-there") != 0) {
            cr_assert_eq(wanted.reply.status, STATUS_OK, "call %u: %d", call, wanted.reply.status);
        }
        dump(&is);
        stop();
        memcpy(spare, memory, SIZE);
        uint8_t *after = malloc(SIZE);
        memcpy(after, memory, SIZE);
        long at = 0;
        while (ends_at(call, at)) {
            at++;
        }
        steps += at;
        memcpy(memory, after, SIZE);
        free(after);
        steps_left = -1;
        start();
        dump(&found);
        expect_same(&found, &is, "started anew", call, -1);
    }
    cr_assert_gt(steps, 200);
    stop();
}

Test(store, what_a_process_had_open_that_ended_meanwhile_is_closed) {
    tag = 1;
    ask(&script[0]);
    tag = 2;
    ask(&script[1]);
    tag = 3;
    ask(&(struct call){.operation = FILES_REMOVE, .path = "/d/a"});
    uint64_t nodes = service.tree.nodes;
    stop();
    ended = ME;
    start();
    cr_assert_eq(service.handles.count, 0);
    cr_assert_eq(service.handles.client_count, 0);
    cr_assert_eq(service.tree.nodes, nodes - 1, "the file that it alone had open is gone");
    stop();
}

Test(store, a_client_brings_the_heap_that_it_was_given_and_no_other) {
    tag = 1;
    cr_assert_eq(ask(&(struct call){.operation = FILES_HEAP}).number, 5);
    stop();
    start();
    struct service_request request = {.request.operation = FILES_HEAP, .room = room, .room_size = 464, .number = 6};
    struct service_answer answer = service_answer(&service, (struct service_client){ME, 0}, &request);
    cr_assert_eq(answer.reply.status, STATUS_OK);
    cr_assert(answer.took_number);
    cr_assert_eq(service_answer(&service, (struct service_client){OTHER, 0}, &request).reply.status, STATUS_DENIED);
    stop();
}

// A service with a mistake may have written anything: the next one leaves out what makes no sense, and works.
Test(store, records_that_make_no_sense_are_left_out) {
    uint32_t left_out = 0;
    for (uint32_t call = 0; call < 16; call++) {
        tag = call + 1;
        ask(&script[call]);
    }
    stop();
    memcpy(before, memory, SIZE);
    ended = ME;
    for (uint32_t round = 0; round < 3000; round++) {
        struct recovered recovered;
        memcpy(memory, before, SIZE);
        size_t size = (size_t)((uint8_t *)(store.nodes + 6) - (uint8_t *)store.opened);
        size_t from = round % 2 ? (size_t)((uint8_t *)store.nodes - (uint8_t *)store.opened) : 0;
        for (uint32_t i = 0; i < 1 + round % 7; i++) {
            ((uint8_t *)store.opened)[from + (size_t)random() % (size - from)] = (uint8_t)random();
        }
        store.step = NULL;
        enum status status = recover_tree(&service.tree, &store, 1 << 20, archive, &recovered);
        left_out += recovered.left_out;
        if (status != STATUS_OK) {
            cr_assert_eq(status, STATUS_CORRUPT);
            free(recovered.nodes);
            continue;
        }
        set_hooks();
        cr_assert_eq(handles_recover(&service.handles, recovered.nodes), STATUS_OK);
        recover_end(&service.tree, &recovered);
        dump(&found);
        stop();
    }
    cr_assert_gt(left_out, 100);
}

Test(store, memory_of_another_layout_is_not_taken) {
    stop();
    cr_assert_eq(store_map(&store, memory, 4096, NODES), STATUS_TOO_SMALL);
    cr_assert_eq(store_map(&store, memory, SIZE - 4096, NODES), STATUS_CORRUPT);
    cr_assert_eq(store_map(&store, memory, SIZE, NODES), STATUS_OK);
    cr_assert_not(store_is_filled(&store, sizeof(ramdisk) + 1), "another ramdisk");
}
