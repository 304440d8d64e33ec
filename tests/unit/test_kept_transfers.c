// Tests of what else a debugger drops, holds or repeats: pipe writes, offers of memory, link writes, rings, messages and calls at ports.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/link.h"
#include "ipc/port.h"
#include "kernel/abi/event.h"
#include "kernel/abi/interface.h"
#include "tests/unit/interfaces.h"
#include "tests/unit/kept.h"
#include "tests/unit/links.h"
#include "tests/unit/pipes.h"
#include "tests/unit/ports.h"

TestSuite(kept_transfers, .init = kept_start, .fini = kept_end);

// ---- pipes ----

static struct result write_kept(const struct pipe_scene *scene, const char *text, enum trace_verdict what) {
    kept_verdict = what;
    struct result written = pipe_scene_write(scene, text, strlen(text));
    kept_verdict = TRACE_GO;
    return written;
}

static struct result write_more(const struct pipe_scene *scene, const char *text) {
    return AS(scene->writer, pipe_write, (uint64_t)scene->write_number, USER(text), strlen(text), DEADLINE_NOW);
}

static void reads(const struct pipe_scene *scene, const char *text) {
    char buffer[16] = {0};
    cr_assert_eq(pipe_scene_read(scene, buffer, sizeof(buffer) - 1).status, STATUS_OK);
    cr_assert_str_eq(buffer, text);
}

static enum status reads_now(const struct pipe_scene *scene) {
    char byte;
    return (enum status)AS(scene->reader, pipe_read, (uint64_t)scene->read_number, USER(&byte), 1, DEADLINE_NOW).status;
}

Test(kept_transfers, a_write_that_is_held_keeps_what_is_written_behind_it) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct result written = write_kept(&scene, "one", TRACE_HOLD);
    cr_assert_eq(written.status, STATUS_OK);
    cr_assert_eq(written.value, 3, "its writer goes on");
    cr_assert_eq(kept_last.operation, TRACE_PIPE_WRITTEN);
    cr_assert_eq(kept_last.size, 3);
    cr_assert_eq(kept_options & TRACE_MAY_REORDER, 0);
    cr_assert_eq(reads_now(&scene), STATUS_WOULD_WAIT);
    cr_assert_eq(write_more(&scene, "two").status, STATUS_WOULD_WAIT, "the turn is taken");
    struct fiber *writer =
        FIBER_CALL(scene.writer, pipe_write, (uint64_t)scene.write_number, USER("two"), 3, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(writer), WAIT_PIPE_TURN);
    kept_finish_all(false);
    fiber_run(writer);
    cr_assert_eq(writer->result.status, STATUS_OK);
    reads(&scene, "onetwo");
}

Test(kept_transfers, a_reader_that_waits_gets_a_held_write_when_it_is_let_go) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char buffer[8] = {0};
    struct fiber *reader =
        FIBER_CALL(scene.reader, pipe_read, (uint64_t)scene.read_number, USER(buffer), 8, DEADLINE_NEVER);
    write_kept(&scene, "one", TRACE_HOLD);
    cr_assert_eq(fiber_wait_reason(reader), WAIT_PIPE_DATA);
    kept_finish_all(false);
    fiber_run(reader);
    cr_assert_eq(reader->result.value, 3);
    cr_assert_str_eq(buffer, "one");
}

Test(kept_transfers, a_write_that_is_dropped_or_repeated) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    cr_assert_eq(write_kept(&scene, "one", TRACE_DROP).value, 3);
    kept_finish_all(true);
    cr_assert_eq(reads_now(&scene), STATUS_WOULD_WAIT);
    cr_assert_eq(write_kept(&scene, "two", TRACE_DUPLICATE).value, 3);
    kept_finish_all(false);
    cr_assert_eq(write_more(&scene, "three").status, STATUS_OK);
    reads(&scene, "twotwothree");
}

Test(kept_transfers, a_write_is_repeated_only_where_there_is_room) {
    static const char bytes[PAGE_SIZE];
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    pipe_scene_write(&scene, bytes, PAGE_SIZE / 2);
    cr_assert(kept_options & TRACE_MAY_DUPLICATE);
    pipe_scene_write(&scene, bytes, PAGE_SIZE / 2);
    cr_assert_not(kept_options & TRACE_MAY_DUPLICATE);
}

Test(kept_transfers, the_stream_ends_behind_a_held_write) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    write_kept(&scene, "one", TRACE_HOLD);
    host_process_end(scene.writer);
    cr_assert_eq(reads_now(&scene), STATUS_WOULD_WAIT);
    kept_finish_all(false);
    reads(&scene, "one");
    cr_assert_eq(reads_now(&scene), STATUS_STREAM_END);
}

Test(kept_transfers, a_held_write_to_a_reader_that_ended_is_gone) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    write_kept(&scene, "one", TRACE_HOLD);
    host_process_end(scene.reader);
    kept_finish_all(false);
    cr_assert_eq(write_more(&scene, "two").status, STATUS_PEER_DIED);
}

// ---- offers ----

static uint32_t offer_kept(struct process *from, struct process *to, enum trace_verdict what) {
    uint64_t memory = AS(from, shared_create, PAGE_SIZE).value;
    kept_verdict = what;
    struct result offered = AS(from, shared_offer, memory, to->id, RIGHT_READ);
    kept_verdict = TRACE_GO;
    cr_assert_eq(offered.status, STATUS_OK);
    cr_assert_eq(kept_last.operation, TRACE_MEMORY_OFFERED);
    return (uint32_t)offered.value;
}

Test(kept_transfers, an_offer_that_is_held_is_nobodys_to_accept) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t first = offer_kept(from, to, TRACE_HOLD), second = offer_kept(from, to, TRACE_GO);
    cr_assert_eq(host_event_get(to).event.Data1, second);
    cr_assert_eq(AS(to, shared_accept, first).status, STATUS_NOT_FOUND);
    kept_finish_all(false);
    cr_assert_eq(host_event_get(to).event.Data1, first);
    cr_assert_eq(AS(to, shared_accept, first).status, STATUS_OK);
}

Test(kept_transfers, an_offer_that_is_dropped_waits_until_a_side_ends) {
    struct process *from = host_process("from"), *to = host_process("to");
    offer_kept(from, to, TRACE_DROP);
    kept_finish_all(true);
    cr_assert_eq(host_event_get(to).status, STATUS_NOTHING);
    host_process_end(to);
    struct host_event answer = host_event_get(from);
    while (answer.status == STATUS_OK && answer.event.Type != EVENT_SHARED_MEMORY)
        answer = host_event_get(from);
    cr_assert_eq(answer.event.Action, SHARED_REFUSED);
}

Test(kept_transfers, a_held_offer_of_a_maker_that_ended_is_gone) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t first = offer_kept(from, to, TRACE_HOLD);
    host_process_end(from);
    kept_finish_all(false);
    cr_assert_eq(host_event_get(to).status, STATUS_NOTHING);
    cr_assert_eq(AS(to, shared_accept, first).status, STATUS_NOT_FOUND);
}

// ---- links ----

static void write_link(const struct pair *pair, uint64_t word, enum trace_verdict what) {
    struct link_bytes bytes = links_bytes(word);
    kept_verdict = what;
    cr_assert_eq(AS(pair->a, link_write, pair->at_a, USER(&bytes), LINK_SIGNAL).status, STATUS_OK);
    kept_verdict = TRACE_GO;
}

static uint64_t link_holds(const struct pair *pair) {
    struct link_bytes bytes;
    cr_assert_eq(AS(pair->b, link_read, pair->at_b, USER(&bytes)).status, STATUS_OK);
    return bytes.words[0];
}

static struct result signals(const struct pair *pair) {
    return AS(pair->b, link_poll, pair->at_b, DEADLINE_NOW);
}

Test(kept_transfers, a_link_write_is_held_with_its_signal) {
    struct pair pair = links_pair();
    write_link(&pair, 1, TRACE_HOLD);
    cr_assert_eq(signals(&pair).status, STATUS_WOULD_WAIT);
    cr_assert_eq(link_holds(&pair), 0);
    write_link(&pair, 2, TRACE_GO);
    cr_assert_eq(signals(&pair).value, 1);
    cr_assert_eq(link_holds(&pair), 2);
    kept_finish_all(false);
    cr_assert_eq(signals(&pair).value, 1);
    cr_assert_eq(link_holds(&pair), 1);
}

Test(kept_transfers, a_link_write_is_dropped_or_signals_twice) {
    struct pair pair = links_pair();
    write_link(&pair, 1, TRACE_DROP);
    kept_finish_all(true);
    cr_assert_eq(signals(&pair).status, STATUS_WOULD_WAIT);
    cr_assert_eq(link_holds(&pair), 0);
    write_link(&pair, 2, TRACE_DUPLICATE);
    cr_assert_eq(signals(&pair).value, 1);
    kept_finish_all(false);
    cr_assert_eq(signals(&pair).value, 1);
    cr_assert_eq(link_holds(&pair), 2);
}

Test(kept_transfers, a_held_signal_alone_leaves_the_bytes) {
    struct pair pair = links_pair();
    write_link(&pair, 1, TRACE_GO);
    signals(&pair);
    kept_verdict = TRACE_HOLD;
    AS(pair.a, link_signal, pair.at_a);
    write_link(&pair, 2, TRACE_GO);
    signals(&pair);
    kept_finish_all(false);
    cr_assert_eq(signals(&pair).value, 1);
    cr_assert_eq(link_holds(&pair), 2);
}

Test(kept_transfers, a_held_link_write_to_an_end_that_closed_is_gone) {
    struct pair pair = links_pair();
    write_link(&pair, 1, TRACE_HOLD);
    host_process_end(pair.b);
    kept_finish_all(false);
}

// ---- rings ----

Test(kept_transfers, a_ring_is_held_or_dropped) {
    struct scene scene = scene_make();
    uint64_t base = requested(&scene);
    taken(&scene);
    kept_verdict = TRACE_DROP;
    cr_assert_eq(AS(scene.client, interface_ring, base).status, STATUS_OK);
    kept_finish_all(true);
    kept_verdict = TRACE_HOLD;
    cr_assert_eq(AS(scene.client, interface_ring, base).status, STATUS_OK);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
    kept_finish_all(false);
    cr_assert_eq(host_event_get(scene.server).event.Action, INTERFACE_RUNG);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
}

// ---- ports ----

static struct result send_kept(struct port_scene *scene, uint64_t word, enum trace_verdict what) {
    scene->request[0] = word;
    kept_verdict = what;
    struct result sent = AS(scene->client, port_send, scene->entry, USER(scene->request), 0, DEADLINE_NOW);
    kept_verdict = TRACE_GO;
    return sent;
}

Test(kept_transfers, a_message_at_a_port_is_held_and_charged_meanwhile) {
    struct port_scene scene = port_scene_make();
    struct result held = send_kept(&scene, 1, TRACE_HOLD);
    cr_assert_eq(held.status, STATUS_OK);
    cr_assert_eq(port_charged(scene.client), 1);
    send_kept(&scene, 2, TRACE_GO);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    cr_assert_eq(scene.buffer[0], 2);
    kept_finish_all(false);
    struct result got = port_take_now(&scene);
    cr_assert_eq(got.value, held.value);
    cr_assert_eq(scene.buffer[0], 1);
    cr_assert_eq(port_charged(scene.client), 0);
}

Test(kept_transfers, a_message_at_a_port_that_is_dropped_costs_nobody_anything) {
    struct port_scene scene = port_scene_make();
    cr_assert_eq(send_kept(&scene, 1, TRACE_DROP).status, STATUS_OK);
    kept_finish_all(true);
    cr_assert_eq(port_charged(scene.client), 0);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

Test(kept_transfers, a_held_message_to_a_port_that_closed_is_gone) {
    struct port_scene scene = port_scene_make();
    send_kept(&scene, 1, TRACE_HOLD);
    host_process_end(scene.server);
    kept_finish_all(false);
    cr_assert_eq(port_charged(scene.client), 0);
}

static struct fiber *call_kept(struct port_scene *scene, uint64_t deadline) {
    kept_verdict = TRACE_HOLD;
    struct fiber *caller = port_caller(scene, deadline);
    kept_verdict = TRACE_GO;
    cr_assert_eq(kept_last.operation, TRACE_PORT_CALLED);
    cr_assert_eq(kept_options & TRACE_MAY_DROP, 0);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
    cr_assert_eq(port_take_now(scene).status, STATUS_WOULD_WAIT);
    return caller;
}

Test(kept_transfers, a_call_that_is_held_comes_when_it_is_let_go) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = call_kept(&scene, DEADLINE_NEVER);
    kept_finish_all(false);
    struct result got = port_take_now(&scene);
    cr_assert_eq(got.status, STATUS_OK);
    port_answer_word(&scene, got.value, 9);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(scene.request[0], 9);
}

Test(kept_transfers, a_call_that_is_held_ends_with_the_port) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = call_kept(&scene, DEADLINE_NEVER);
    host_process_end(scene.server);
    kept_finish_all(false);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_PEER_DIED);
}

Test(kept_transfers, a_caller_may_give_up_while_its_call_is_held) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = call_kept(&scene, clock_now() + SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    kept_finish_all(false);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

// A call that was taken, and its answer held.
static struct fiber *answer_kept(struct port_scene *scene, uint64_t deadline) {
    struct fiber *caller = port_caller(scene, deadline);
    struct result got = port_take_now(scene);
    kept_verdict = TRACE_HOLD;
    cr_assert_eq(port_answer_word(scene, got.value, 7).status, STATUS_OK);
    kept_verdict = TRACE_GO;
    cr_assert_eq(kept_last.operation, TRACE_PORT_ANSWERED);
    cr_assert_eq(kept_options & TRACE_MAY_DROP, 0);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_REPLY);
    cr_assert_eq(port_answer_word(scene, got.value, 8).status, STATUS_NOT_FOUND, "answered already");
    return caller;
}

Test(kept_transfers, an_answer_that_is_held_comes_when_it_is_let_go) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = answer_kept(&scene, DEADLINE_NEVER);
    host_process_end(scene.server);
    kept_finish_all(false);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(scene.request[0], 7);
}

Test(kept_transfers, a_caller_may_give_up_while_its_answer_is_held) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = answer_kept(&scene, clock_now() + SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    kept_finish_all(false);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT, "there is nothing to cancel");
}
