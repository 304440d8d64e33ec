// What a program hands a call is read once: while a second thread changes it all the time between what is allowed and what is not, a call
// either is refused or has only done what is allowed.
#include "tests/guest/guest.h"

enum { OF_EACH = 50000, OF_EACH_CHILD = 1000, TRIES = 5000000, OWN_ID = 0x2345, SYSTEM_ID = 0x234 };

static struct {
    uint32_t *place;
    uint32_t allowed, refused;
    bool is_over;
} flip;

// One store a round: QEMU lets interrupts in between rounds, not within one.
static void *flip_without_end(void *unused) {
    for (bool is_allowed = false; !__atomic_load_n(&flip.is_over, __ATOMIC_RELAXED); is_allowed = !is_allowed)
        __atomic_store_n(flip.place, is_allowed ? flip.allowed : flip.refused, __ATOMIC_RELAXED);
    return unused;
}

// Until the call was refused and done often enough. `call` looks at what was done, where it succeeded.
static void call_while_it_flips(uint32_t *place, uint32_t allowed, uint32_t refused, enum status (*call)(void),
                                enum status refusal, uint32_t of_each) {
    struct thread *flipper;
    uint32_t done = 0, refusals = 0;
    *place = allowed;
    flip.place = place;
    flip.allowed = allowed;
    flip.refused = refused;
    flip.is_over = false;
    EXPECT_OK(thread_start(flip_without_end, NULL, NULL, &flipper));
    for (uint32_t i = 0; i < TRIES && (done < of_each || refusals < of_each); i++) {
        enum status status = call();
        if (status != STATUS_OK && status != refusal)
            FAIL("try %u: got %s", i, status_name(status));
        done += status == STATUS_OK;
        refusals += status == refusal;
    }
    __atomic_store_n(&flip.is_over, true, __ATOMIC_RELAXED);
    EXPECT_OK(thread_join(flipper, NULL));
    *place = allowed;
    EXPECT(done >= of_each && refusals >= of_each);
}

// ---- an event: only who holds the input right sends keys ----

static EVENT event;

static enum status send_event(void) {
    EVENT got;
    enum status status = event_send(guest_self(), &event, NUMBER_NONE, DEADLINE_NOW);
    if (status != STATUS_OK)
        return status;
    EXPECT_OK(event_get(&got, NULL));
    EXPECT_EQUAL(got.Type, EVENT_USER);
    return STATUS_OK;
}

TEST(the_type_of_an_event_is_read_once) {
    call_while_it_flips(&event.Type, EVENT_USER, EVENT_KEYBOARD, send_event, STATUS_BAD_NUMBER, OF_EACH);
}

// ---- an interface: low ids are the system's ----

static struct interface_register interface = {
    .id = OWN_ID, .version = 1, .data_size = PAGE_SIZE, .clients = 1, .text = "flips"};

static enum status register_interface(void) {
    int32_t number;
    uint64_t base;
    enum status status = interface_register(&interface, &number);
    if (status != STATUS_OK)
        return status;
    EXPECT_STATUS(interface_request(SYSTEM_ID, 1, 0, &base), NOT_FOUND);
    EXPECT_OK(number_close(number));
    return STATUS_OK;
}

TEST(the_id_of_an_interface_is_read_once) {
    call_while_it_flips(&interface.id, OWN_ID, SYSTEM_ID, register_interface, STATUS_NO_RIGHT, OF_EACH);
}

// ---- a child: it is its parent's user, and no more urgent ----

static struct process_spawn spawn = {.user = SPAWN_SAME_USER, .priority = SPAWN_SAME_PRIORITY, .name = "flips"};

static enum status spawn_child(void) {
    struct process_information own, child;
    uint32_t process;
    int32_t number;
    spawn.image = guest_own_image();
    enum status status = process_spawn(&spawn, &process, &number);
    if (status != STATUS_OK)
        return status;
    EXPECT_OK(process_list(process - 1, &child, 1, NULL));
    EXPECT_OK(process_list(guest_self() - 1, &own, 1, NULL));
    EXPECT_OK(process_kill(number, 0));
    EXPECT_OK(process_wait(number, guest_soon(), NULL));
    EXPECT_OK(number_close(number));
    EXPECT_EQUAL(child.process == process ? child.user : own.user, own.user);
    EXPECT(child.process != process || child.priority <= own.priority);
    return STATUS_OK;
}

TEST(the_user_of_a_child_is_read_once) {
    call_while_it_flips(&spawn.user, SPAWN_SAME_USER, USER_SYSTEM, spawn_child, STATUS_NO_RIGHT, OF_EACH_CHILD);
}

TEST(the_priority_of_a_child_is_read_once) {
    call_while_it_flips(&spawn.priority, SPAWN_SAME_PRIORITY, PRIORITY_MAX, spawn_child, STATUS_NO_RIGHT,
                        OF_EACH_CHILD);
}

// ---- a number that goes with a message: what the receiver may do with it is no more than the sender may ----

static int32_t port, entry;
static struct port_cargo cargo;
static uint8_t message[32];

static enum status send_cargo(void) {
    struct port_information about;
    struct number_information came;
    enum status status = port_send(entry, message, &cargo, DEADLINE_NOW, NULL);
    if (status != STATUS_OK)
        return status;
    EXPECT_OK(port_receive(port, message, &about, DEADLINE_NOW, NULL));
    EXPECT_OK(number_information(about.cargo.number, &came));
    EXPECT_EQUAL(came.kind, OBJECT_SHARED_MEMORY);
    EXPECT_EQUAL(came.rights & RIGHT_WRITE, 0);
    EXPECT_OK(number_close(about.cargo.number));
    return STATUS_OK;
}

TEST(the_number_that_goes_with_a_message_is_read_once) {
    struct port_create wish = {.message_size = sizeof(message)};
    int32_t memory, readable, kept;
    EXPECT_OK(port_create(&wish, &port));
    entry = wish.entry;
    EXPECT_OK(shared_create(PAGE_SIZE, &memory));
    EXPECT_OK(number_copy(memory, RIGHT_READ | RIGHT_SEND, &readable));
    EXPECT_OK(number_copy(memory, ~(uint32_t)RIGHT_SEND, &kept));
    cargo.rights = RIGHTS_ALL;
    call_while_it_flips((uint32_t *)&cargo.number, (uint32_t)readable, (uint32_t)kept, send_cargo, STATUS_NO_RIGHT,
                        OF_EACH);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}
