// The file server's client: requests as the protocol wants them, and replies that are broken, late or missing.
#include "libc/files/client.h"

#include <criterion/criterion.h>
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/mapping.h>
#include <parley/shared_heap.h>
#include <parley/start.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER = 7, ENTRY = 41, NUMBER = 5, HEAP = 6, HEAP_START = 4096 };

// The fake of the kernel: the call that was made, and the answer that is to come.
static struct files_call sent;
static struct files_answer answer;
static int32_t reply_number;
static uint32_t server = SERVER;
static enum status open_status, call_status;
static bool heap_refused;
static int heap_blocks;
static _Alignas(8) char heap[4 * FILES_DATA_MAX];
static const char *long_reply;

uint32_t start_service(const char *name) {
    cr_assert_str_eq(name, "files");
    return server;
}

// A server that ends, and one after it.
static int calls_until_end = -1, closed_entries, brought_heaps, pauses;
static uint32_t next_server;
static int32_t living_entry = ENTRY;
static uint64_t tag_at_end, told_server;

uint32_t directory_find(const char *name) {
    cr_assert_str_eq(name, "files");
    return pauses > 2 ? next_server : 0;
}

enum status thread_sleep(uint64_t deadline) {
    pauses++;
    return STATUS_OK;
}

uint64_t clock_now(void) {
    return (uint64_t)pauses * NANOSECONDS_PER_SECOND;
}

uint64_t deadline_after(uint64_t duration) {
    return clock_now() + duration;
}

void start_grant_move(const char *name, uint32_t process) {
    told_server = process;
}

int32_t shared_heap_number(const struct shared_heap *of) {
    return HEAP;
}

enum status port_open(uint32_t process, uint64_t thread, uint64_t deadline, int32_t *entry) {
    cr_assert_eq(process, next_server ? next_server : SERVER);
    cr_assert_eq(thread, 0);
    *entry = living_entry = next_server ? ENTRY + 1 : ENTRY;
    return open_status;
}

enum status number_close(int32_t number) {
    closed_entries += number == ENTRY;
    return STATUS_OK;
}

enum status port_call(int32_t entry, void *message, struct port_cargo *cargo, uint64_t deadline) {
    cr_assert_eq(entry, living_entry);
    if (calls_until_end-- == 0) {
        tag_at_end = ((struct files_call *)message)->tag;
        next_server = SERVER + 1;
        return STATUS_PEER_DIED;
    }
    if (((struct files_call *)message)->request.operation == FILES_HEAP) {
        brought_heaps += cargo->number == HEAP;
        *(struct files_answer *)message =
            (struct files_answer){.reply.status = heap_refused ? STATUS_LIMIT_REACHED : 0};
        cargo->number = HEAP;
        return STATUS_OK;
    }
    memcpy(&sent, message, sizeof(sent));
    if (sent.room && long_reply)
        memcpy(heap + sent.room, long_reply,
               answer.payload_size < sent.room_size ? answer.payload_size : sent.room_size);
    memcpy(message, &answer, sizeof(answer));
    if (cargo)
        cargo->number = reply_number;
    return call_status;
}

// The memory daemon: after so many rooms that it made there is enough.
static int rooms_until_enough, rooms;
static uint64_t room_bytes, tag_before_room;

enum status mapping_make_room(uint64_t bytes) {
    room_bytes = bytes;
    tag_before_room = sent.tag;
    if (rooms_until_enough == 0)
        return STATUS_NO_MEMORY;
    if (++rooms == rooms_until_enough)
        answer = (struct files_answer){.reply = {.value = 3}};
    return STATUS_OK;
}

// The heap: two halves, one for each block of an exchange.
enum status shared_heap_adopt(int32_t memory, struct shared_heap **made) {
    cr_assert_eq(memory, HEAP);
    *made = (struct shared_heap *)heap;
    return STATUS_OK;
}

enum status shared_heap_allocate(struct shared_heap *from, size_t size, bool lent, uint32_t *offset) {
    cr_assert_not(lent);
    cr_assert_leq(size, FILES_DATA_MAX);
    *offset = HEAP_START + (uint32_t)heap_blocks++ * FILES_DATA_MAX;
    return STATUS_OK;
}

enum status shared_heap_free(struct shared_heap *of, uint32_t offset) {
    heap_blocks--;
    return STATUS_OK;
}

void *shared_heap_pointer(const struct shared_heap *of, uint32_t offset, size_t size) {
    return heap + offset;
}

static void all_was_freed(void) {
    cr_assert_eq(heap_blocks, 0);
}

TestSuite(files, .fini = all_was_freed);

static void will_reply(enum status status, uint32_t handle, uint64_t value, const void *payload, size_t size) {
    answer = (struct files_answer){.reply = {.status = status, .handle = handle, .value = value}};
    answer.payload_size = (uint32_t)size;
    if (size <= sizeof(answer.bytes))
        memcpy(answer.bytes, payload, size);
    else
        long_reply = payload;
}

static const struct files_request *request(void) {
    return &sent.request;
}

static const char *payload(void) {
    return sent.payload ? heap + sent.payload : (const char *)sent.bytes;
}

Test(files, open_sends_the_path_and_gets_handle_and_facts) {
    struct files_stat stat = {.id = 3, .size = 100, .type = FILES_TYPE_FILE};
    struct files_opened opened;
    will_reply(STATUS_OK, 9, 100, &stat, sizeof stat);
    cr_assert_eq(files_open("/etc/x", FILES_FOR_READ | FILES_CREATE, 0644, &opened), STATUS_OK);
    cr_assert_eq(request()->operation, FILES_OPEN);
    cr_assert_eq(request()->flags, FILES_FOR_READ | FILES_CREATE);
    cr_assert_eq(request()->offset, 0644);
    cr_assert_eq(request()->name_size, 6);
    cr_assert_eq(sent.payload_size, 6);
    cr_assert_eq(sent.payload, 0, "a short one goes in the message");
    cr_assert_eq(memcmp(payload(), "/etc/x", 6), 0);
    cr_assert_eq(opened.handle, 9);
    cr_assert_eq(opened.stat.size, 100);
}

Test(files, rename_sends_both_paths_one_behind_the_other) {
    will_reply(STATUS_OK, 0, 0, "", 0);
    cr_assert_eq(files_rename("/a", "/bcd"), STATUS_OK);
    cr_assert_eq(request()->name_size, 2);
    cr_assert_eq(request()->other_size, 4);
    cr_assert_eq(memcmp(payload(), "/a/bcd", 6), 0);
}

Test(files, a_read_gets_as_many_bytes_as_the_server_sent) {
    char buffer[100];
    size_t read;
    will_reply(STATUS_OK, 0, 5, "hello", 5);
    cr_assert_eq(files_read(4, FILES_OFFSET_CURRENT, buffer, sizeof buffer, &read), STATUS_OK);
    cr_assert_eq(request()->handle, 4);
    cr_assert_eq(request()->size, sizeof buffer);
    cr_assert_eq(read, 5);
    cr_assert_eq(memcmp(buffer, "hello", 5), 0);
}

Test(files, a_read_never_writes_beyond_the_buffer) {
    char buffer[8] = "1234567";
    size_t read;
    will_reply(STATUS_OK, 0, 100, "abcdefghijklmnop", 16);
    cr_assert_eq(files_read(4, 0, buffer, 4, &read), STATUS_OK);
    cr_assert_eq(read, 4);
    cr_assert_str_eq(buffer, "abcd567");
}

Test(files, a_long_write_goes_by_the_heap_and_is_cut_at_what_one_request_takes) {
    static char data[FILES_DATA_MAX * 2];
    size_t written;
    memset(data, 'w', sizeof data);
    will_reply(STATUS_OK, 0, FILES_DATA_MAX, "", 0);
    cr_assert_eq(files_write(4, 0, data, sizeof data, &written), STATUS_OK);
    cr_assert_eq(written, FILES_DATA_MAX);
    cr_assert_eq(sent.payload_size, FILES_DATA_MAX);
    cr_assert_neq(sent.payload, 0);
    cr_assert_eq(payload()[FILES_DATA_MAX - 1], 'w');
}

Test(files, a_long_read_comes_by_the_heap) {
    static char data[FILES_DATA_MAX], buffer[FILES_DATA_MAX * 2];
    size_t read;
    memset(data, 'r', sizeof data);
    will_reply(STATUS_OK, 0, sizeof data, data, sizeof data);
    cr_assert_eq(files_read(4, 0, buffer, sizeof buffer, &read), STATUS_OK);
    cr_assert_eq(request()->size, FILES_DATA_MAX);
    cr_assert_eq(sent.room_size, FILES_DATA_MAX);
    cr_assert_eq(read, sizeof data);
    cr_assert_eq(buffer[sizeof data - 1], 'r');
    cr_assert_eq(buffer[sizeof data], 0);
}

Test(files, without_a_heap_data_goes_in_short_pieces) {
    char data[1000] = {0}, buffer[1000];
    size_t done;
    heap_refused = true;
    will_reply(STATUS_OK, 0, FILES_SHORT_MAX, data, FILES_SHORT_MAX);
    cr_assert_eq(files_read(4, 0, buffer, sizeof buffer, &done), STATUS_OK);
    cr_assert_eq(request()->size, FILES_SHORT_MAX);
    cr_assert_eq(done, FILES_SHORT_MAX);
    cr_assert_eq(files_write(4, 0, data, sizeof data, &done), STATUS_OK);
    cr_assert_eq(done, FILES_SHORT_MAX);
    char path[600];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = 0;
    cr_assert_eq(files_on_path(FILES_REMOVE, path, 0), STATUS_NO_MEMORY, "a path cannot be cut");
}

Test(files, a_server_that_says_it_wrote_more_than_it_got_is_not_believed) {
    size_t written;
    will_reply(STATUS_OK, 0, UINT64_MAX, "", 0);
    files_write(4, 0, "abc", 3, &written);
    cr_assert_eq(written, 3);
}

Test(files, an_image_comes_with_its_number) {
    int32_t number;
    uint64_t size;
    reply_number = NUMBER;
    will_reply(STATUS_OK, 0, 1234, "", 0);
    cr_assert_eq(files_image("/bin/sh", &number, &size), STATUS_OK);
    cr_assert_eq(number, NUMBER);
    cr_assert_eq(size, 1234);
}

Test(files, an_image_without_a_number_is_corrupt) {
    int32_t number;
    uint64_t size;
    will_reply(STATUS_OK, 0, 1234, "", 0);
    cr_assert_eq(files_image("/bin/sh", &number, &size), STATUS_CORRUPT);
}

Test(files, handles_and_tickets_change_into_each_other) {
    static const uint32_t handles[] = {3, 4};
    uint32_t adopted[2];
    uint64_t ticket;
    will_reply(STATUS_OK, 0, 77, "", 0);
    cr_assert_eq(files_share(handles, 2, &ticket), STATUS_OK);
    cr_assert_eq(request()->size, sizeof handles);
    cr_assert_eq(memcmp(payload(), handles, sizeof handles), 0);
    cr_assert_eq(ticket, 77);
    will_reply(STATUS_OK, 0, 0, handles, sizeof handles);
    cr_assert_eq(files_adopt(77, adopted, 2), STATUS_OK);
    cr_assert_eq(request()->offset, 77);
    cr_assert_eq(memcmp(adopted, handles, sizeof handles), 0);
    will_reply(STATUS_OK, 0, 0, handles, sizeof handles[0]);
    cr_assert_eq(files_adopt(77, adopted, 2), STATUS_CORRUPT, "fewer handles than were shared");
}

Test(files, the_servers_status_is_the_callers) {
    struct files_stat stat;
    will_reply(STATUS_NOT_DIRECTORY, 0, 0, "", 0);
    cr_assert_eq(files_stat_path("/a/b", &stat), STATUS_NOT_DIRECTORY);
}

Test(files, a_server_that_is_short_of_memory_is_asked_again_when_there_is_room) {
    size_t written;
    rooms_until_enough = 2;
    will_reply(STATUS_NO_MEMORY, 0, 12288, "", 0);
    cr_assert_eq(files_write(9, 0, "abc", 3, &written), STATUS_OK);
    cr_expect_eq(written, 3);
    cr_expect_eq(rooms, 2);
    cr_expect_eq(room_bytes, 12288);
    cr_expect_neq(sent.tag, tag_before_room);
}

Test(files, where_no_room_is_made_the_files_are_full) {
    size_t written;
    will_reply(STATUS_NO_MEMORY, 0, 12288, "", 0);
    cr_assert_eq(files_write(9, 0, "abc", 3, &written), STATUS_LIMIT_REACHED);
    rooms_until_enough = 1000; // others take it each time
    cr_assert_eq(files_write(9, 0, "abc", 3, &written), STATUS_LIMIT_REACHED);
    cr_expect_lt(rooms, 20);
    rooms = 0;
    will_reply(STATUS_NO_MEMORY, 0, 0, "", 0); // the server's own: no room helps
    cr_assert_eq(files_write(9, 0, "abc", 3, &written), STATUS_NO_MEMORY);
    cr_expect_eq(rooms, 0);
}

Test(files, without_a_server_nothing_is_found) {
    server = 0;
    cr_assert_eq(files_close(1), STATUS_NOT_FOUND);
}

Test(files, a_server_that_died_before_or_after_the_request_is_told_apart_from_a_missing_file) {
    open_status = STATUS_NOT_FOUND;
    cr_assert_eq(files_close(1), STATUS_PEER_DIED);
    open_status = STATUS_PEER_DIED;
    cr_assert_eq(files_close(1), STATUS_PEER_DIED);
    open_status = STATUS_OK;
    call_status = STATUS_PEER_DIED;
    cr_assert_eq(files_close(1), STATUS_PEER_DIED);
}

Test(files, a_call_without_an_answer_is_made_again_at_the_servers_next_life) {
    struct files_stat stat = {.id = 3};
    calls_until_end = 0;
    will_reply(STATUS_OK, 0, 0, &stat, sizeof stat);
    cr_assert_eq(files_stat_path("/etc/x", &stat), STATUS_OK);
    cr_assert_eq(request()->operation, FILES_STAT);
    cr_assert_eq(sent.tag, tag_at_end, "it can be told that it is the same call");
    cr_assert_neq(sent.tag, 0);
    cr_assert_eq(closed_entries, 1);
    cr_assert_eq(told_server, SERVER + 1, "children are told of the new one");
    cr_assert_eq(files_stat_path("/etc/x", &stat), STATUS_OK);
    cr_assert_neq(sent.tag, tag_at_end);
}

Test(files, the_heap_is_brought_along_to_the_servers_next_life) {
    static char data[5000];
    size_t done = 0;
    will_reply(STATUS_OK, 0, sizeof data, "", 0);
    cr_assert_eq(files_write(4, 0, data, sizeof data, &done), STATUS_OK);
    calls_until_end = 0;
    cr_assert_eq(files_write(4, 0, data, sizeof data, &done), STATUS_OK);
    cr_assert_eq(brought_heaps, 1);
    cr_assert_eq(sent.tag, tag_at_end);
    cr_assert_eq(files_write(4, 0, data, sizeof data, &done), STATUS_OK);
    cr_assert_eq(brought_heaps, 1);
}

Test(files, a_server_that_does_not_come_back_is_told) {
    struct files_stat stat;
    calls_until_end = 0;
    will_reply(STATUS_OK, 0, 0, &stat, sizeof stat);
    pauses = -1000;
    cr_assert_eq(files_stat_path("/etc/x", &stat), STATUS_PEER_DIED);
}
