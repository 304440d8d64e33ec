// Random messages, pipes, offers and events for every service that this session knows: none ends, and the file server
// still answers. Run with --command it meets init, files, clock and host; from a console's shell the drivers too.
#include "tests/guest/guest.h"

#include <parley/files.h>
#include <parley/init.h>
#include <sys/stat.h>

enum { ROUNDS = 4000, SIZE_MAX_SENT = 256, SEED = 20 };

static const char *const names[] = {"init",     "files",  "clock",          "host",    "display", "screen",
                                    "keyboard", "serial", "serial-console", "console", "terminal"};
enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

// Small words are likelier to mean something to a service than any words.
static uint32_t random_word(void) {
    uint32_t kind = (uint32_t)random() % 4;
    return kind == 0 ? (uint32_t)random() << 1 : kind == 1 ? 0 : (uint32_t)random() % (kind == 2 ? 20 : 300);
}

// Init would do what some messages ask.
static bool is_obeyed(const uint32_t *words, size_t size) {
    return size == sizeof(struct init_request) &&
           (((words[0] == INIT_POWER_OFF || words[0] == INIT_REBOOT) && words[1] == 0) || words[0] == INIT_END_SERVICE);
}

static void send_message(uint32_t service) {
    uint32_t words[SIZE_MAX_SENT / 4];
    size_t size = (size_t)random() % (SIZE_MAX_SENT + 1);
    struct message_options options = {0};
    int32_t memory = NUMBER_NONE;
    for (size_t i = 0; i < SIZE_MAX_SENT / 4; i++)
        words[i] = random_word();
    if (is_obeyed(words, size))
        return;
    if (random() % 8 == 0 && shared_create(PAGE_SIZE, &memory) == STATUS_OK) {
        options.number_count = 1;
        options.numbers[0] = memory;
        options.rights[0] = RIGHTS_ALL;
    }
    message_send(service, words, size, &options, deadline_after(NANOSECONDS_PER_SECOND), NULL);
    number_close(memory);
}

// What a client of the file protocol would call or send, with wrong lengths, handles and offsets, and a number that nobody asked for.
static void call_port(uint32_t service) {
    union files_message message = {.call = {.request = {.operation = (uint32_t)random() % 20,
                                                        .flags = random_word(),
                                                        .handle = random_word(),
                                                        .size = random_word(),
                                                        .offset = random_word(),
                                                        .name_size = random() % 2 ? 10 : random_word(),
                                                        .other_size = random() % 2 ? 0 : random_word()},
                                            .payload = random_word(),
                                            .payload_size = random() % 2 ? 10 : random_word(),
                                            .room = random_word(),
                                            .room_size = random_word(),
                                            .bytes = "/tmp/nonesuch"}};
    int32_t entry = NUMBER_NONE;
    if (port_open(service, 0, DEADLINE_NOW, &entry) != STATUS_OK)
        return;
    struct port_cargo cargo = {.number = random() % 4 ? NUMBER_NONE : entry, .rights = RIGHTS_ALL};
    if (random() % 4)
        port_call(entry, &message, &cargo, deadline_after(NANOSECONDS_PER_SECOND));
    else
        port_send(entry, &message, NULL, DEADLINE_NOW, NULL);
    if (cargo.number != entry)
        number_close(cargo.number);
    number_close(entry);
}

static void make_pipe(uint32_t service) {
    struct pipe_create pipe = {.process = service, .mode = 1 + (uint32_t)random() % 3, .capacity = PAGE_SIZE};
    int32_t number = NUMBER_NONE;
    if (pipe_create(&pipe, &number) == STATUS_OK) {
        pipe_write(number, "\x1b[9999;9999H\xff\xfe", 14, DEADLINE_NOW, NULL);
        number_close(number);
    }
}

static void make_offer(uint32_t service) {
    int32_t memory = NUMBER_NONE;
    if (shared_create(PAGE_SIZE, &memory) == STATUS_OK) {
        shared_offer(memory, service, RIGHT_READ, NULL);
        number_close(memory);
    }
}

static void send_event(uint32_t service) {
    EVENT event = {EVENT_USER + random_word() % 16, random_word(), random_word(), random_word(), random_word()};
    event_send(service, &event, NUMBER_NONE, DEADLINE_NOW);
}

static void (*const attacks[])(uint32_t) = {send_message, send_message, call_port, call_port,
                                            make_pipe,    make_offer,   send_event};

static bool is_alive(uint32_t process) {
    struct process_end end;
    int32_t number = NUMBER_NONE;
    if (process_open(process, &number) != STATUS_OK)
        return false;
    bool alive = process_wait(number, DEADLINE_NOW, &end) == STATUS_WOULD_WAIT;
    number_close(number);
    return alive;
}

TEST(services_survive_random_messages_pipes_offers_and_events) {
    printf("# seed %d; repeat with: os/run --headless --icount --cpus 1 --tests --command test-random-servers\n", SEED);
    srandom(SEED);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t service = start_service(names[(uint32_t)random() % NAME_COUNT]);
        if (service)
            attacks[(uint32_t)random() % (sizeof(attacks) / sizeof(attacks[0]))](service);
        if (i % 32 == 0)
            guest_drain();
    }
    for (int i = 0; i < NAME_COUNT; i++)
        if (start_service(names[i]) && !is_alive(start_service(names[i])))
            FAIL("service %s has ended", names[i]);
}

TEST(the_file_server_answers_after_all_that) {
    struct stat stat_of;
    EXPECT_EQUAL(stat("/etc/startup", &stat_of), 0);
    EXPECT(stat_of.st_size > 0);
}
