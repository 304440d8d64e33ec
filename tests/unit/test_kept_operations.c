// Tests of messages and events that a debugger drops, holds or repeats: what their senders and receivers then see, and what it costs.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/event.h"
#include "ipc/message.h"
#include "tests/unit/host/host.h"
#include "tests/unit/kept.h"

TestSuite(kept_operations, .init = kept_start, .fini = kept_end);

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
    kept_verdict = TRACE_HOLD;
    struct result sent = send(from, to, "one");
    cr_assert_eq(sent.status, STATUS_OK);
    cr_assert_eq(kept_last.peer, to->id);
    cr_assert_eq(kept_last.size, 3);
    cr_assert_eq(receive(to, (uint32_t)sent.value, buffer), STATUS_NOTHING);
    kept_verdict = TRACE_GO;
    cr_assert_eq(receive(to, (uint32_t)send(from, to, "two").value, buffer), STATUS_OK);
    kept_finish_all(false);
    cr_assert_eq(receive(to, (uint32_t)sent.value, buffer), STATUS_OK);
    cr_assert_eq(memcmp(buffer, "one", 3), 0);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
}

Test(kept_operations, a_message_that_is_dropped_costs_nobody_anything) {
    struct process *from = host_process("from"), *to = host_process("to");
    char buffer[8];
    kept_verdict = TRACE_DROP;
    struct result sent = send(from, to, "one");
    cr_assert_eq(sent.status, STATUS_OK);
    kept_finish_all(true);
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
    kept_verdict = TRACE_DROP;
    struct result reply = AS(server, message_send, asker->id, USER("yes"), 3, USER(&options), DEADLINE_NOW);
    cr_assert_eq(reply.status, STATUS_OK);
    cr_assert_eq(kept_last.operation, TRACE_MESSAGE_ANSWERED);
    cr_assert_eq(kept_options, TRACE_MAY_HOLD | TRACE_MAY_REORDER);
    cr_assert_eq(kept_count, 0);
    cr_assert_eq(receive(asker, (uint32_t)reply.value, buffer), STATUS_OK);
}

Test(kept_operations, a_held_message_to_a_process_that_ended_is_gone) {
    struct process *from = host_process("from"), *to = host_process("to");
    kept_verdict = TRACE_HOLD;
    cr_assert_eq(send(from, to, "one").status, STATUS_OK);
    host_process_end(to);
    kept_finish_all(false);
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
    kept_verdict = TRACE_HOLD;
    cr_assert_eq(post(from, to, 1), STATUS_OK);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
    kept_verdict = TRACE_GO;
    cr_assert_eq(post(from, to, 2), STATUS_OK);
    kept_finish_all(false);
    cr_assert_eq(host_event_get(to).event.Data1, 2);
    struct host_event second = host_event_get(to);
    cr_assert_eq(second.event.Data1, 1);
    cr_assert_eq(second.source.process, from->id);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
}

Test(kept_operations, an_event_that_is_dropped_never_comes) {
    struct process *from, *to = event_scene(&from);
    kept_verdict = TRACE_DROP;
    cr_assert_eq(post(from, to, 1), STATUS_OK);
    kept_finish_all(true);
    cr_assert_eq(post(from, to, 2), STATUS_OK);
    cr_assert_eq(host_event_get(to).event.Data1, 2);
}

Test(kept_operations, an_event_that_is_repeated_comes_twice) {
    struct process *from, *to = event_scene(&from);
    kept_verdict = TRACE_DUPLICATE;
    cr_assert_eq(post(from, to, 7), STATUS_OK);
    kept_finish_all(false);
    cr_assert_eq(host_event_get(to).event.Data1, 7);
    cr_assert_eq(host_event_get(to).event.Data1, 7);
    cr_assert_eq(used(from, ACCOUNT_EVENTS), 0);
}

Test(kept_operations, what_is_refused_is_not_asked_for) {
    struct process *from = host_process("from"), *to = host_process("to");
    kept_last = (struct trace_record){0};
    kept_verdict = TRACE_DROP;
    cr_assert_neq(post(from, to, 1), STATUS_OK); // its gate is closed
    cr_assert_eq(kept_last.operation, TRACE_NONE);
    cr_assert_eq(kept_count, 0);
}
