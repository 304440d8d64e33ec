// The file server's client: requests as the protocol wants them, and replies that are broken, late or missing.
#include "libc/files/client.h"

#include <criterion/criterion.h>
#include <parley/calls.h>
#include <parley/start.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER = 7, REQUEST_ID = 41, REPLY_ID = 42, NUMBER = 5 };

// The fake of the kernel: what was sent, and the reply that is to come.
static char sent[FILES_DATA_MAX + 4096];
static size_t sent_size;
static char reply[FILES_DATA_MAX + 4096];
static size_t reply_size;
static int32_t reply_number;
static uint32_t server = SERVER;
static enum status send_status, wait_status;
static int interruptions;

uint32_t start_service(const char *name) {
    cr_assert_str_eq(name, "files");
    return server;
}

enum status message_send(uint32_t process, const void *data, size_t size, const struct message_options *options,
                         uint64_t deadline, uint32_t *id) {
    cr_assert_eq(process, SERVER);
    memcpy(sent, data, size);
    sent_size = size;
    *id = REQUEST_ID;
    return send_status;
}

enum status message_wait(const struct message_filter *filter, struct message_information *information,
                         uint64_t deadline) {
    cr_assert_eq(filter->sender, SERVER);
    cr_assert_eq(filter->in_reply_to, REQUEST_ID);
    if (interruptions > 0) {
        interruptions--;
        return STATUS_INTERRUPTED;
    }
    *information = (struct message_information){.id = REPLY_ID, .size = reply_size};
    return wait_status;
}

enum status message_receive(uint32_t id, void *buffer, size_t size, struct message_information *information,
                            size_t *received) {
    cr_assert_eq(id, REPLY_ID);
    if (size < reply_size)
        return STATUS_TOO_SMALL;
    memcpy(buffer, reply, reply_size);
    *received = reply_size;
    information->number_count = reply_number != NUMBER_NONE;
    information->numbers[0] = reply_number;
    return STATUS_OK;
}

static void will_reply(enum status status, uint32_t handle, uint64_t value, const void *payload, size_t size) {
    struct files_reply head = {.status = status, .handle = handle, .value = value};
    memcpy(reply, &head, sizeof head);
    memcpy(reply + sizeof head, payload, size);
    reply_size = sizeof head + size;
}

static const struct files_request *request(void) {
    return (const struct files_request *)sent;
}

static const char *payload(void) {
    return sent + sizeof(struct files_request);
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
    cr_assert_eq(sent_size, sizeof(struct files_request) + 6);
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

Test(files, a_long_write_is_cut_at_what_one_message_takes) {
    static char data[FILES_DATA_MAX * 2];
    size_t written;
    memset(data, 'w', sizeof data);
    will_reply(STATUS_OK, 0, FILES_DATA_MAX, "", 0);
    cr_assert_eq(files_write(4, 0, data, sizeof data, &written), STATUS_OK);
    cr_assert_eq(written, FILES_DATA_MAX);
    cr_assert_eq(sent_size, sizeof(struct files_request) + FILES_DATA_MAX);
    cr_assert_eq(payload()[FILES_DATA_MAX - 1], 'w');
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

Test(files, without_a_server_nothing_is_found) {
    server = 0;
    cr_assert_eq(files_close(1), STATUS_NOT_FOUND);
}

Test(files, a_server_that_died_before_or_after_the_request_is_told_apart_from_a_missing_file) {
    send_status = STATUS_NOT_FOUND;
    cr_assert_eq(files_close(1), STATUS_PEER_DIED);
    send_status = STATUS_OK;
    wait_status = STATUS_PEER_DIED;
    cr_assert_eq(files_close(1), STATUS_PEER_DIED);
}

Test(files, a_reply_without_a_head_is_corrupt) {
    reply_size = 3;
    cr_assert_eq(files_close(1), STATUS_CORRUPT);
}

Test(files, an_interrupted_wait_goes_on) {
    interruptions = 3;
    will_reply(STATUS_OK, 0, 0, "", 0);
    cr_assert_eq(files_close(1), STATUS_OK);
    cr_assert_eq(interruptions, 0);
}
