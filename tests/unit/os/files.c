// The file service: requests of the protocol, sound and malformed, from several clients.
#include "os/files/service.h"

#include "kernel/abi/object.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 10000, STORE_SIZE = 96 << 20 };

static _Alignas(4096) uint8_t memory[STORE_SIZE];
static struct store store;
static struct service service;
static uint64_t time_now = 1000, uptime_now = 1000;
static int images, watches;
static uint32_t dead; // a process that has ended before it can be watched

static enum status make_image(const struct node *file, int32_t *number) {
    *number = ++images;
    return STATUS_OK;
}

static uint64_t next_random(void) {
    return (uint64_t)random() << 32 | (uint64_t)random();
}

static uint64_t uptime(void) {
    return uptime_now;
}

static uint64_t time_of_day(void) {
    return time_now;
}

static enum status watch(struct client *client) {
    if (client->process == dead) {
        return STATUS_NOT_FOUND;
    }
    watches++;
    return STATUS_OK;
}

static void unwatch(struct client *client) {
    watches--;
}

static enum status make_heap(struct client *client, uint64_t *id) {
    client->memory = 99;
    *id = 1;
    return STATUS_OK;
}

static void drop_image(int32_t number) {
}

static void setup(void) {
    cr_assert_eq(store_map(&store, memory, STORE_SIZE, NODES), STATUS_OK);
    store_clear(&store, 0);
    cr_assert_eq(tree_create(&service.tree, &store, 1 << 24), STATUS_OK);
    service.tree.drop_image = drop_image;
    handles_create(&service.handles, &service.tree);
    service.handles.watch = watch;
    service.handles.unwatch = unwatch;
    service.make_image = make_image;
    service.make_heap = make_heap;
    service.random = next_random;
    service.uptime = uptime;
    service.time_of_day = time_of_day;
}

// Whatever a test did: when all clients have ended and tickets expired, only what has a name is left.
static void teardown(void) {
    for (uint32_t process = 1; process < 20; process++) {
        handles_end_process(&service.handles, process);
    }
    handles_expire(&service.handles, UINT64_MAX);
    tree_finish(&service.tree);
    cr_assert_eq(service.handles.count, 0);
    cr_assert_eq(service.handles.client_count, 0);
    cr_assert_eq(watches, 0);
    tree_destroy(&service.tree);
    cr_assert_eq(service.tree.nodes, 0);
    cr_assert_eq(service.tree.bytes, 0);
}

TestSuite(files, .init = setup, .fini = teardown);

static uint64_t room[FILES_DATA_MAX / 8];
static size_t room_size = sizeof(room);
static const void *const reply_payload = room;
static struct service_answer answer;
static const struct files_reply *const reply = &answer.reply;
static struct service_client me = {7, 0};

static enum status ask(struct files_request request, const void *payload, size_t size) {
    struct service_request asked = {
        .request = request, .payload = payload, .payload_size = size, .room = room, .room_size = room_size};
    memset(room, 0xee, sizeof(room));
    answer = service_answer(&service, me, &asked);
    return reply->status;
}

static enum status on_path(uint32_t operation, const char *path, uint32_t flags, uint64_t offset) {
    return ask(
        (struct files_request){.operation = operation, .flags = flags, .offset = offset, .name_size = strlen(path)},
        path, strlen(path));
}

static uint32_t open_file(const char *path, uint32_t flags) {
    cr_assert_eq(on_path(FILES_OPEN, path, flags, flags & FILES_CREATE ? 0644 : 0), STATUS_OK, "%s", path);
    return reply->handle;
}

static enum status on_handle(uint32_t operation, uint32_t handle, uint32_t size, uint64_t offset) {
    return ask((struct files_request){.operation = operation, .handle = handle, .size = size, .offset = offset}, "", 0);
}

static enum status write_text(uint32_t handle, uint64_t offset, const char *text) {
    return ask(
        (struct files_request){.operation = FILES_WRITE, .handle = handle, .size = strlen(text), .offset = offset},
        text, strlen(text));
}

static void expect_text(uint32_t handle, uint64_t offset, const char *text) {
    cr_assert_eq(on_handle(FILES_READ, handle, 100, offset), STATUS_OK);
    cr_assert_eq(reply->value, strlen(text));
    cr_assert_eq(answer.payload_size, strlen(text));
    cr_assert_eq(memcmp(reply_payload, text, strlen(text)), 0);
}

enum { READ_WRITE_CREATE = FILES_FOR_READ | FILES_FOR_WRITE | FILES_CREATE };

Test(files, a_file_is_made_written_and_read) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    cr_assert_eq(write_text(handle, FILES_OFFSET_CURRENT, "hello "), STATUS_OK);
    cr_assert_eq(write_text(handle, FILES_OFFSET_CURRENT, "world"), STATUS_OK);
    expect_text(handle, 0, "hello world");
    expect_text(handle, FILES_OFFSET_CURRENT, "");
    cr_assert_eq(on_handle(FILES_SEEK, handle, 0, 6), STATUS_OK);
    expect_text(handle, FILES_OFFSET_CURRENT, "world");
    cr_assert_eq(on_handle(FILES_CLOSE, handle, 0, 0), STATUS_OK);
    cr_assert_eq(on_handle(FILES_CLOSE, handle, 0, 0), STATUS_BAD_NUMBER);
}

Test(files, open_flags_mean_what_they_say) {
    cr_assert_eq(on_path(FILES_OPEN, "/f", FILES_FOR_READ, 0), STATUS_NOT_FOUND);
    uint32_t handle = open_file("/f", READ_WRITE_CREATE | FILES_EXCLUSIVE);
    cr_assert_eq(on_path(FILES_OPEN, "/f", READ_WRITE_CREATE | FILES_EXCLUSIVE, 0644), STATUS_EXISTS);
    write_text(handle, 0, "abc");
    uint32_t appender = open_file("/f", FILES_FOR_WRITE | FILES_APPEND);
    write_text(appender, 0, "d");
    expect_text(handle, 0, "abcd");
    open_file("/f", FILES_FOR_WRITE | FILES_CUT);
    expect_text(handle, 0, "");
    cr_assert_eq(on_path(FILES_OPEN, "/", FILES_FOR_WRITE, 0), STATUS_IS_DIRECTORY);
    cr_assert_eq(on_path(FILES_OPEN, "/f", FILES_FOR_READ | FILES_DIRECTORY, 0), STATUS_NOT_DIRECTORY);
    cr_assert_eq(on_path(FILES_OPEN, "/f", FILES_FOR_READ | FILES_CUT, 0), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(on_path(FILES_OPEN, "/f", 1 << 7, 0), STATUS_INVALID_ARGUMENT);
}

Test(files, a_handle_does_only_what_it_was_opened_for) {
    open_file("/f", READ_WRITE_CREATE);
    uint32_t reader = open_file("/f", FILES_FOR_READ);
    uint32_t writer = open_file("/f", FILES_FOR_WRITE);
    uint32_t directory = open_file("/", FILES_FOR_READ);
    cr_assert_eq(write_text(reader, 0, "x"), STATUS_NO_RIGHT);
    cr_assert_eq(on_handle(FILES_READ, writer, 1, 0), STATUS_NO_RIGHT);
    cr_assert_eq(on_handle(FILES_TRUNCATE, reader, 0, 1), STATUS_NO_RIGHT);
    cr_assert_eq(on_handle(FILES_READ, directory, 1, 0), STATUS_IS_DIRECTORY);
    cr_assert_eq(on_handle(FILES_LIST, reader, 100, 0), STATUS_NOT_DIRECTORY);
}

Test(files, a_handle_is_good_for_its_process_alone) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    me.process = 8;
    cr_assert_eq(on_handle(FILES_READ, handle, 1, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(on_handle(FILES_CLOSE, handle, 0, 0), STATUS_BAD_NUMBER);
}

Test(files, a_closed_handle_is_not_soon_anothers) {
    uint32_t first = open_file("/f", READ_WRITE_CREATE);
    on_handle(FILES_CLOSE, first, 0, 0);
    for (int i = 0; i < 100; i++) {
        uint32_t handle = open_file("/f", FILES_FOR_READ);
        cr_assert_neq(handle, first);
        on_handle(FILES_CLOSE, handle, 0, 0);
    }
}

Test(files, the_end_of_a_process_closes_all_it_had) {
    open_file("/f", READ_WRITE_CREATE);
    on_path(FILES_REMOVE, "/f", 0, 0);
    cr_assert_eq(service.tree.nodes, 2);
    handles_end_process(&service.handles, me.process);
    cr_assert_eq(service.tree.nodes, 1);
}

Test(files, a_client_that_has_ended_already_gets_no_handle_and_no_file_is_left) {
    dead = 7;
    cr_assert_eq(on_path(FILES_OPEN, "/f", READ_WRITE_CREATE, 0644), STATUS_NOT_FOUND);
    cr_assert_eq(service.tree.nodes, 1);
}

Test(files, a_client_has_its_share_of_handles) {
    open_file("/f", READ_WRITE_CREATE);
    for (int i = 1; i < HANDLES_PER_CLIENT; i++) {
        open_file("/f", FILES_FOR_READ);
    }
    cr_assert_eq(on_path(FILES_OPEN, "/f", FILES_FOR_READ, 0), STATUS_LIMIT_REACHED);
    cr_assert_eq(on_path(FILES_OPEN, "/new", READ_WRITE_CREATE, 0644), STATUS_LIMIT_REACHED);
    cr_assert_eq(service.tree.nodes, 2);
    me.process = 8;
    open_file("/f", FILES_FOR_READ);
}

static bool may_grow;

static bool has_room(uint64_t bytes) {
    return may_grow;
}

Test(files, what_needs_memory_that_is_not_there_is_refused_and_goes_on_when_it_is) {
    uint32_t file = open_file("/file", FILES_CREATE | FILES_FOR_WRITE), last = 0;
    service.tree.has_room = has_room;
    for (uint32_t i = 1; i < HANDLES_STEP; i++) {
        last = open_file("/file", FILES_FOR_READ);
    }
    cr_assert_eq(on_path(FILES_OPEN, "/file", FILES_FOR_READ, 0), STATUS_LIMIT_REACHED, "one more step of the tables");
    cr_assert_eq(write_text(file, 0, "text"), STATUS_LIMIT_REACHED, "the journal");
    cr_assert_eq(on_handle(FILES_CLOSE, last, 0, 0), STATUS_OK);
    open_file("/file", FILES_FOR_READ);
    may_grow = true;
    cr_assert_eq(write_text(file, 0, "text"), STATUS_OK);
    expect_text(open_file("/file", FILES_FOR_READ), 0, "text");
    cr_assert_eq(service.handles.opened_end, 2 * HANDLES_STEP);
}

Test(files, handles_pass_to_a_child_by_ticket_once_and_share_their_offset) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    write_text(handle, FILES_OFFSET_CURRENT, "abcdef");
    on_handle(FILES_SEEK, handle, 0, 2);
    cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE, .size = 4}, &handle, 4), STATUS_OK);
    uint64_t ticket = reply->value;
    cr_assert_neq(ticket, 0);
    me.process = 8;
    cr_assert_eq(on_handle(FILES_ADOPT, 0, 0, ticket ^ 2), STATUS_NOT_FOUND);
    cr_assert_eq(on_handle(FILES_ADOPT, 0, 0, ticket), STATUS_OK);
    cr_assert_eq(answer.payload_size, 4);
    uint32_t adopted = *(const uint32_t *)reply_payload;
    expect_text(adopted, FILES_OFFSET_CURRENT, "cdef");
    cr_assert_eq(on_handle(FILES_ADOPT, 0, 0, ticket), STATUS_NOT_FOUND);
    me.process = 7;
    expect_text(handle, FILES_OFFSET_CURRENT, "");
}

Test(files, tickets_expire_and_hold_nothing_then) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    ask((struct files_request){.operation = FILES_SHARE, .size = 4}, &handle, 4);
    uint64_t ticket = reply->value;
    uptime_now += FILES_TICKET_TIME;
    cr_assert_eq(on_handle(FILES_ADOPT, 0, 0, ticket), STATUS_NOT_FOUND);
}

Test(files, tickets_for_handles_of_others_are_refused_and_tickets_are_limited) {
    uint32_t handles[2] = {open_file("/f", READ_WRITE_CREATE), 12345};
    cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE, .size = 8}, handles, 8), STATUS_BAD_NUMBER);
    cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE, .size = 3}, handles, 3), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE}, "", 0), STATUS_INVALID_ARGUMENT);
    for (int i = 0; i < HANDLES_TICKETS_MAX; i++) {
        cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE, .size = 4}, handles, 4), STATUS_OK);
    }
    cr_assert_eq(ask((struct files_request){.operation = FILES_SHARE, .size = 4}, handles, 4), STATUS_LIMIT_REACHED);
}

Test(files, directories_are_made_listed_and_removed) {
    cr_assert_eq(on_path(FILES_MAKE_DIRECTORY, "/d", 0, 0755), STATUS_OK);
    uint32_t handle = open_file("/", FILES_FOR_READ | FILES_DIRECTORY);
    cr_assert_eq(on_handle(FILES_LIST, handle, 100, 0), STATUS_OK);
    const struct files_entry *entry = reply_payload;
    cr_assert_eq(entry->type, FILES_TYPE_DIRECTORY);
    cr_assert_eq(entry->name_size, 1);
    cr_assert_eq(on_handle(FILES_LIST, handle, 100, reply->value), STATUS_OK);
    cr_assert_eq(answer.payload_size, 0);
    cr_assert_eq(on_path(FILES_REMOVE_DIRECTORY, "/d", 0, 0), STATUS_OK);
    cr_assert_eq(on_handle(FILES_LIST, handle, 100, 0), STATUS_OK);
    cr_assert_eq(answer.payload_size, 0);
}

Test(files, stat_rename_mode_and_time) {
    open_file("/f", READ_WRITE_CREATE);
    cr_assert_eq(ask((struct files_request){.operation = FILES_RENAME, .name_size = 2, .other_size = 2}, "/f/g", 4),
                 STATUS_OK);
    cr_assert_eq(on_path(FILES_SET_MODE, "/g", 0, 0600), STATUS_OK);
    cr_assert_eq(on_path(FILES_SET_TIME, "/g", 0, 42), STATUS_OK);
    cr_assert_eq(on_path(FILES_STAT, "/g", 0, 0), STATUS_OK);
    const struct files_stat *stat = reply_payload;
    cr_assert_eq(stat->mode, 0600);
    cr_assert_eq(stat->modified, 42);
    cr_assert_eq(stat->type, FILES_TYPE_FILE);
    cr_assert_eq(stat->links, 1);
    cr_assert_eq(on_path(FILES_SET_TIME, "/g", 0, FILES_TIME_NOW), STATUS_OK);
    on_path(FILES_STAT, "/g", 0, 0);
    cr_assert_eq(((const struct files_stat *)reply_payload)->modified, time_now);
    cr_assert_eq(on_path(FILES_SET_MODE, "/g", 0, 010000), STATUS_INVALID_ARGUMENT);
}

Test(files, an_image_is_made_once_per_version) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    write_text(handle, 0, "abc");
    cr_assert_eq(on_path(FILES_IMAGE, "/f", 0, 0), STATUS_OK);
    cr_assert_eq(answer.number, 1);
    cr_assert_eq(reply->value, 3);
    cr_assert_not(answer.rights & RIGHT_EXECUTE);
    on_path(FILES_SET_MODE, "/f", 0, 0755);
    on_path(FILES_IMAGE, "/f", 0, 0);
    cr_assert_eq(answer.number, 1);
    cr_assert(answer.rights & RIGHT_EXECUTE);
    write_text(handle, 0, "x");
    on_path(FILES_IMAGE, "/f", 0, 0);
    cr_assert_eq(answer.number, 2);
    cr_assert_eq(on_path(FILES_IMAGE, "/", 0, 0), STATUS_IS_DIRECTORY);
    cr_assert_eq(answer.number, 0);
}

Test(files, other_users_are_kept_out) {
    cr_assert_eq(on_path(FILES_OPEN, "/f", READ_WRITE_CREATE, 0600), STATUS_OK);
    me.user = 5;
    cr_assert_eq(on_path(FILES_OPEN, "/f", FILES_FOR_READ, 0), STATUS_DENIED);
    cr_assert_eq(on_path(FILES_IMAGE, "/f", 0, 0), STATUS_DENIED);
    cr_assert_eq(on_path(FILES_REMOVE, "/f", 0, 0), STATUS_DENIED);
    cr_assert_eq(on_path(FILES_SET_MODE, "/f", 0, 0777), STATUS_DENIED);
}

Test(files, seeking_has_its_bounds) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    cr_assert_eq(on_handle(FILES_SEEK, handle, 0, (uint64_t)-1), STATUS_INVALID_ARGUMENT);
    on_handle(FILES_SEEK, handle, 0, INT64_MAX);
    struct files_request request = {
        .operation = FILES_SEEK, .flags = FILES_FROM_CURRENT, .handle = handle, .offset = 1};
    cr_assert_eq(ask(request, "", 0), STATUS_INVALID_ARGUMENT);
    request.flags = 3;
    cr_assert_eq(ask(request, "", 0), STATUS_INVALID_ARGUMENT);
}

Test(files, a_client_gets_one_heap) {
    cr_assert_eq(ask((struct files_request){.operation = FILES_HEAP}, "", 0), STATUS_OK);
    cr_assert_eq(answer.number, 99);
    cr_assert_eq(answer.rights, RIGHT_READ | RIGHT_WRITE | RIGHT_SEND);
    cr_assert_eq(ask((struct files_request){.operation = FILES_HEAP}, "", 0), STATUS_EXISTS);
    me.process = 8;
    cr_assert_eq(ask((struct files_request){.operation = FILES_HEAP}, "", 0), STATUS_OK);
    me.process = 7;
}

Test(files, what_has_no_room_for_its_reply_is_not_done) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    room_size = 16;
    cr_assert_eq(on_handle(FILES_STAT_HANDLE, handle, 0, 0), STATUS_TOO_SMALL);
    struct files_request request = {.operation = FILES_OPEN, .flags = READ_WRITE_CREATE, .name_size = 2};
    cr_assert_eq(ask(request, "/g", 2), STATUS_TOO_SMALL);
    request = (struct files_request){.operation = FILES_STAT, .name_size = 2};
    cr_assert_eq(ask(request, "/f", 2), STATUS_TOO_SMALL);
    cr_assert_eq(ask((struct files_request){.operation = FILES_ADOPT, .offset = 1}, "", 0), STATUS_TOO_SMALL);
    room_size = sizeof(room);
}

Test(files, malformed_requests_change_nothing) {
    uint32_t handle = open_file("/f", READ_WRITE_CREATE);
    struct files_request request = {.operation = FILES_READ, .handle = handle, .size = FILES_DATA_MAX + 1};
    cr_assert_eq(ask(request, "", 0), STATUS_TOO_SMALL, "more than there is room for");
    cr_assert_eq(answer.payload_size, 0);
    cr_assert_eq(ask((struct files_request){.operation = 99}, "", 0), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){0}, "", 0), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){.operation = FILES_CLOSE, .handle = handle, .size = 1}, "", 0),
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){.operation = FILES_CLOSE, .handle = handle}, "x", 1),
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){.operation = FILES_STAT, .name_size = 3}, "/f", 2),
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(ask((struct files_request){.operation = FILES_WRITE, .handle = handle, .size = 9}, "abc", 3),
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(
        ask((struct files_request){.operation = FILES_RENAME, .name_size = UINT32_MAX, .other_size = 3}, "/f", 2),
        STATUS_INVALID_ARGUMENT);
    expect_text(handle, 0, "");
}

// Random requests built of likely fields; invariants are the sanitizers' and the teardown's.
Test(files, random_requests_are_answered_and_leave_nothing_behind) {
    static const char *const paths[] = {"/a", "/b", "/a/b", "/a/b/c", "/", "", "/..", "/a//b"};
    uint32_t seen[16] = {0};
    srandom(8);
    for (int round = 0; round < 100000; round++) {
        uint64_t message[64] = {0};
        struct files_request request = {.operation = (unsigned)random() % 20};
        const char *first = paths[(unsigned)random() % 8], *second = paths[(unsigned)random() % 8];
        me.process = 1 + (unsigned)random() % 4;
        me.user = (unsigned)random() % 3;
        request.handle = random() % 2 ? seen[(unsigned)random() % 16] : 0;
        request.flags = random() % 2 ? (unsigned)random() % 128 : 0;
        request.offset = random() % 3 ? (unsigned)random() % 5000 : random() % 4 ? 0 : FILES_OFFSET_CURRENT;
        request.size = random() % 2 ? (unsigned)random() % 300 : 0;
        bool names = random() % 2;
        request.name_size = names ? strlen(first) : 0;
        request.other_size = names && random() % 2 ? strlen(second) : 0;
        size_t payload = names ? request.name_size + request.other_size : request.size;
        memcpy(message, first, request.name_size);
        memcpy((char *)message + request.name_size, second, request.other_size);
        room_size = random() % 8 ? sizeof(room) : (unsigned)random() % 64;
        ask(request, message, payload);
        cr_assert_leq(answer.payload_size, room_size);
        if (reply->status == STATUS_OK && request.operation == FILES_OPEN) {
            seen[(unsigned)random() % 16] = reply->handle;
        }
        if (random() % 500 == 0) {
            handles_end_process(&service.handles, me.process);
        }
    }
}
