// Tests of messages and events that a debugger drops, holds or repeats: what their senders and receivers then see, and what it costs.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/event.h"
#include "ipc/message.h"
#include "kernel/base/debugger.h"
#include "kernel/object/trace.h"
#include "tests/unit/host/host.h"

// ---- a debugger that has made up its mind ----

static enum trace_verdict verdict;
static struct trace_record last;
static uint32_t last_options, kept_count;
static struct kept_operation kept[4];

uint32_t debugger_ask(const struct trace_record *record, uint32_t options) {
    static const uint32_t needed[] = {[TRACE_GO] = 0,
                                      [TRACE_DROP] = TRACE_MAY_DROP,
                                      [TRACE_HOLD] = TRACE_MAY_HOLD,
                                      [TRACE_DUPLICATE] = TRACE_MAY_DUPLICATE};
    bool is_sent = record->operation == TRACE_MESSAGE_SENT || record->operation == TRACE_MESSAGE_ANSWERED ||
                   record->operation == TRACE_EVENT_SENT;
    if (!is_sent)
        return TRACE_GO;
    last = *record;
    last_options = options;
    return (options & needed[verdict]) == needed[verdict] ? verdict : TRACE_GO;
}

void debugger_keep(const struct kept_operation *operation) {
    kept[kept_count++] = *operation;
}

static void finish_all(bool drop) {
    verdict = TRACE_GO;
    for (uint32_t i = 0; i < kept_count; i++)
        kept[i].finish(&kept[i], drop);
    kept_count = 0;
}

static void setup(void) {
    host_start();
    trace_asks = trace_on = 1;
    kept_count = 0;
}

static void teardown(void) {
    trace_asks = trace_on = 0;
    host_finish();
}

TestSuite(kept_operations, .init = setup, .fini = teardown);

static uint64_t used(const struct process *process, enum account_item item) {
    return process->account->lines[item].used;
}

// ---- messages ----

static struct result send(struct process *from, struct process *to, const char *text) {
    return AS(from, message_send, to->id, USER(text), strlen(text), 0, DEADLINE_NOW);
}

static enum status receive(struct process *to, uint32_t id, char *buffer) {
    return (enum status)AS(to, message_receive, id, USER(buffer), 8, 0).status;
}

Test(kept_operations, a_message_that_is_held_comes_when_it_is_let_go) {
    struct process *from = host_process("from"), *to = host_process("to");
    char buffer[8];
    verdict = TRACE_HOLD;
    struct result sent = send(from, to, "one");
    cr_assert_eq(sent.status, STATUS_OK);
    cr_assert_eq(last.peer, to->id);
    cr_assert_eq(last.size, 3);
    cr_assert_eq(receive(to, (uint32_t)sent.value, buffer), STATUS_NOTHING);
    verdict = TRACE_GO;
    cr_assert_eq(receive(to, (uint32_t)send(from, to, "two").value, buffer), STATUS_OK);
    finish_all(false);
    cr_assert_eq(receive(to, (uint32_t)sent.value, buffer), STATUS_OK);
    cr_assert_eq(memcmp(buffer, "one", 3), 0);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
}

Test(kept_operations, a_message_that_is_dropped_costs_nobody_anything) {
    struct process *from = host_process("from"), *to = host_process("to");
    char buffer[8];
    verdict = TRACE_DROP;
    struct result sent = send(from, to, "one");
    cr_assert_eq(sent.status, STATUS_OK);
    finish_all(true);
    cr_assert_eq(receive(to, (uint32_t)sent.value, buffer), STATUS_NOTHING);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
    cr_assert_eq(used(from, ACCOUNT_MESSAGE_BYTES), 0);
}

Test(kept_operations, a_reply_may_be_held_and_not_dropped) {
    struct process *asker = host_process("asker"), *server = host_process("server");
    char buffer[8];
    uint32_t asked = (uint32_t)send(asker, server, "ask").value;
    cr_assert_eq(receive(server, asked, buffer), STATUS_OK);
    struct message_options options = {.in_reply_to = asked};
    verdict = TRACE_DROP;
    struct result reply = AS(server, message_send, asker->id, USER("yes"), 3, USER(&options), DEADLINE_NOW);
    cr_assert_eq(reply.status, STATUS_OK);
    cr_assert_eq(last.operation, TRACE_MESSAGE_ANSWERED);
    cr_assert_eq(last_options, TRACE_MAY_HOLD);
    cr_assert_eq(kept_count, 0);
    cr_assert_eq(receive(asker, (uint32_t)reply.value, buffer), STATUS_OK);
}

Test(kept_operations, a_held_message_to_a_process_that_ended_is_gone) {
    struct process *from = host_process("from"), *to = host_process("to");
    verdict = TRACE_HOLD;
    cr_assert_eq(send(from, to, "one").status, STATUS_OK);
    host_process_end(to);
    finish_all(false);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
}

// ---- events ----

static struct process *event_scene(struct process **from) {
    struct process *to = host_process("to");
    *from = host_process("from");
    AS(to, gate_set, GATE_EVENT, GATE_ALL_USERS);
    return to;
}

static enum status post(struct process *from, struct process *to, uint32_t data) {
    EVENT event = {.Type = EVENT_USER, .Data1 = data};
    return (enum status)AS(from, event_send, to->id, USER(&event), 0, DEADLINE_NOW).status;
}

Test(kept_operations, an_event_that_is_held_comes_behind_those_that_were_sent_later) {
    struct process *from, *to = event_scene(&from);
    verdict = TRACE_HOLD;
    cr_assert_eq(post(from, to, 1), STATUS_OK);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
    verdict = TRACE_GO;
    cr_assert_eq(post(from, to, 2), STATUS_OK);
    finish_all(false);
    cr_assert_eq(host_event_get(to).event.Data1, 2);
    struct host_event second = host_event_get(to);
    cr_assert_eq(second.event.Data1, 1);
    cr_assert_eq(second.source.process, from->id);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
}

Test(kept_operations, an_event_that_is_dropped_never_comes) {
    struct process *from, *to = event_scene(&from);
    verdict = TRACE_DROP;
    cr_assert_eq(post(from, to, 1), STATUS_OK);
    finish_all(true);
    cr_assert_eq(post(from, to, 2), STATUS_OK);
    cr_assert_eq(host_event_get(to).event.Data1, 2);
}

Test(kept_operations, an_event_that_is_repeated_comes_twice) {
    struct process *from, *to = event_scene(&from);
    verdict = TRACE_DUPLICATE;
    cr_assert_eq(post(from, to, 7), STATUS_OK);
    finish_all(false);
    cr_assert_eq(host_event_get(to).event.Data1, 7);
    cr_assert_eq(host_event_get(to).event.Data1, 7);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
}

Test(kept_operations, what_is_refused_is_not_asked_for) {
    struct process *from = host_process("from"), *to = host_process("to");
    last = (struct trace_record){0};
    verdict = TRACE_DROP;
    cr_assert_neq(post(from, to, 1), STATUS_OK); // its gate is closed
    cr_assert_eq(last.operation, TRACE_NONE);
    cr_assert_eq(kept_count, 0);
}
