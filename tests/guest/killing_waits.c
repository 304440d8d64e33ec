// The ways to wait of the kernel's own things, events, messages, pipes and ports, one row each (tests/guest/killing.h).
#include "tests/guest/killing.h"

enum { BLOCK = 3000, FILLING = 512, CAPACITY = 4, WORDS = 8, LARGE = 512 << 10 };

static uint8_t bytes[LARGE];
static uint64_t words[WORDS];

// Who is dead is not found by its id.
static bool is_gone(uint32_t process) {
    EVENT event = {.Type = EVENT_USER};
    return message_send(process, "x", 1, NULL, DEADLINE_NOW, NULL) == STATUS_NOT_FOUND &&
           event_send(process, &event, NUMBER_NONE, DEADLINE_NOW) == STATUS_NOT_FOUND;
}

// ---- the kernel's own ----

static enum status process_end_wait(uint32_t peer) {
    int32_t number;
    enum status status = process_open(peer, &number);
    return status == STATUS_OK ? process_wait(number, DEADLINE_NEVER, NULL) : status;
}

KILLED_WAIT(process_end) = {
    .reason = WAIT_PROCESS_END, .said = STATUS_OK, .name = "process_wait", .wait = process_end_wait, .told = is_gone};

static void *sleeps(void *unused) {
    thread_sleep(DEADLINE_NEVER);
    return unused;
}

static enum status thread_end_wait(uint32_t peer) {
    struct thread *thread;
    enum status status = thread_start(sleeps, NULL, NULL, &thread);
    return status == STATUS_OK ? thread_wait(thread_number(thread), DEADLINE_NEVER) : status;
}

KILLED_WAIT(thread_end) = {
    .reason = WAIT_THREAD_END, .said = WAITS_ON, .name = "thread_wait", .wait = thread_end_wait, .told = is_gone};

static enum status futex_waits(uint32_t peer) {
    return futex_wait(&killing_control->word, 0, DEADLINE_NEVER);
}

static bool nobody_sleeps(uint32_t waiter) {
    uint32_t woken = 1;
    return futex_wake(&killing_control->word, 1, &woken) == STATUS_OK && woken == 0;
}

KILLED_WAIT(futex) = {
    .reason = WAIT_FUTEX, .said = WAITS_ON, .name = "futex_wait", .wait = futex_waits, .told = nobody_sleeps};

static enum status sleep_wait(uint32_t peer) {
    return thread_sleep(DEADLINE_NEVER);
}

KILLED_WAIT(sleep) = {
    .reason = WAIT_SLEEP, .said = WAITS_ON, .name = "thread_sleep", .wait = sleep_wait, .told = is_gone};

// Goes on when its debugger is gone, which nobody but it can tell.
static enum status halted_wait(uint32_t peer) {
    while (!killing_is_over())
        thread_yield();
    return STATUS_OK;
}

static int32_t debugger;

static bool halt_it(uint32_t waiter) {
    int32_t process;
    return process_open(waiter, &process) == STATUS_OK && debug_attach(process, &debugger) == STATUS_OK &&
           number_close(process) == STATUS_OK && debug_halt(debugger, 0) == STATUS_OK;
}

static bool debugger_is_told(uint32_t waiter) {
    return debug_halt(debugger, 0) == STATUS_PEER_DIED && number_close(debugger) == STATUS_OK;
}

KILLED_WAIT(debugger) = {.reason = WAIT_DEBUGGER,
                         .said = STATUS_OK,
                         .name = "debug_halt",
                         .wait = halted_wait,
                         .prepare = halt_it,
                         .told = debugger_is_told};

static bool stop_it(uint32_t waiter) {
    int32_t process;
    return process_open(waiter, &process) == STATUS_OK && process_stop(process, 19) == STATUS_OK &&
           number_close(process) == STATUS_OK;
}

KILLED_WAIT(stopped) = {.reason = WAIT_STOPPED,
                        .said = WAITS_ON,
                        .name = "process_stop",
                        .wait = halted_wait,
                        .prepare = stop_it,
                        .told = is_gone};

// ---- events ----

static enum status watched_end_wait(uint32_t peer) {
    int32_t number;
    EVENT event;
    enum status status = process_open(peer, &number);
    if (status == STATUS_OK)
        status = event_watch(number, WATCH_CLOSED, 1);
    while (status == STATUS_OK) {
        status = event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            if (event.Type == EVENT_READY && event.Action == WATCH_CLOSED)
                return STATUS_OK;
    }
    return status;
}

KILLED_WAIT(event) = {
    .reason = WAIT_EVENT, .said = STATUS_OK, .name = "event_wait", .wait = watched_end_wait, .told = is_gone};

static bool open_gate(uint32_t waiter) {
    return gate_set(GATE_EVENT, GATE_ALL_USERS, NULL) == STATUS_OK;
}

static enum status event_room_wait(uint32_t peer) {
    EVENT event = {.Type = EVENT_USER};
    enum status status = killing_await(&killing_control->prepared) ? STATUS_OK : STATUS_TIMED_OUT;
    for (; status == STATUS_OK; killing_write(&killing_control->word, event.Data1)) {
        status = event_send(peer, &event, NUMBER_NONE, DEADLINE_NEVER);
        event.Data1 += status == STATUS_OK;
    }
    return status;
}

// What was sent in time is there, in its order.
static bool all_events_are_there(uint32_t waiter) {
    EVENT event;
    uint32_t next = 0;
    while (event_get(&event, NULL) == STATUS_OK)
        if (event.Type == EVENT_USER && event.Data1 != next++)
            return false;
    return next > 0 && next == killing_read(&killing_control->word) && is_gone(waiter);
}

KILLED_WAIT(event_room) = {.reason = WAIT_EVENT_ROOM,
                           .said = STATUS_PEER_DIED,
                           .name = "event_send",
                           .wait = event_room_wait,
                           .prepare = open_gate,
                           .told = all_events_are_there};

// ---- messages ----

static enum status message_waits(uint32_t peer) {
    return message_next(bytes, sizeof(bytes), NULL, DEADLINE_NEVER, NULL);
}

KILLED_WAIT(message) = {
    .reason = WAIT_MESSAGE, .said = WAITS_ON, .name = "message_next", .wait = message_waits, .told = is_gone};

static enum status message_from_wait(uint32_t peer) {
    struct message_filter filter = {.sender = peer};
    struct message_information information;
    return message_wait(&filter, &information, DEADLINE_NEVER);
}

KILLED_WAIT(message_from) = {.reason = WAIT_MESSAGE_FROM,
                             .said = STATUS_PEER_DIED,
                             .name = "message_wait from one",
                             .wait = message_from_wait,
                             .told = is_gone};

static enum status reply_wait(uint32_t peer) {
    struct message_filter filter = {.sender = peer};
    struct message_information information;
    enum status status = message_send(peer, "question", 8, NULL, DEADLINE_NEVER, &filter.in_reply_to);
    return status == STATUS_OK ? message_wait(&filter, &information, DEADLINE_NEVER) : status;
}

static uint32_t question;

static bool take_question(uint32_t waiter) {
    struct message_filter filter = {.sender = waiter};
    struct message_information information;
    size_t size;
    if (message_wait(&filter, &information, guest_soon()) != STATUS_OK)
        return false;
    question = information.id;
    return message_receive(question, bytes, sizeof(bytes), NULL, &size) == STATUS_OK && size == 8;
}

static bool answer_is_late(uint32_t waiter) {
    struct message_options options = {.in_reply_to = question};
    return message_send(waiter, "answer", 6, &options, DEADLINE_NOW, NULL) == STATUS_NOT_FOUND;
}

KILLED_WAIT(reply) = {.reason = WAIT_REPLY,
                      .said = STATUS_PEER_DIED,
                      .name = "message_wait for a reply",
                      .wait = reply_wait,
                      .prepare = take_question,
                      .told = answer_is_late};

// A sender's limit is below the queue's room: the peer fills half of it, and one message more comes from the test.
static void send_one_more(uint32_t peer) {
    EXPECT_OK(message_send(peer, "x", 1, NULL, guest_soon(), NULL));
}

static bool fill_half(uint32_t waiter) {
    for (int i = 0; i < FILLING; i++)
        if (message_send(guest_self(), "x", 1, NULL, DEADLINE_NOW, NULL) != STATUS_OK)
            return false;
    return true;
}

static enum status message_room_wait(uint32_t peer) {
    enum status status = killing_await(&killing_control->prepared) ? STATUS_OK : STATUS_TIMED_OUT;
    while (status == STATUS_OK)
        status = message_send(peer, "waiter's", 8, NULL, DEADLINE_NEVER, NULL);
    return status;
}

static bool all_messages_are_there(uint32_t waiter) {
    struct message_information information;
    size_t size;
    int count = 0, of_waiter = 0;
    for (; message_next(bytes, sizeof(bytes), &information, DEADLINE_NOW, &size) == STATUS_OK; count++)
        of_waiter += information.sender == waiter && size == 8 && memcmp(bytes, "waiter's", 8) == 0;
    return count == MESSAGE_QUEUE_CAPACITY && of_waiter == FILLING - 1 && is_gone(waiter);
}

KILLED_WAIT(message_room) = {.reason = WAIT_MESSAGE_ROOM,
                             .said = STATUS_PEER_DIED,
                             .name = "message_send",
                             .beside = send_one_more,
                             .wait = message_room_wait,
                             .prepare = fill_half,
                             .told = all_messages_are_there};

// ---- pipes: the one that waits has the first end ----

static void make_pipe(uint32_t mode, uint32_t capacity, int32_t *first, int32_t *other) {
    struct pipe_create plan = {.mode = mode, .capacity = capacity};
    EXPECT_OK(pipe_create(&plan, first));
    *other = plan.other;
}

static void make_reader(int32_t *waiters, int32_t *peers) {
    make_pipe(PIPE_RECEIVE, PAGE_SIZE, waiters, peers);
}

static void make_writer(int32_t *waiters, int32_t *peers) {
    make_pipe(PIPE_SEND, PAGE_SIZE, waiters, peers);
}

static void make_pool(int32_t *waiters, int32_t *peers) {
    make_pipe(PIPE_POOL, 2 * LARGE, waiters, peers);
}

static enum status pipe_data_wait(uint32_t peer) {
    return pipe_read(killing_number(), bytes, BLOCK, DEADLINE_NEVER, NULL);
}

static bool writer_is_told(uint32_t waiter) {
    return pipe_write(killing_number(), "x", 1, guest_soon(), NULL) == STATUS_PEER_DIED;
}

KILLED_WAIT(pipe_data) = {.reason = WAIT_PIPE_DATA,
                          .said = STATUS_STREAM_END,
                          .name = "pipe_read",
                          .make = make_reader,
                          .wait = pipe_data_wait,
                          .told = writer_is_told};

static enum status pipe_room_wait(uint32_t peer) {
    enum status status = STATUS_OK;
    killing_fill(bytes, BLOCK, 1);
    while (status == STATUS_OK)
        status = pipe_write(killing_number(), bytes, BLOCK, DEADLINE_NEVER, NULL);
    return status;
}

static bool what_was_written_is_there(uint32_t waiter) {
    size_t size;
    return pipe_read(killing_number(), bytes, sizeof(bytes), guest_soon(), &size) == STATUS_OK && size == BLOCK &&
           killing_is_whole(bytes, BLOCK, 1) &&
           pipe_read(killing_number(), bytes, sizeof(bytes), guest_soon(), &size) == STATUS_STREAM_END;
}

KILLED_WAIT(pipe_room) = {.reason = WAIT_PIPE_ROOM,
                          .said = STATUS_PEER_DIED,
                          .name = "pipe_write",
                          .make = make_writer,
                          .wait = pipe_room_wait,
                          .told = what_was_written_is_there};

// The peer has the turn while it copies.
static void *copies(void *unused) {
    while (!killing_is_over()) {
        pipe_write(killing_number(), bytes, sizeof(bytes), DEADLINE_NOW, NULL);
        pipe_read(killing_number(), bytes, sizeof(bytes), DEADLINE_NOW, NULL);
    }
    killing_write(&killing_control->word, 1);
    return unused;
}

static bool begin_to_copy(uint32_t waiter) {
    return killing_thread(copies, NULL);
}

static enum status pipe_turn_wait(uint32_t peer) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK)
        status = pipe_write(killing_number(), bytes, PAGE_SIZE, DEADLINE_NEVER, NULL);
    return status;
}

// Nobody has the turn any more: what is written is read, whole.
static bool turn_is_free(uint32_t waiter) {
    size_t size;
    if (!killing_await(&killing_control->word))
        return false;
    while (pipe_read(killing_number(), bytes, sizeof(bytes), DEADLINE_NOW, &size) == STATUS_OK)
        if (size % PAGE_SIZE != 0)
            return false;
    return pipe_write(killing_number(), "x", 1, DEADLINE_NOW, NULL) == STATUS_PEER_DIED;
}

KILLED_WAIT(pipe_turn) = {.reason = WAIT_PIPE_TURN,
                          .said = STATUS_PEER_DIED,
                          .needs_processors = true,
                          .name = "pipe_write beside another",
                          .make = make_pool,
                          .wait = pipe_turn_wait,
                          .prepare = begin_to_copy,
                          .told = turn_is_free};

// ---- ports ----

static void make_port(int32_t *port, int32_t *entry) {
    struct port_create plan = {.message_size = sizeof(words), .capacity = CAPACITY};
    EXPECT_OK(port_create(&plan, port));
    *entry = plan.entry;
}

static void make_port_for_peer(int32_t *waiters, int32_t *peers) {
    make_port(peers, waiters);
}

static enum status port_message_wait(uint32_t peer) {
    return port_receive(killing_number(), words, NULL, DEADLINE_NEVER, NULL);
}

static bool sender_is_told(uint32_t waiter) {
    return port_send(killing_number(), words, NULL, guest_soon(), NULL) == STATUS_PEER_DIED &&
           port_call(killing_number(), words, NULL, guest_soon()) == STATUS_PEER_DIED;
}

KILLED_WAIT(port_message) = {.reason = WAIT_PORT_MESSAGE,
                             .said = STATUS_PEER_DIED,
                             .name = "port_receive",
                             .make = make_port,
                             .wait = port_message_wait,
                             .told = sender_is_told};

static enum status port_room_wait(uint32_t peer) {
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        killing_fill(words, sizeof(words), i);
        status = port_send(killing_number(), words, NULL, DEADLINE_NEVER, NULL);
    }
    return status;
}

static bool what_was_sent_is_there(uint32_t waiter) {
    for (uint64_t i = 0; i < CAPACITY; i++)
        if (port_receive(killing_number(), words, NULL, DEADLINE_NOW, NULL) != STATUS_OK ||
            !killing_is_whole(words, sizeof(words), i))
            return false;
    return port_receive(killing_number(), words, NULL, guest_soon(), NULL) == STATUS_PEER_DIED;
}

KILLED_WAIT(port_room) = {.reason = WAIT_PORT_ROOM,
                          .said = STATUS_PEER_DIED,
                          .name = "port_send",
                          .make = make_port_for_peer,
                          .wait = port_room_wait,
                          .told = what_was_sent_is_there};

static enum status port_call_wait(uint32_t peer) {
    return port_call(killing_number(), words, NULL, DEADLINE_NEVER);
}

static bool no_call_is_there(uint32_t waiter) {
    return port_receive(killing_number(), words, NULL, guest_soon(), NULL) == STATUS_PEER_DIED;
}

KILLED_WAIT(port_call) = {.reason = WAIT_PORT_CALL,
                          .said = STATUS_PEER_DIED,
                          .name = "port_call that nobody took",
                          .make = make_port_for_peer,
                          .wait = port_call_wait,
                          .told = no_call_is_there};

static uint64_t call;

static bool take_call(uint32_t waiter) {
    return port_receive(killing_number(), words, NULL, guest_soon(), &call) == STATUS_OK;
}

static bool call_is_cancelled(uint32_t waiter) {
    struct port_information information;
    uint64_t id;
    return port_receive(killing_number(), words, &information, guest_soon(), &id) == STATUS_OK && id == call &&
           information.kind == PORT_CANCELLED && port_reply(killing_number(), call, words, NULL) == STATUS_NOT_FOUND &&
           no_call_is_there(waiter);
}

KILLED_WAIT(port_reply) = {.reason = WAIT_PORT_REPLY,
                           .said = STATUS_PEER_DIED,
                           .name = "port_call in hand",
                           .make = make_port_for_peer,
                           .wait = port_call_wait,
                           .prepare = take_call,
                           .told = call_is_cancelled};

static enum status port_made_wait(uint32_t peer) {
    int32_t entry;
    return port_open(peer, 0, DEADLINE_NEVER, &entry);
}

static bool port_can_be_made(uint32_t waiter) {
    struct port_create plan = {.message_size = sizeof(words), .scope = PORT_OF_PROCESS};
    int32_t port;
    return port_create(&plan, &port) == STATUS_OK &&
           port_receive(port, words, NULL, DEADLINE_NOW, NULL) == STATUS_WOULD_WAIT;
}

KILLED_WAIT(port_made) = {.reason = WAIT_PORT_MADE,
                          .said = STATUS_PEER_DIED,
                          .name = "port_open",
                          .wait = port_made_wait,
                          .told = port_can_be_made};
