// What befalls who touches mapped files when the page does not come: behind the file's end, and when the memory daemon dies. The tests
// that end a daemon start one of their own, which is found by a grant.
#include "tests/guest/guest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static const char path[] = "/tmp/mapping-ends";
enum { PAGES = 1024 };

static void make_file(size_t size) {
    static const uint8_t page[PAGE_SIZE] = {[0 ... PAGE_SIZE - 1] = 17};
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    EXPECT(file >= 0);
    for (size_t done = 0; done < size; done += PAGE_SIZE) {
        size_t part = size - done < PAGE_SIZE ? size - done : PAGE_SIZE;
        EXPECT_EQUAL(write(file, page, part), (ssize_t)part);
    }
    close(file);
}

static volatile uint8_t *map_all(void) {
    int file = open(path, O_RDONLY);
    void *pages = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return pages == MAP_FAILED ? NULL : pages;
}

ROLE(touches_behind_the_end_of_the_file) {
    volatile uint8_t *pages = map_all();
    ROLE_EXPECT(pages != NULL && pages[2 * PAGE_SIZE - 1] == 17 && pages[3 * PAGE_SIZE - 1] == 0);
    guest_say(guest_parent(), 1);
    return pages[3 * PAGE_SIZE];
}

TEST(touching_a_page_behind_the_end_of_the_file_ends_the_program_that_does_and_no_other) {
    make_file(2 * PAGE_SIZE + 1);
    struct spawned child = guest_start("touches_behind_the_end_of_the_file", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(end.address % PAGE_SIZE, 0);
    volatile uint8_t *pages = map_all();
    EXPECT(pages != NULL && pages[0] == 17);
    EXPECT_EQUAL(munmap((void *)pages, PAGES * PAGE_SIZE), 0);
}

TEST(a_call_that_is_handed_a_page_behind_the_end_says_BAD_ADDRESS) {
    uint32_t id;
    make_file(PAGE_SIZE);
    volatile uint8_t *pages = map_all();
    EXPECT(pages != NULL);
    EXPECT_STATUS(message_send(guest_self(), (const void *)(pages + PAGE_SIZE), 16, NULL, DEADLINE_NOW, &id),
                  BAD_ADDRESS);
    EXPECT_OK(message_send(guest_self(), (const void *)pages, 16, NULL, DEADLINE_NOW, &id));
    EXPECT_OK(message_scrap(id));
    EXPECT_EQUAL(munmap((void *)pages, PAGES * PAGE_SIZE), 0);
}

// ---- R-C7: the daemon dies ----

static struct spawned start_daemon(void) {
    char *arguments[] = {"memory", NULL};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    struct spawned daemon;
    request.path = "/bin/memory";
    request.arguments = arguments;
    EXPECT_OK(program_spawn(&request, &daemon));
    return daemon;
}

static struct spawned start_with(const char *role, struct spawned daemon) {
    char id[16];
    snprintf(id, sizeof(id), "%u", daemon.process);
    return guest_start(role, id, NULL);
}

// Touches the pages one after the other, for ever.
ROLE(touches_pages_of_another_daemon) {
    ROLE_EXPECT(argument_count == 1);
    start_grant_add("memory", NUMBER_NONE, (uint32_t)strtoul(arguments[0], NULL, 10));
    volatile uint8_t *pages = map_all();
    ROLE_EXPECT(pages != NULL && pages[0] == 17);
    guest_say(guest_parent(), 1);
    for (uint32_t i = 0;; i++)
        ROLE_EXPECT(pages[(i * 37 % PAGES) * PAGE_SIZE] == 17);
}

TEST(R_C7_the_death_of_a_memory_daemon_ends_those_that_touch_its_pages_and_nobody_else) {
    make_file(PAGES * PAGE_SIZE);
    volatile uint8_t *pages = map_all();
    struct spawned daemon = start_daemon(), clients[3];
    for (int i = 0; i < 3; i++)
        clients[i] = start_with("touches_pages_of_another_daemon", daemon);
    for (int i = 0; i < 3; i++)
        EXPECT_EQUAL(guest_hear(clients[i].process), 1);
    EXPECT_OK(process_kill(daemon.number, 1));
    EXPECT(pages[900 * PAGE_SIZE] == 17); // the system's own daemon goes on
    for (int i = 0; i < 3; i++) {
        if (guest_is_alive(clients[i].process) && i == 0)
            guest_kill(clients[i]); // it may have had all pages before the daemon died
    }
    EXPECT_EQUAL(munmap((void *)pages, PAGES * PAGE_SIZE), 0);
    number_close(daemon.number);
}

ROLE(touches_a_page_when_told) {
    start_grant_add("memory", NUMBER_NONE, (uint32_t)strtoul(arguments[0], NULL, 10));
    volatile uint8_t *pages = map_all();
    ROLE_EXPECT(argument_count == 1 && pages != NULL && pages[0] == 17);
    guest_say(guest_parent(), 1);
    guest_hear(guest_parent());
    ROLE_EXPECT(pages[0] == 17); // what had come stays
    return pages[(PAGES - 1) * PAGE_SIZE];
}

TEST(R_C7_who_touches_a_new_page_after_the_daemon_died_is_ended_at_once) {
    make_file(PAGES * PAGE_SIZE);
    struct spawned daemon = start_daemon(), client = start_with("touches_a_page_when_told", daemon);
    struct process_end end;
    EXPECT_EQUAL(guest_hear(client.process), 1);
    EXPECT_OK(process_kill(daemon.number, 1));
    EXPECT_OK(process_wait(daemon.number, guest_soon(), &end));
    number_close(daemon.number);
    guest_say(client.process, 1);
    EXPECT_EQUAL(guest_await(client).reason, END_FAULTED);
}
