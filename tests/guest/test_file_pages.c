// Reading by page: the file's own pages, as they were when they were read, in the place of the reader's memory.
#include "tests/guest/guest.h"

#include <fcntl.h>
#include <parley/page.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGES = 300, SIZE = PAGES * PAGE_SIZE + 1000, ROOM = SIZE + 2 * PAGE_SIZE, CANARY = 0x5a, TOLD_MOST = 3 };

static char name[64];
static uint8_t *content, *room;

static uint8_t byte_at(uint64_t place) {
    return (uint8_t)(place * 7 + (place >> 12) * 13);
}

// A file of the test's own, and page-aligned room for more than it has.
static int make(void) {
    uint64_t base;
    if (!content) {
        content = malloc(SIZE);
        snprintf(name, sizeof name, "/tmp/file-pages-%u", guest_self());
        EXPECT_OK(memory_map(0, ROOM, PROTECTION_WRITE, 0, &base));
        room = (uint8_t *)base;
    }
    for (uint64_t i = 0; i < SIZE; i++)
        content[i] = byte_at(i);
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    EXPECT(file >= 0);
    EXPECT_EQUAL(write(file, content, SIZE), SIZE);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    memset(room, CANARY, ROOM);
    return file;
}

static bool is_right(const uint8_t *bytes, uint64_t from, uint64_t size) {
    return memcmp(bytes, content + from, size) == 0;
}

static uint64_t memory_free_now(void) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    return machine.memory_free;
}

TEST(a_large_read_takes_the_files_pages_and_no_memory) {
    int file = make();
    uint64_t before = memory_free_now();
    EXPECT_EQUAL(read(file, room, ROOM), SIZE);
    EXPECT(memory_free_now() > before + (PAGES / 2) * PAGE_SIZE); // what lay there went
    EXPECT(is_right(room, 0, SIZE));
    for (uint64_t i = SIZE; i < ROOM; i++) // nothing of what lies behind the file's end
        EXPECT_EQUAL(room[i], CANARY);
    EXPECT_EQUAL(read(file, room, ROOM), 0);
    EXPECT_EQUAL(close(file), 0);
}

TEST(every_part_of_a_file_comes_right_whatever_the_buffer) {
    int file = make();
    static const uint64_t starts[] = {0, PAGE_SIZE, 5 * PAGE_SIZE, 4097, 100, SIZE - 40 * PAGE_SIZE, SIZE - 1};
    for (uint32_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        for (uint64_t skew = 0; skew < 2; skew++) {
            uint64_t wanted = SIZE - starts[i] < 100 * PAGE_SIZE + 5 ? SIZE - starts[i] : 100 * PAGE_SIZE + 5;
            EXPECT_EQUAL(lseek(file, (off_t)starts[i], SEEK_SET), starts[i]);
            EXPECT_EQUAL(read(file, room + skew, 100 * PAGE_SIZE + 5), wanted);
            EXPECT(is_right(room + skew, starts[i], wanted));
            EXPECT_EQUAL(lseek(file, 0, SEEK_CUR), starts[i] + wanted);
        }
    }
    EXPECT_EQUAL(close(file), 0);
}

TEST(what_was_read_stays_when_the_file_is_written_cut_and_removed) {
    int file = make(), reader = open(name, O_RDONLY);
    EXPECT_EQUAL(read(reader, room, SIZE), SIZE);
    memset(content, 1, SIZE / 2);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(write(file, content, SIZE / 2), SIZE / 2);
    for (uint64_t i = 0; i < SIZE; i++)
        EXPECT_EQUAL(room[i], byte_at(i));
    EXPECT_EQUAL(lseek(reader, 0, SEEK_SET), 0);
    static uint8_t again[SIZE];
    EXPECT_EQUAL(read(reader, again, SIZE), SIZE);
    EXPECT(is_right(again, 0, SIZE));
    EXPECT_EQUAL(ftruncate(file, 10 * PAGE_SIZE + 3), 0);
    EXPECT_EQUAL(ftruncate(file, SIZE), 0); // zeros, over pages that are lent
    EXPECT_EQUAL(room[20 * PAGE_SIZE], byte_at(20 * PAGE_SIZE));
    EXPECT_EQUAL(lseek(reader, 10 * PAGE_SIZE, SEEK_SET), 10 * PAGE_SIZE);
    EXPECT_EQUAL(read(reader, again, SIZE), SIZE - 10 * PAGE_SIZE);
    for (uint64_t i = 3; i < SIZE - 10 * PAGE_SIZE; i++)
        EXPECT_EQUAL(again[i], 0);
    EXPECT_EQUAL(unlink(name), 0);
    EXPECT_EQUAL(close(file), 0);
    EXPECT_EQUAL(close(reader), 0);
    for (uint64_t i = 0; i < SIZE; i++)
        EXPECT_EQUAL(room[i], byte_at(i));
}

TEST(what_the_reader_writes_is_its_own) {
    int file = make();
    EXPECT_EQUAL(read(file, room, SIZE), SIZE);
    memset(room, 9, SIZE);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(read(file, room, SIZE), SIZE);
    EXPECT(is_right(room, 0, SIZE));
    EXPECT_EQUAL(close(file), 0);
}

// ---- threads and signals ----

static int signal_file;
static ssize_t read_in_handler;

static void read_much(int signal) {
    static _Alignas(PAGE_SIZE) uint8_t own[SIZE];
    read_in_handler = read(signal_file, own, 64 * PAGE_SIZE);
    if (!is_right(own, 0, 64 * PAGE_SIZE))
        read_in_handler = -2;
}

TEST(a_signals_handler_reads_as_well) {
    signal_file = make();
    struct sigaction action = {.sa_handler = read_much};
    EXPECT_EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
    read_in_handler = 0;
    raise(SIGUSR1);
    EXPECT_EQUAL(read_in_handler, 64 * PAGE_SIZE);
    EXPECT_EQUAL(lseek(signal_file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(read(signal_file, room, SIZE), SIZE);
    EXPECT(is_right(room, 0, SIZE));
    EXPECT_EQUAL(close(signal_file), 0);
}

static void *read_often(void *failed) {
    uint64_t base;
    int file = open(name, O_RDONLY);
    *(bool *)failed = file < 0 || memory_map(0, SIZE, PROTECTION_WRITE, 0, &base) != STATUS_OK;
    upcall_mask(UPCALL_MASK_ALL, NULL); // where it is a thread that takes any
    for (int i = 0; i < 10 && !*(bool *)failed; i++)
        *(bool *)failed =
            lseek(file, 0, SEEK_SET) != 0 || read(file, (void *)base, SIZE) != SIZE || !is_right((void *)base, 0, SIZE);
    close(file);
    return NULL;
}

TEST(several_threads_read_at_once) {
    enum { READERS = 4 };
    struct thread *threads[READERS];
    bool failed[READERS];
    EXPECT_EQUAL(close(make()), 0);
    for (int i = 0; i < READERS; i++)
        EXPECT_OK(thread_start(read_often, &failed[i], NULL, &threads[i]));
    for (int i = 0; i < READERS; i++) {
        thread_join(threads[i], NULL);
        EXPECT(!failed[i]);
    }
}

// ---- processes that are ended, or have no room ----

ROLE(reads_on) {
    uint64_t base;
    int file = open(arguments[0], O_RDONLY);
    ROLE_EXPECT(file >= 0 && memory_map(0, SIZE, PROTECTION_WRITE, 0, &base) == STATUS_OK);
    for (int told = 0;; told++) {
        ROLE_EXPECT(lseek(file, 0, SEEK_SET) == 0);
        ROLE_EXPECT(read(file, (void *)base, SIZE) == SIZE);
        ROLE_EXPECT(((uint8_t *)base)[SIZE - 1] == byte_at(SIZE - 1));
        if (argument_count > 1 && told < TOLD_MOST)
            guest_say(guest_parent(), 1);
    }
}

static uint64_t pages_of_service(void) {
    return guest_account(start_service("files"), ACCOUNT_MEMORY_PAGES).used;
}

TEST(readers_that_are_killed_leave_nothing_behind) {
    EXPECT_EQUAL(close(make()), 0);
    uint64_t before = 0;
    for (int i = 0; i < 12; i++) {
        struct spawned reader = guest_start("reads_on", name, "tell", NULL);
        for (int told = 0; told < 1 + i % TOLD_MOST; told++)
            EXPECT_EQUAL(guest_hear(reader.process), 1);
        guest_kill(reader);
        guest_drain();
        before = i == 1 ? pages_of_service() : before; // its books for clients have grown by then
    }
    const uint64_t books = 8; // what the service touches for clients; one load would be 256
    for (int looks = 0; looks < 1000 && pages_of_service() > before + books; looks++)
        thread_sleep(guest_shortly());
    EXPECT(pages_of_service() <= before + books);
}

ROLE(reads_with_little_memory) {
    uint64_t base;
    int file = open(arguments[0], O_RDONLY);
    ROLE_EXPECT(file >= 0 && memory_map(0, 40 * PAGE_SIZE, PROTECTION_WRITE, 0, &base) == STATUS_OK);
    for (int i = 0; i < 3; i++) {
        ROLE_EXPECT(read(file, (void *)base, 40 * PAGE_SIZE) == 40 * PAGE_SIZE);
        ROLE_EXPECT(*(uint8_t *)base == byte_at((uint64_t)i * 40 * PAGE_SIZE));
    }
    return 0;
}

TEST(who_has_no_room_for_pages_has_them_copied) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    EXPECT_EQUAL(close(make()), 0);
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), i).limit;
    limits[ACCOUNT_MEMORY_PAGES] = 220; // the window alone has 256
    guest_limit(limits);
    guest_expect_success(guest_start("reads_with_little_memory", name, NULL));
}

ROLE(reads_where_nothing_is) {
    uint64_t base;
    int file = open(arguments[0], O_RDONLY);
    ROLE_EXPECT(file >= 0 && memory_map(0, 64 * PAGE_SIZE, PROTECTION_WRITE, 0, &base) == STATUS_OK);
    ROLE_EXPECT(memory_unmap(base + 40 * PAGE_SIZE, PAGE_SIZE) == STATUS_OK);
    read(file, (void *)base, 64 * PAGE_SIZE);
    return 0;
}

TEST(a_buffer_with_a_hole_ends_its_own_process_alone) {
    int file = make();
    struct process_end end = guest_await(guest_start("reads_where_nothing_is", name, NULL));
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(read(file, room, SIZE), SIZE);
    EXPECT(is_right(room, 0, SIZE));
    EXPECT_EQUAL(close(file), 0);
}

// Has pages sent to it by anybody but the service, while it reads.
ROLE(sends_foreign_pages) {
    uint64_t page = guest_pages(64, 0xee);
    guest_say(guest_parent(), 1);
    for (;;)
        page_send(guest_parent(), (uint32_t)atoi(arguments[0]), page, 64, PAGE_SENDER_KEEPS | PAGE_DUPLICATE,
                  DEADLINE_NEVER, NULL);
}

TEST(pages_that_others_send_are_not_taken_for_the_files) {
    int file = make();
    char type[16];
    snprintf(type, sizeof type, "%d", 0x46494c45);
    EXPECT_EQUAL(read(file, room, SIZE), SIZE); // the handler is there from now on
    struct spawned other = guest_start("sends_foreign_pages", type, NULL);
    EXPECT_EQUAL(guest_hear(other.process), 1);
    for (int i = 0; i < 20; i++) {
        EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
        EXPECT_EQUAL(read(file, room, SIZE), SIZE);
        EXPECT(is_right(room, 0, SIZE));
    }
    guest_kill(other);
    EXPECT_EQUAL(close(file), 0);
    EXPECT_EQUAL(unlink(name), 0);
}
