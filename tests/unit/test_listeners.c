// Tests of listeners: links that a server pushed, clients that take one, and the gate.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/listener.h"
#include "kernel/base/writer.h"
#include "tests/unit/links.h"

TestSuite(listeners, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

struct scene {
    struct process *server, *client;
    uint64_t listener;
};

static struct process *process_of_user(const char *name, uint32_t user) {
    struct host_plan plan = {.name = name, .user = user};
    struct process *process;
    cr_assert_eq(host_process_create(&plan, &process), STATUS_OK);
    return process;
}

static struct scene scene_make(void) {
    struct scene scene = {.server = process_of_user("server", 3), .client = process_of_user("client", 7)};
    struct result made = AS(scene.server, listener_create, LISTENER_OF_PROCESS);
    cr_assert_eq(made.status, STATUS_OK);
    scene.listener = made.value;
    uint64_t other, own = links_make(scene.client, 0, &other); // its table of numbers has its first page now
    AS(scene.client, number_close, own);
    AS(scene.client, number_close, other);
    return scene;
}

// Pushes a link; says the server's end.
static uint64_t push(const struct scene *scene) {
    uint64_t other, own = links_make(scene->server, 0, &other);
    cr_assert_eq(AS(scene->server, listener_push, scene->listener, other).status, STATUS_OK);
    cr_assert_eq(AS(scene->server, number_close, other).status, STATUS_BAD_NUMBER, "it is the listener's now");
    return own;
}

static struct result connect(const struct scene *scene, uint32_t flags) {
    struct link_connect wish = {.process = scene->server->id, .flags = flags};
    return AS(scene->client, link_connect, USER(&wish), DEADLINE_NOW);
}

Test(listeners, a_client_takes_the_first_link_and_the_server_is_signalled_and_told_who) {
    struct scene scene = scene_make();
    uint64_t first = push(&scene), second = push(&scene);
    struct result got = connect(&scene, 0);
    cr_assert_eq(got.status, STATUS_OK);
    struct link_ready ready[1] = {{.number = (int32_t)first}};
    cr_assert_eq(AS(scene.server, link_poll_several, USER(ready), 1, DEADLINE_NOW).value, 1);
    cr_assert_eq(ready[0].signals, 1);
    cr_assert_eq(ready[0].process, scene.client->id);
    cr_assert_eq(ready[0].user, 7);
    cr_assert_eq(AS(scene.client, link_signal, got.value).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, link_poll, first, DEADLINE_NOW).value, 1);
    cr_assert_eq(AS(scene.server, link_poll, second, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(listeners, a_client_may_want_it_for_its_thread_alone) {
    struct scene scene = scene_make();
    uint64_t own = push(&scene);
    struct result got = connect(&scene, LINK_OF_THREAD);
    cr_assert_lt((int32_t)got.value, 0);
    cr_assert_eq(AS(scene.client, link_signal, got.value).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, link_poll, own, DEADLINE_NOW).value, 2);
    struct wait_edges edges = {0};
    struct object *object;
    number_find(&scene.server->numbers, (int32_t)own, OBJECT_LINK, 0, &object);
    object->type->wait_edges(object, WAIT_LINK, &edges);
    object_release(object);
    cr_assert_eq(edges.processes[0], scene.client->id);
}

Test(listeners, an_empty_queue_makes_the_client_wait_and_costs_the_server_nothing) {
    struct scene scene = scene_make();
    cr_assert_eq(connect(&scene, 0).status, STATUS_WOULD_WAIT);
    struct link_connect wish = {.process = scene.server->id};
    uint64_t used = scene.server->account->lines[ACCOUNT_OBJECTS].used;
    struct fiber *client = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(client), WAIT_LISTENER);
    cr_assert_eq(scene.server->account->lines[ACCOUNT_OBJECTS].used, used);
    push(&scene);
    fiber_run(client);
    cr_assert_eq(client->result.status, STATUS_OK);
}

Test(listeners, connecting_ends_at_its_deadline_and_when_killed_and_looks_a_last_time) {
    struct scene scene = scene_make();
    struct link_connect wish = {.process = scene.server->id};
    struct host_figures before = host_figures();
    struct fiber *client = FIBER_CALL(scene.client, link_connect, USER(&wish), clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(client);
    cr_assert_eq(client->result.status, STATUS_TIMED_OUT);
    client = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    fiber_interrupt(client);
    fiber_run(client);
    cr_assert_eq(client->result.status, STATUS_INTERRUPTED);
    host_figures_expect(&before, "after two that got nothing");
    client = FIBER_CALL(scene.client, link_connect, USER(&wish), clock_now() + SECOND);
    machine_clock_advance(SECOND);
    push(&scene);
    fiber_run(client);
    cr_assert_eq(client->result.status, STATUS_OK);
}

Test(listeners, R_B1_each_push_serves_one_of_those_that_wait) {
    struct scene scene = scene_make();
    struct link_connect wish = {.process = scene.server->id};
    struct fiber *killed = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    struct fiber *first = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    struct fiber *second = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    fiber_interrupt(killed);
    push(&scene);
    fiber_run_all();
    cr_assert_eq(killed->result.status == STATUS_OK || first->result.status == STATUS_OK, true);
    push(&scene);
    push(&scene);
    fiber_run_all();
    cr_assert_eq(first->result.status, STATUS_OK);
    cr_assert_eq(second->result.status, STATUS_OK);
}

// R-C5: the bitmap is asked at connect, and never again.
Test(listeners, R_C5_the_gate_is_asked_at_connect_alone) {
    struct scene scene = scene_make();
    uint64_t own = push(&scene);
    push(&scene);
    struct result got = connect(&scene, 0);
    AS(scene.server, gate_set, GATE_LINK, ~(UINT64_C(1) << 7));
    cr_assert_eq(connect(&scene, 0).status, STATUS_DENIED);
    struct link_connect wish = {.process = scene.server->id};
    cr_assert_eq(AS(scene.client, link_connect, USER(&wish), DEADLINE_NEVER).status, STATUS_DENIED, "it does not wait");
    cr_assert_eq(AS(scene.client, link_signal, got.value).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, link_poll, own, DEADLINE_NOW).value, 2);
    AS(scene.server, gate_set, GATE_LINK, UINT64_C(1) << 7);
    cr_assert_eq(connect(&scene, 0).status, STATUS_OK);
}

static uint64_t give_listener(const struct scene *scene, uint32_t rights) {
    struct object *object;
    int32_t number;
    number_find(&scene->server->numbers, (int32_t)scene->listener, OBJECT_LISTENER, 0, &object);
    number_insert(&scene->client->numbers, object, rights, &number);
    object_release(object);
    return (uint64_t)number;
}

Test(listeners, a_listener_is_found_by_its_number_too_and_its_rights_say_what_for) {
    struct scene scene = scene_make();
    push(&scene);
    uint64_t number = give_listener(&scene, RIGHT_READ), push_only = give_listener(&scene, RIGHT_WRITE);
    struct link_connect wish = {.listener = (int32_t)push_only};
    cr_assert_eq(AS(scene.client, link_connect, USER(&wish), DEADLINE_NOW).status, STATUS_NO_RIGHT);
    wish.listener = (int32_t)number;
    cr_assert_eq(AS(scene.client, link_connect, USER(&wish), DEADLINE_NOW).status, STATUS_OK);
    uint64_t other, own = links_make(scene.client, 0, &other);
    cr_assert_eq(AS(scene.client, listener_push, number, other).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, listener_push, push_only, other).status, STATUS_OK);
    cr_assert_eq(AS(scene.client, link_signal, own).status, STATUS_OK);
}

Test(listeners, wrong_wishes_are_refused_and_nothing_is_changed) {
    struct scene scene = scene_make();
    uint64_t own = push(&scene);
    struct host_figures before = host_figures();
    struct link_connect both = {.process = scene.server->id, .listener = 5};
    struct link_connect flags = {.process = scene.server->id, .flags = 2};
    struct link_connect reserved = {.process = scene.server->id, .reserved = 1};
    struct link_connect nobody = {.process = 777}, none = {.process = scene.client->id}, neither = {0};
    cr_assert_eq(AS(scene.client, link_connect, USER(&both), DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, link_connect, USER(&flags), DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, link_connect, USER(&reserved), DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, link_connect, USER(&nobody), DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.client, link_connect, USER(&none), DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.client, link_connect, USER(&neither), DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.client, link_connect, USER_NOWHERE, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.server, listener_create, 2).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.server, listener_create, LISTENER_OF_PROCESS).status, STATUS_EXISTS);
    cr_assert_eq(AS(scene.server, listener_push, scene.listener, 77).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.server, listener_push, scene.listener, scene.listener).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(scene.server, listener_push, own, own).status, STATUS_WRONG_TYPE);
    host_figures_expect(&before, "after wrong wishes");
}

static enum status listener_make_one(void *context) {
    return (enum status)AS(context, listener_create, 0).status;
}

Test(listeners, a_failed_allocation_makes_no_listener_and_takes_no_link) {
    struct scene scene = scene_make();
    push(&scene);
    struct host_operation operation = {listener_make_one, 0, scene.client};
    cr_assert_geq(host_fail_each_allocation(&operation), 1);
    account_set_limit(scene.client->account, ACCOUNT_NUMBERS, scene.client->account->lines[ACCOUNT_NUMBERS].used);
    struct host_figures before = host_figures();
    cr_assert_eq(connect(&scene, 0).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(listener_make_one(scene.client), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "past the limit");
    account_set_limit(scene.client->account, ACCOUNT_NUMBERS, 1000);
    cr_assert_eq(connect(&scene, 0).status, STATUS_OK);
}

Test(listeners, an_end_stands_in_one_queue_at_a_time) {
    struct scene scene = scene_make();
    uint64_t other, own = links_make(scene.server, 0, &other);
    struct object *object;
    int32_t second;
    number_find(&scene.server->numbers, (int32_t)other, OBJECT_LINK, 0, &object);
    number_insert(&scene.server->numbers, object, LINK_RIGHTS, &second);
    object_release(object);
    cr_assert_eq(AS(scene.server, listener_push, scene.listener, other).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, listener_push, scene.listener, (uint64_t)second).status, STATUS_BUSY);
    (void)connect(&scene, 0);
    cr_assert_eq(AS(scene.server, listener_push, scene.listener, (uint64_t)second).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, link_signal, own).status, STATUS_OK);
}

Test(listeners, a_link_whose_server_end_was_closed_is_passed_over) {
    struct scene scene = scene_make();
    AS(scene.server, number_close, push(&scene));
    uint64_t second = push(&scene);
    cr_assert_eq(connect(&scene, 0).status, STATUS_OK);
    cr_assert_eq(AS(scene.server, link_poll, second, DEADLINE_NOW).value, 1);
}

// ---- ends ----

Test(listeners, closing_a_listener_lets_its_links_go_and_tells_who_waits) {
    struct scene scene = scene_make();
    uint64_t own = push(&scene);
    uint64_t number = give_listener(&scene, RIGHT_READ);
    (void)connect(&scene, 0);
    AS(scene.server, link_poll, own, DEADLINE_NOW);
    uint64_t offered = push(&scene);
    host_process_end(scene.client); // its numbers close nothing
    scene.client = process_of_user("other", 8);
    AS(scene.server, number_close, scene.listener);
    cr_assert_eq(AS(scene.server, link_poll, offered, DEADLINE_NOW).status, STATUS_PEER_DIED);
    cr_assert_eq(connect(&scene, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.server, listener_create, LISTENER_OF_PROCESS).status, STATUS_OK);
    (void)number;
}

Test(listeners, the_death_of_the_server_is_told_even_where_its_listener_was_passed_on) {
    struct scene scene = scene_make();
    uint64_t number = give_listener(&scene, RIGHT_READ | RIGHT_WRITE | RIGHT_WAIT);
    struct link_connect wish = {.listener = (int32_t)number};
    struct fiber *client = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    AS(scene.client, event_watch, number, WATCH_CLOSED, 1);
    host_process_end(scene.server);
    fiber_run_all();
    cr_assert_eq(client->result.status, STATUS_PEER_DIED);
    cr_assert_eq(host_event_get(scene.client).event.Action, WATCH_CLOSED);
    cr_assert_eq(AS(scene.client, link_connect, USER(&wish), DEADLINE_NOW).status, STATUS_PEER_DIED);
    uint64_t other, own = links_make(scene.client, 0, &other);
    cr_assert_eq(AS(scene.client, listener_push, number, other).status, STATUS_PEER_DIED);
    cr_assert_eq(AS(scene.client, link_signal, other).status, STATUS_OK, "it stayed the caller's");
    cr_assert_eq(AS(scene.client, link_poll, own, DEADLINE_NOW).value, 1);
}

// ---- watches and instruments ----

Test(listeners, a_server_can_watch_for_clients_that_wait) {
    struct scene scene = scene_make();
    struct link_connect wish = {.process = scene.server->id};
    AS(scene.server, event_watch, scene.listener, WATCH_READABLE, 9);
    (void)connect(&scene, 0);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING, "that one did not wait");
    struct fiber *client = FIBER_CALL(scene.client, link_connect, USER(&wish), DEADLINE_NEVER);
    cr_assert_eq(host_event_get(scene.server).event.Data2, 9);
    push(&scene);
    fiber_run(client);
}

Test(listeners, it_describes_itself_and_names_its_maker_as_who_could_end_a_wait) {
    struct scene scene = scene_make();
    struct wait_edges edges = {0};
    struct object *object;
    struct writer writer;
    char text[512] = "";
    push(&scene);
    number_find(&scene.server->numbers, (int32_t)scene.listener, OBJECT_LISTENER, 0, &object);
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, "\nfound by its id: yes\nopen: yes\noffered: 1\nconnected: 0\n"), "%s", text);
    object->type->wait_edges(object, WAIT_LISTENER, &edges);
    cr_assert_eq(edges.processes[0], scene.server->id);
    object_release(object);
}
