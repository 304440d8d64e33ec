// The good values of the argument tests: objects of every kind that a plain program can have.
#include "tests/guest/argument_fixture.h"

#include <parley/page.h>

#include "tests/guest/guest.h"

#include <parley/link.h>

enum { BUFFER_FILL = 0x5a, MESSAGE_SIZE = 16, PIPE_BYTES = 64, INTERFACE_ID = 0x2fff };
enum { PAGES_PLACE = 0x10000000 }; // where the kernel places nothing by itself: what is not mapped there stays so

static uint64_t good[GOOD_COUNT];
static struct pipe_create pipe_plan;
static struct process_spawn spawn_plan;
static struct thread_create thread_plan;
static EVENT user_event = {.Type = EVENT_USER, .Data1 = 1};
static uint64_t pages; // [read-only][read and write][not mapped][inaccessible]
static struct thread *waiting_thread;
static uint32_t waiting_word = 1;
static int32_t other_end;
static struct interface_register interface_plan;
static int32_t own_interface;
static struct port_create port_plan = {.message_size = ARGUMENT_PORT_SIZE};
static struct link_create link_plan;
static struct link_ready link_list;
static struct link_connect connect_plan;
static int32_t link_other;
static struct pager_create pager_plan;
static int32_t paged_link;
static struct debug_resume resume_plan;

ROLE(ends_at_once) {
    return 0;
}

ROLE(waits_for_a_message) {
    return guest_hear(guest_parent()) == 0;
}

static void *wait_on_word(void *argument) {
    while (__atomic_load_n(&waiting_word, __ATOMIC_ACQUIRE) == 1)
        futex_wait(&waiting_word, 1, DEADLINE_NEVER);
    return argument;
}

static void make_pages(void) {
    EXPECT_OK(memory_map(PAGES_PLACE, 4 * PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED | MAP_GUARD, &pages));
    memset((void *)pages, BUFFER_FILL, 2 * PAGE_SIZE);
    EXPECT_OK(memory_protect(pages, PAGE_SIZE, PROTECTION_READ));
    EXPECT_OK(memory_unmap(pages + 2 * PAGE_SIZE, PAGE_SIZE));
    EXPECT_OK(memory_protect(pages + 3 * PAGE_SIZE, PAGE_SIZE, PROTECTION_NONE));
    EXPECT_OK(memory_map(0, 3 * PAGE_SIZE, PROTECTION_WRITE, 0, &good[GOOD_BUFFER]));
    memset((void *)good[GOOD_BUFFER], BUFFER_FILL, 3 * PAGE_SIZE);
    good[GOOD_BUFFER] += PAGE_SIZE;
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &good[GOOD_PAGE_ADDRESS]));
}

static void make_pipe(void) {
    int32_t number;
    char bytes[PIPE_BYTES] = {0};
    pipe_plan = (struct pipe_create){.mode = PIPE_POOL};
    struct pipe_create plan = pipe_plan;
    EXPECT_OK(pipe_create(&plan, &number));
    other_end = plan.other;
    good[GOOD_PIPE] = (uint32_t)number;
    size_t written;
    EXPECT_OK(pipe_write(number, bytes, sizeof(bytes), DEADLINE_NOW, &written));
    EXPECT_EQUAL(written, sizeof(bytes));
}

static void make_port(void) {
    struct port_create plan = {.message_size = ARGUMENT_PORT_SIZE, .scope = PORT_OF_PROCESS};
    char message[ARGUMENT_PORT_SIZE] = {0};
    int32_t number;
    EXPECT_OK(port_create(&plan, &number));
    good[GOOD_PORT] = (uint32_t)number;
    good[GOOD_ENTRY] = (uint32_t)plan.entry;
    EXPECT_OK(port_send(plan.entry, message, NULL, DEADLINE_NOW, NULL));
}

static void make_paged(void) {
    struct link_create plan = {0};
    int32_t number;
    EXPECT_OK(link_create(&plan, &paged_link));
    pager_plan = (struct pager_create){.size = 2 * PAGE_SIZE, .link = plan.other};
    EXPECT_OK(pager_create(&pager_plan, &number));
    EXPECT_OK(pager_supply(number, 1, (const void *)good[GOOD_PAGE_ADDRESS]));
    pager_plan.link = paged_link;
    good[GOOD_PAGED] = (uint32_t)number;
    good[GOOD_PAGER_PLAN] = (uint64_t)&pager_plan;
}

// The set that link_poll_all needs is made here, so that no later call makes it.
static void make_links(void) {
    int32_t number, listener;
    struct link_create plan = {0};
    struct link_ready ready;
    EXPECT_OK(link_create(&plan, &number));
    link_other = plan.other;
    EXPECT_STATUS(link_poll_all(LINK_POLL_TASK, &ready, 1, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(link_signal(link_other));
    EXPECT_OK(listener_create(0, &listener));
    link_list = (struct link_ready){.number = number};
    connect_plan = (struct link_connect){.listener = listener};
    good[GOOD_LINK] = (uint32_t)number;
    good[GOOD_LISTENER] = (uint32_t)listener;
    good[GOOD_LINK_PLAN] = (uint64_t)&link_plan;
    good[GOOD_LINK_LIST] = (uint64_t)&link_list;
    good[GOOD_CONNECT] = (uint64_t)&connect_plan;
    good[GOOD_TASK_POLL] = LINK_POLL_TASK;
    make_paged();
}

static void make_numbers(void) {
    int32_t number;
    make_pipe();
    make_port();
    make_links();
    EXPECT_OK(shared_create(2 * PAGE_SIZE, &number));
    good[GOOD_MEMORY] = (uint32_t)number;
    EXPECT_OK(timer_create(&number));
    good[GOOD_TIMER] = (uint32_t)number;
    EXPECT_OK(trace_open(&number));
    good[GOOD_TRACE] = (uint32_t)number;
    if (waiting_thread == NULL)
        EXPECT_OK(thread_start(wait_on_word, NULL, NULL, &waiting_thread));
    good[GOOD_THREAD] = (uint32_t)thread_number(waiting_thread);
    struct spawned ended = guest_start("ends_at_once", NULL);
    EXPECT_OK(process_wait(ended.number, guest_soon(), NULL));
    good[GOOD_PROCESS] = (uint32_t)ended.number;
    struct spawned living = guest_start("waits_for_a_message", NULL);
    guest_await_wait(living.process, WAIT_MESSAGE_FROM);
    good[GOOD_LIVING] = (uint32_t)living.number;
    good[GOOD_LIMIT] = guest_account(living.process, ACCOUNT_THREADS).limit;
}

// The living child's, which waits: its wait goes on.
static void make_debugger(void) {
    struct debugged_thread thread = {0};
    struct debug_information information;
    int32_t number;
    EXPECT_OK(debug_attach((int32_t)good[GOOD_LIVING], &number));
    EXPECT_OK(debug_halt(number, 0));
    uint64_t deadline = guest_soon();
    while (thread.state != DEBUGGED_CALLS && clock_now() < deadline)
        EXPECT_OK(debug_threads(number, 0, &thread, 1, NULL));
    EXPECT_EQUAL(thread.state, DEBUGGED_CALLS);
    EXPECT_OK(debug_information(number, &information));
    good[GOOD_DEBUGGER] = (uint32_t)number;
    good[GOOD_DEBUGGED] = thread.thread;
    good[GOOD_DEBUGGED_PLACE] = information.image_base;
    good[GOOD_RESUME] = (uint64_t)&resume_plan;
}

// An interface of the test's own, of which it is a client too.
static void make_interface(void) {
    interface_plan = (struct interface_register){.id = INTERFACE_ID, .version = 1, .data_size = 1, .clients = 8};
    EXPECT_OK(interface_register(&interface_plan, &own_interface));
    EXPECT_OK(interface_request(INTERFACE_ID, 1, 0, &good[GOOD_INTERFACE_PAGES]));
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    EXPECT_EQUAL(event.Action, INTERFACE_REQUESTED);
    good[GOOD_INTERFACE_CLIENT] = event.Data1;
    good[GOOD_INTERFACE_ID] = INTERFACE_ID;
    good[GOOD_INTERFACE] = (uint64_t)&interface_plan;
    interface_plan.id++;
}

enum { HANDLED = 100, UNHANDLED = 101 };

static size_t take_page(size_t pid, size_t type, void *address, size_t pages_there, size_t flags, size_t bytes) {
    return PAGE_ACCEPT;
}

static void make_handler(void) {
    int32_t number;
    EXPECT_OK(page_handle(HANDLED, take_page, 0, 0, &number));
    good[GOOD_HANDLED] = HANDLED;
    good[GOOD_HANDLER] = (uint32_t)number;
    good[GOOD_UNHANDLED] = UNHANDLED;
    good[GOOD_FUNCTION] = (uint64_t)take_page;
    good[GOOD_UPCALL_ENTRY] = (uint64_t)take_page;
}

static void make_plans(void) {
    spawn_plan = (struct process_spawn){
        .image = guest_own_image(),
        .user = SPAWN_SAME_USER,
        .priority = SPAWN_SAME_PRIORITY,
        .name = "never started well",
    };
    thread_plan = (struct thread_create){.entry = (uint64_t)wait_on_word, .priority = SPAWN_SAME_PRIORITY};
    good[GOOD_SPAWN] = (uint64_t)&spawn_plan;
    good[GOOD_THREAD_PLAN] = (uint64_t)&thread_plan;
    good[GOOD_PIPE_PLAN] = (uint64_t)&pipe_plan;
    good[GOOD_PORT_PLAN] = (uint64_t)&port_plan;
    good[GOOD_EVENT] = (uint64_t)&user_event;
}

static void make_values(void) {
    struct number_information information;
    struct process_information own;
    good[GOOD_ONE] = 1;
    good[GOOD_SELF] = guest_self();
    EXPECT_OK(number_information((int32_t)good[GOOD_PIPE], &information));
    good[GOOD_OBJECT_ID] = information.id;
    good[GOOD_SMALL_SIZE] = MESSAGE_SIZE;
    good[GOOD_PAGE] = PAGE_SIZE;
    good[GOOD_WRITE] = PROTECTION_READ | PROTECTION_WRITE;
    __asm__("movq %%fs:0, %0" : "=r"(good[GOOD_THREAD_POINTER]));
    EXPECT_OK(process_list(guest_self() - 1, &own, 1, NULL));
    good[GOOD_PRIORITY] = own.priority;
    good[GOOD_THREADS_ITEM] = ACCOUNT_THREADS;
    good[GOOD_EVENT_GATE] = GATE_EVENT;
    good[GOOD_POWER_OFF] = POWER_OFF;
    good[GOOD_CLOSED_WATCH] = WATCH_CLOSED;
    good[GOOD_INTERVAL] = 10000;
}

void argument_fixture_make(void) {
    uint32_t id;
    make_pages();
    make_numbers();
    make_debugger();
    make_interface();
    make_handler();
    make_plans();
    make_values();
    guest_drain();
    EXPECT_OK(message_send(guest_self(), (void *)good[GOOD_BUFFER], MESSAGE_SIZE, NULL, DEADLINE_NOW, &id));
    good[GOOD_MESSAGE] = id;
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        continue;
}

void argument_fixture_end(void) {
    number_close((int32_t)good[GOOD_PIPE]);
    number_close(other_end);
    number_close((int32_t)good[GOOD_PORT]);
    number_close((int32_t)good[GOOD_ENTRY]);
    number_close((int32_t)good[GOOD_LINK]);
    number_close(link_other);
    number_close((int32_t)good[GOOD_PAGED]);
    number_close(paged_link);
    number_close((int32_t)good[GOOD_LISTENER]);
    number_close((int32_t)good[GOOD_MEMORY]);
    number_close((int32_t)good[GOOD_TIMER]);
    number_close((int32_t)good[GOOD_TRACE]);
    number_close((int32_t)good[GOOD_INTERFACE_CLIENT]);
    number_close(own_interface);
    interface_release(good[GOOD_INTERFACE_PAGES]);
    number_close((int32_t)good[GOOD_HANDLER]);
    number_close((int32_t)good[GOOD_DEBUGGER]);
    memory_unmap(pages, 4 * PAGE_SIZE);
    memory_unmap(good[GOOD_BUFFER] - PAGE_SIZE, 3 * PAGE_SIZE);
    memory_unmap(good[GOOD_PAGE_ADDRESS], PAGE_SIZE);
}

uint64_t argument_good(enum fixture which) {
    return good[which];
}

static void close_planned(uint64_t value) {
    number_close((int32_t)value);
    number_close(pipe_plan.other);
    number_close(port_plan.entry);
    pipe_plan.other = port_plan.entry = 0;
}

static void close_linked(uint64_t value) {
    number_close((int32_t)value);
    number_close(link_plan.other);
    link_plan.other = 0;
}

static void read_added(void) {
    char bytes[MESSAGE_SIZE];
    EXPECT_OK(pipe_read((int32_t)good[GOOD_PIPE], bytes, sizeof(bytes), DEADLINE_NOW, NULL));
}

static void take_sent(void) {
    char message[ARGUMENT_PORT_SIZE];
    EXPECT_OK(port_receive((int32_t)good[GOOD_PORT], message, NULL, DEADLINE_NOW, NULL));
}

void argument_undo(enum after_call after, uint64_t value) {
    EVENT event;
    if (after == CLOSE_VALUE)
        number_close((int32_t)value);
    else if (after == UNMAP_VALUE)
        memory_unmap(value, PAGE_SIZE);
    else if (after == TAKE_EVENT)
        event_get(&event, NULL);
    else if (after == SCRAP_VALUE)
        message_scrap((uint32_t)value);
    else if (after == READ_PIPE)
        read_added();
    else if (after == CLOSE_PLANNED)
        close_planned(value);
    else if (after == RELEASE_VALUE)
        interface_release(value);
    else if (after == TAKE_SENT)
        take_sent();
    else if (after == CLOSE_LINKED)
        close_linked(value);
    if (after == SCRAP_VALUE)
        event_get(&event, NULL); // that told of it
}

// What cannot be copied is sent to ourselves.
static int32_t number_sent_without(int32_t number, uint32_t rights) {
    struct message_options options = {.number_count = 1, .numbers = {number}, .rights = {~rights}};
    struct message_information information = {0};
    uint32_t id;
    EXPECT_OK(message_send(guest_self(), "n", 1, &options, DEADLINE_NOW, &id));
    EXPECT_OK(message_receive(id, &(char){0}, 1, &information, NULL));
    return information.numbers[0];
}

int32_t argument_number_without(int32_t number, uint32_t rights) {
    int32_t copy;
    enum status status = number_copy(number, ~rights, &copy);
    if (status == STATUS_NO_RIGHT)
        return number_sent_without(number, rights);
    EXPECT_OK(status);
    return copy;
}

int32_t argument_number_of_other_kind(enum object_kind kind) {
    return (int32_t)good[kind == OBJECT_TIMER ? GOOD_MEMORY : GOOD_TIMER];
}

uint64_t argument_read_only(const void *content, uint32_t size) {
    EXPECT_OK(memory_protect(pages, PAGE_SIZE, PROTECTION_WRITE));
    memcpy((void *)pages, content, size);
    EXPECT_OK(memory_protect(pages, PAGE_SIZE, PROTECTION_READ));
    return pages;
}

uint64_t argument_running_out(const void *content, uint32_t size) {
    uint64_t start = argument_unmapped() - size + 1;
    memcpy((void *)start, content, size - 1);
    return start;
}

uint64_t argument_unmapped(void) {
    return pages + 2 * PAGE_SIZE;
}

uint64_t argument_inaccessible(void) {
    return pages + 3 * PAGE_SIZE;
}

static bool buffer_was_written(void) {
    uint8_t *buffer = (uint8_t *)good[GOOD_BUFFER];
    bool written = false;
    for (size_t i = 0; i < 512; i++)
        written |= buffer[i] != BUFFER_FILL;
    memset(buffer, BUFFER_FILL, 512);
    return written;
}

const char *argument_fixture_changed(bool memory_too) {
    size_t pending;
    struct message_information information;
    EVENT event;
    EXPECT_OK(pipe_pending((int32_t)good[GOOD_PIPE], &pending));
    if (pending != PIPE_BYTES)
        return "the bytes in the pipe";
    if (message_wait(NULL, &information, DEADLINE_NOW) != STATUS_OK || information.id != good[GOOD_MESSAGE] ||
        information.waiting != 1)
        return "the messages that wait";
    if (event_get(&event, NULL) != STATUS_NOTHING)
        return "the events that are pending";
    return buffer_was_written() && memory_too ? "memory that a failed call must not write" : NULL;
}
