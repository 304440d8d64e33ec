// Tests of events that processes send: who may send what to whom, places, limits, motion, overflow.
#include <criterion/criterion.h>

#include "ipc/event.h"
#include "tests/unit/host/host.h"

TestSuite(event_posts, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

// A receiver that lets everybody send it events, and a sender with the input right.
struct scene {
    struct process *to, *from;
    int32_t machine;
};

static struct scene scene_make(void) {
    struct scene scene = {.to = host_process("to"), .from = host_process("from")};
    AS(scene.to, gate_set, GATE_EVENT, GATE_ALL_USERS);
    scene.machine = host_machine_number(scene.from, RIGHT_INPUT);
    return scene;
}

static enum status post(const struct scene *scene, uint32_t type, uint32_t data) {
    EVENT event = {.Type = type, .Action = KEY_DOWN, .Data1 = data};
    return (enum status)AS(scene->from, event_send, scene->to->id, USER(&event), scene->machine, DEADLINE_NOW).status;
}

static enum status post_to_self(const struct scene *scene, uint32_t data) {
    EVENT event = {.Type = EVENT_USER, .Data1 = data};
    return (enum status)AS(scene->to, event_send, scene->to->id, USER(&event), 0, DEADLINE_NOW).status;
}

// Sends user-defined events until one is refused; says how many went in.
static uint32_t share_fill(const struct scene *scene) {
    uint32_t count = 0;
    while (post(scene, EVENT_USER, count) == STATUS_OK)
        count++;
    return count;
}

// Fills the queue up: a stranger sends its share, the receiver itself the rest, and one more that is refused.
static uint32_t queue_fill(const struct scene *scene) {
    uint32_t count = 0;
    while (count < EVENT_STRANGER_SHARE && post(scene, EVENT_USER, count) == STATUS_OK)
        count++;
    while (post_to_self(scene, count) == STATUS_OK)
        count++;
    return count;
}

// R-B4: the header is the kernel's.
Test(event_posts, R_B4_the_kernel_says_who_sent_it) {
    struct scene scene = scene_make();
    post(&scene, EVENT_USER, 1);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq(got.source.process, scene.from->id);
    cr_assert_eq(got.source.user, HOST_USER);
    cr_assert_eq(got.source.count, 1);
    cr_assert_eq(got.source.object, 0);
}

Test(event_posts, R_B4_the_kernels_own_types_are_denied_to_all) {
    struct scene scene = scene_make();
    for (uint32_t type = EVENT_INPUT_LAST + 1; type < EVENT_USER; type++)
        cr_assert_eq(post(&scene, type, 0), STATUS_DENIED, "type %u", type);
    cr_assert_eq(post(&scene, NOTHING, 0), STATUS_DENIED);
}

Test(event_posts, R_B4_input_needs_a_machine_number_with_the_input_right) {
    struct scene scene = scene_make();
    cr_assert_eq(post(&scene, EVENT_KEYBOARD, 0), STATUS_OK);
    scene.machine = host_machine_number(scene.from, RIGHT_LINE);
    cr_assert_eq(post(&scene, EVENT_KEYBOARD, 0), STATUS_NO_RIGHT);
    scene.machine = 0;
    cr_assert_eq(post(&scene, EVENT_MOUSE, 0), STATUS_BAD_NUMBER);
}

Test(event_posts, input_needs_no_gate) {
    struct scene scene = scene_make();
    AS(scene.to, gate_set, GATE_EVENT, 0);
    cr_assert_eq(post(&scene, EVENT_KEYBOARD, 0), STATUS_OK);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_DENIED);
}

Test(event_posts, nobody_is_found_under_a_wrong_process_id) {
    struct scene scene = scene_make();
    EVENT event = {.Type = EVENT_USER};
    cr_assert_eq(AS(scene.from, event_send, 999, USER(&event), 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.from, event_send, 0, USER(&event), 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.from, event_send, scene.to->id, USER_NOWHERE, 0, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
}

// R-B6: a process id is never given out again, so what is sent to it reaches nobody else.
Test(event_posts, R_B6_the_id_of_an_ended_process_reaches_nobody) {
    struct scene scene = scene_make();
    EVENT event = {.Type = EVENT_USER};
    uint32_t id = scene.to->id;
    host_process_end(scene.to);
    struct process *next = host_process("next");
    AS(next, gate_set, GATE_EVENT, GATE_ALL_USERS);
    cr_assert_neq(next->id, id);
    cr_assert_eq(AS(scene.from, event_send, id, USER(&event), 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
}

// ---- places ----

Test(event_posts, a_full_queue_is_told_to_the_sender_and_once_to_the_receiver) {
    struct scene scene = scene_make();
    cr_assert_eq(queue_fill(&scene), EVENT_STRANGER_CAPACITY);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_PEER_FULL);
    for (uint32_t i = 0; i < EVENT_STRANGER_CAPACITY; i++)
        cr_assert_eq(host_event_get(scene.to).event.Data1, i);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq(got.event.Type, EVENT_OVERFLOW);
    cr_assert_eq(got.event.Data1, 2, "how many were refused");
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

Test(event_posts, the_count_of_refused_events_starts_anew_when_it_was_told) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    while (host_event_get(scene.to).event.Type != EVENT_OVERFLOW)
        continue;
    queue_fill(&scene);
    struct host_event got;
    do
        got = host_event_get(scene.to);
    while (got.event.Type != EVENT_OVERFLOW);
    cr_assert_eq(got.event.Data1, 1);
}

Test(event_posts, user_events_cannot_keep_input_out) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    for (uint32_t i = EVENT_STRANGER_CAPACITY; i < EVENT_QUEUE_CAPACITY; i++)
        cr_assert_eq(post(&scene, EVENT_KEYBOARD, i), STATUS_OK);
    cr_assert_eq(post(&scene, EVENT_KEYBOARD, 0), STATUS_PEER_FULL);
}

Test(event_posts, R_B3_one_sender_cannot_keep_the_others_out) {
    struct scene scene = scene_make();
    struct process *third = host_process("third");
    EVENT event = {.Type = EVENT_USER};
    cr_assert_eq(share_fill(&scene), EVENT_STRANGER_SHARE);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_PEER_FULL);
    for (uint32_t i = EVENT_STRANGER_SHARE; i < EVENT_STRANGER_CAPACITY; i++)
        cr_assert_eq(AS(third, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(AS(third, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW).status, STATUS_PEER_FULL);
    host_event_get(scene.to);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_OK, "its oldest was taken");
}

// R-B3: posts are charged to their sender, until they are taken.
Test(event_posts, R_B3_a_flooder_spends_its_own_limit_and_others_still_reach_the_receiver) {
    struct scene scene = scene_make();
    struct process *third = host_process("third");
    EVENT event = {.Type = EVENT_USER};
    account_set_limit(scene.from->account, ACCOUNT_EVENTS, 10);
    cr_assert_eq(share_fill(&scene), 10);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_LIMIT_REACHED);
    cr_assert_eq(AS(third, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW).status, STATUS_OK);
    host_event_get(scene.to);
    cr_assert_eq(post(&scene, EVENT_USER, 0), STATUS_OK, "one was taken");
}

Test(event_posts, what_the_receiver_never_takes_is_given_back_when_it_ends) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    host_process_end(scene.to);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_EVENTS].used, 0);
}

Test(event_posts, an_event_outlives_its_sender) {
    struct scene scene = scene_make();
    uint32_t id = scene.from->id;
    post(&scene, EVENT_USER, 5);
    host_process_end(scene.from);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq(got.event.Data1, 5);
    cr_assert_eq(got.source.process, id);
}

static enum status post_one(void *context) {
    return post(context, EVENT_USER, 1);
}

static void take_one(void *context) {
    const struct scene *scene = context;
    cr_assert_eq(host_event_get(scene->to).event.Data1, 1);
}

Test(event_posts, a_failed_allocation_changes_nothing) {
    struct scene scene = scene_make();
    struct host_operation operation = {post_one, take_one, &scene};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
    cr_assert_eq(host_fail_each_allocation(&operation), 0, "places are used again");
}

// ---- waiting for a place ----

static struct fiber *post_waiting(const struct scene *scene, const EVENT *event, uint64_t deadline) {
    return FIBER_CALL(scene->from, event_send, scene->to->id, USER(event), (uint64_t)scene->machine, deadline);
}

static const EVENT late_event = {.Type = EVENT_USER, .Data1 = 4711};

Test(event_posts, a_sender_may_wait_for_a_place) {
    struct scene scene = scene_make();
    uint32_t count = queue_fill(&scene);
    struct fiber *sender = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(sender), WAIT_EVENT_ROOM);
    host_event_get(scene.to);
    fiber_run(sender);
    cr_assert_eq(sender->result.status, STATUS_OK);
    for (uint32_t i = 0; i < count; i++) // with the notice of the overflow among them
        host_event_get(scene.to);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 4711);
}

Test(event_posts, a_senders_deadline_passes) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    struct fiber *sender = post_waiting(&scene, &late_event, clock_now() + SECOND);
    uint64_t used = scene.from->account->lines[ACCOUNT_EVENTS].used;
    machine_clock_advance(SECOND);
    fiber_run(sender);
    cr_assert_eq(sender->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_EVENTS].used, used - 1);
}

Test(event_posts, the_receivers_death_ends_a_senders_wait) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    struct fiber *sender = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    host_process_end(scene.to);
    cr_assert_eq(sender->result.status, STATUS_PEER_DIED);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_EVENTS].used, 0);
}

Test(event_posts, a_sender_that_is_killed_while_it_waits_leaves_nothing_behind) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    struct fiber *sender = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    fiber_interrupt(sender);
    fiber_run(sender);
    cr_assert_eq(sender->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_EVENTS].used, EVENT_STRANGER_SHARE);
}

Test(event_posts, two_senders_for_one_place_get_it_one_after_the_other) {
    struct scene scene = scene_make();
    queue_fill(&scene);
    struct fiber *one = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    struct fiber *other = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    host_event_get(scene.to);
    fiber_run_all();
    cr_assert(!fiber_is_waiting(one));
    cr_assert_eq(one->result.status, STATUS_OK);
    cr_assert(fiber_is_waiting(other));
    host_event_get(scene.to);
    fiber_run_all();
    cr_assert_eq(other->result.status, STATUS_OK);
}

Test(event_posts, two_senders_that_make_places_at_once_both_succeed) {
    struct scene scene = scene_make();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *one = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    struct fiber *other = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    fiber_set_pauses(0);
    fiber_run_all();
    cr_assert_eq(one->result.status, STATUS_OK);
    cr_assert_eq(other->result.status, STATUS_OK);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 4711);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 4711);
}

Test(event_posts, a_receiver_that_ends_while_a_place_is_made_is_dead_to_the_sender) {
    struct scene scene = scene_make();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *sender = post_waiting(&scene, &late_event, DEADLINE_NEVER);
    cr_assert(fiber_is_ready(sender));
    host_process_end(scene.to); // runs the sender, too
    cr_assert_eq(sender->result.status, STATUS_PEER_DIED);
}

// ---- mouse motion ----

static enum status mouse(const struct scene *scene, uint32_t action, int32_t x, int32_t y) {
    EVENT event = {.Type = EVENT_MOUSE, .Action = action, .Data1 = (uint32_t)x, .Data2 = (uint32_t)y, .Data3 = 1};
    return (enum status)AS(scene->from, event_send, scene->to->id, USER(&event), scene->machine, DEADLINE_NOW).status;
}

// R-B13: motion merges, so a slow receiver's queue does not fill with it, and nothing of the way is lost.
Test(event_posts, R_B13_pending_motion_merges) {
    struct scene scene = scene_make();
    for (int i = 0; i < 10 * EVENT_QUEUE_CAPACITY; i++)
        cr_assert_eq(mouse(&scene, MOUSE_MOVED, 3, -2), STATUS_OK);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq((int32_t)got.event.Data1, 30 * EVENT_QUEUE_CAPACITY);
    cr_assert_eq((int32_t)got.event.Data2, -20 * EVENT_QUEUE_CAPACITY);
    cr_assert_eq(got.source.count, 10 * EVENT_QUEUE_CAPACITY);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_EVENTS].used, 0);
}

Test(event_posts, R_B13_motion_does_not_merge_across_a_click) {
    struct scene scene = scene_make();
    mouse(&scene, MOUSE_MOVED, 1, 1);
    mouse(&scene, MOUSE_BUTTON_DOWN, 0, 0);
    mouse(&scene, MOUSE_MOVED, 2, 2);
    mouse(&scene, MOUSE_MOVED, 2, 2);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 1);
    cr_assert_eq(host_event_get(scene.to).event.Action, MOUSE_BUTTON_DOWN);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 4);
}

Test(event_posts, motion_of_two_senders_does_not_mix) {
    struct scene scene = scene_make(), other = scene;
    other.from = host_process("other");
    other.machine = host_machine_number(other.from, RIGHT_INPUT);
    mouse(&scene, MOUSE_MOVED, 1, 1);
    mouse(&other, MOUSE_MOVED, 5, 5);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 1);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 5);
}

Test(event_posts, motion_that_was_taken_is_not_merged_into) {
    struct scene scene = scene_make();
    mouse(&scene, MOUSE_MOVED, 1, 1);
    host_event_get(scene.to);
    mouse(&scene, MOUSE_MOVED, 2, 2);
    cr_assert_eq(host_event_get(scene.to).event.Data1, 2);
}

Test(event_posts, who_looked_at_motion_that_merged_since_gets_all_of_it) {
    struct scene scene = scene_make();
    EVENT event;
    mouse(&scene, MOUSE_MOVED, 1, 1);
    user_memory_set_paging(true);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *reader = FIBER_CALL(scene.to, event_get, USER(&event), 0);
    fiber_set_pauses(0);
    mouse(&scene, MOUSE_MOVED, 1, 1);
    fiber_run(reader);
    cr_assert_eq(event.Data1, 2);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}
