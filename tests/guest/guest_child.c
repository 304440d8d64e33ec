// Children of a test: this program again, in a role, with numbers of the test's.
#include <stdarg.h>

#include "libc/files/client.h"
#include "tests/guest/guest.h"
#include "tests/guest/guest_private.h"

enum { CHILDREN_MAX = 300, FAMILY_MAX = 1000, ARGUMENTS_MAX = 12, GRANTS_MAX = 12 };

static struct spawned children[CHILDREN_MAX];
static uint32_t child_count;
static struct spawn_grant grants[GRANTS_MAX];
static uint32_t grant_count;
static const uint64_t *limits;
static const char *program_name;
static int32_t image;

static uint32_t family[FAMILY_MAX]; // all that this test started, and what those started
static uint32_t family_count;

static void family_note(uint32_t process) {
    if (family_count < FAMILY_MAX)
        family[family_count++] = process;
}

void guest_name_program(const char *argument) {
    const char *slash = strrchr(argument, '/');
    program_name = slash != NULL ? slash + 1 : argument;
}

bool guest_is_child(void) {
    return start_grant_number("guest_child") != NUMBER_NONE;
}

int32_t guest_own_image(void) {
    if (image == NUMBER_NONE && guest_is_child()) {
        image = start_grant_number("guest_child");
    } else if (image == NUMBER_NONE) {
        char path[64];
        uint64_t size;
        snprintf(path, sizeof(path), "/bin/%s", program_name);
        EXPECT_OK(files_image(path, &image, &size));
    }
    return image;
}

void guest_grant(const char *name, int32_t number, uint32_t rights) {
    EXPECT(grant_count < GRANTS_MAX - 1);
    grants[grant_count++] = (struct spawn_grant){.name = name, .number = number, .rights = rights};
}

int32_t guest_granted(const char *name) {
    return start_grant_number(name);
}

void guest_limit(const uint64_t *wanted) {
    limits = wanted;
}

// Descriptors are not inherited: a child has nothing to say but by its exit code.
static enum status start(char *const *arguments, struct spawned *child) {
    guest_grant("guest_child", guest_own_image(), RIGHT_READ | RIGHT_EXECUTE | RIGHT_SEND | RIGHT_COPY);
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.image = guest_own_image();
    request.name = arguments[2];
    request.arguments = arguments;
    request.grants = grants;
    request.grant_count = grant_count;
    request.only_listed = true;
    request.limits = limits;
    enum status status = program_spawn(&request, child);
    grant_count = 0;
    limits = NULL;
    if (status == STATUS_OK && child_count < CHILDREN_MAX)
        children[child_count++] = *child;
    if (status == STATUS_OK)
        family_note(child->process);
    return status;
}

static char *constant(const char *text) {
    return (char *)(uintptr_t)text; // program_spawn does not write to it
}

struct spawned guest_start(const char *role, ...) {
    char *arguments[ARGUMENTS_MAX + 1] = {constant(program_name), constant(GUEST_ROLE_OPTION), constant(role)};
    va_list more;
    va_start(more, role);
    for (int i = 3; i < ARGUMENTS_MAX && (arguments[i] = va_arg(more, char *)) != NULL; i++)
        continue;
    va_end(more);
    struct spawned child;
    EXPECT_OK(start(arguments, &child));
    return child;
}

enum status guest_try_start(const char *role, struct spawned *child) {
    char *arguments[] = {constant(program_name), constant(GUEST_ROLE_OPTION), constant(role), NULL};
    return start(arguments, child);
}

static void forget(struct spawned child) {
    for (uint32_t i = 0; i < child_count; i++)
        if (children[i].process == child.process)
            children[i] = children[--child_count];
    number_close(child.number);
}

struct process_end guest_await(struct spawned child) {
    struct process_end end = {0};
    if (process_wait(child.number, guest_soon(), &end) != STATUS_OK)
        FAIL("process %u has not ended", child.process);
    forget(child);
    return end;
}

void guest_kill(struct spawned child) {
    EXPECT_OK(process_kill(child.number, 9));
    struct process_end end = guest_await(child);
    if (end.reason != END_KILLED)
        FAIL("the child was not killed: it ended for reason %u with %d", end.reason, end.code);
}

void guest_expect_success(struct spawned child) {
    struct process_end end = guest_await(child);
    if (end.reason == END_EXITED && end.code != 0)
        FAIL("the child failed at its line %d", end.code);
    if (end.reason != END_EXITED)
        FAIL("the child ended for reason %u, code %d, at %#llx, address %#llx", end.reason, end.code,
             (unsigned long long)end.instruction, (unsigned long long)end.address);
}

// Whoever a child of the test started lives on when the child ends, so it is found by its line of parents.
static bool is_of_the_family(const struct process_information *entry, const uint32_t *family, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (entry->parent == family[i])
            return true;
    return false;
}

static void end_one(uint32_t process) {
    int32_t number;
    if (process_open(process, &number) != STATUS_OK)
        return;
    process_kill(number, 9);
    process_wait(number, guest_soon(), NULL);
    number_close(number);
}

// Ids grow, so a child comes behind its parent in the list.
static void family_end(void) {
    struct process_information entry = {.process = guest_self()};
    size_t found;
    while (process_list(entry.process, &entry, 1, &found) == STATUS_OK && found == 1)
        if (is_of_the_family(&entry, family, family_count)) {
            family_note(entry.process);
            end_one(entry.process);
        }
    family_count = 0;
}

void guest_children_end(void) {
    for (uint32_t i = 0; i < child_count; i++)
        process_kill(children[i].number, 9);
    while (child_count > 0) {
        process_wait(children[child_count - 1].number, guest_soon(), NULL);
        number_close(children[--child_count].number);
    }
    family_end();
    grant_count = 0;
    limits = NULL;
}

// ---- waits of others ----

bool guest_waits(uint32_t process, enum wait_reason reason, struct wait_information *record) {
    uint64_t after = 0;
    size_t count;
    while (wait_list(after, record, 1, &count) == STATUS_OK && count == 1) {
        if (record->process == process && record->reason == (uint32_t)reason)
            return true;
        after = record->thread;
    }
    return false;
}

struct wait_information guest_await_wait(uint32_t process, enum wait_reason reason) {
    struct wait_information record;
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; thread_sleep(deadline_after(200000)))
        if (guest_waits(process, reason, &record))
            return record;
    FAIL("process %u never waited for reason %d", process, reason);
}

// ---- words, events ----

void guest_say(uint32_t process, uint32_t word) {
    EXPECT_OK(message_send(process, &word, sizeof(word), NULL, guest_soon(), NULL));
}

uint32_t guest_hear(uint32_t process) {
    struct message_filter filter = {.sender = process};
    struct message_information information;
    uint32_t word = 0;
    if (message_wait(&filter, &information, guest_soon()) != STATUS_OK)
        return 0;
    return message_receive(information.id, &word, sizeof(word), NULL, NULL) == STATUS_OK ? word : 0;
}

EVENT guest_next_event(uint32_t type, struct event_source *source) {
    EVENT event = {0};
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; event_wait(give_up))
        while (event_get(&event, source) == STATUS_OK)
            if (event.Type == type)
                return event;
    return (EVENT){0};
}

static void drain_events(void) {
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        if ((event.Type == EVENT_PIPE && event.Action == PIPE_CREATED) ||
            (event.Type == EVENT_INTERFACE && event.Action == INTERFACE_REQUESTED))
            number_close((int32_t)event.Data1);
        else if (event.Type == EVENT_SHARED_MEMORY && event.Action == SHARED_OFFERED)
            shared_refuse(event.Data1);
}

void guest_drain(void) {
    struct message_information information;
    struct message_filter any = {0}; // replies that nobody took, too
    while (message_wait(&any, &information, DEADLINE_NOW) == STATUS_OK)
        message_scrap(information.id);
    drain_events();
}
