// Tests of interfaces: the end of either side, what instruments see, and allocations that fail.
#include "tests/unit/interfaces.h"

TestSuite(interface_ends, .init = host_start, .fini = host_finish);

// ---- the end of one side ----

// R-I1: the kernel says so in the word that a client waits for.
Test(interface_ends, R_I1_the_servers_end_makes_its_pages_dead) {
    struct scene scene = scene_make();
    uint64_t unready = requested(&scene), ready = requested(&scene);
    memory_store_word(pages_at(scene.client, ready), 0, INTERFACE_READY(ID, 1));
    taken(&scene);
    host_process_end(scene.server);
    cr_assert_eq(word_at(scene.client, unready), INTERFACE_DEAD);
    cr_assert_eq(word_at(scene.client, ready), INTERFACE_DEAD);
    cr_assert(pages_at(scene.client, ready)->dead);
    cr_assert_eq(AS(scene.client, interface_ring, ready).status, STATUS_PEER_DIED);
    cr_assert_eq(request(scene.client).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.client, interface_release, ready).status, STATUS_OK);
    cr_assert_eq(AS(scene.client, interface_release, ready).status, STATUS_NOT_FOUND);
    cr_assert_eq(used(scene.client, ACCOUNT_INTERFACES), 1);
}

Test(interface_ends, R_I1_closing_the_interface_makes_its_pages_dead) {
    struct scene scene = scene_make();
    uint64_t base = requested(&scene);
    taken(&scene);
    number_close(&scene.server->numbers, (int32_t)scene.interface);
    cr_assert_eq(word_at(scene.client, base), INTERFACE_DEAD);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
    cr_assert_eq(used(scene.server, ACCOUNT_INTERFACES), 0);
}

Test(interface_ends, closing_a_clients_number_turns_it_away) {
    struct scene scene = scene_make();
    struct interface_client_information about;
    uint64_t base = requested(&scene), other = requested(&scene);
    uint64_t number = taken(&scene);
    number_close(&scene.server->numbers, (int32_t)number);
    cr_assert_eq(word_at(scene.client, base), INTERFACE_DEAD);
    cr_assert_eq(word_at(scene.client, other), INTERFACE_NOT_READY);
    cr_assert_eq(AS(scene.server, interface_map, number, USER(&about)).status, STATUS_BAD_NUMBER);
}

// R-I7: a restarted server is a new generation, and the pages of the old one stay dead.
Test(interface_ends, R_I7_a_restarted_server_is_a_new_generation) {
    struct scene scene = scene_make();
    struct interface_register wish = wish_for(ID, 1);
    struct interface_information first, second;
    uint64_t base = requested(&scene);
    cr_assert_eq(AS(scene.client, interface_list, 0, USER(&first), 1).value, 1);
    host_process_end(scene.server);
    struct process *again = host_process("again");
    cr_assert_eq(publish(again, &wish).status, STATUS_OK);
    cr_assert_eq(AS(scene.client, interface_list, 0, USER(&second), 1).value, 1);
    cr_assert_gt(second.generation, first.generation);
    cr_assert_eq(word_at(scene.client, base), INTERFACE_DEAD);
    cr_assert_eq(request(scene.client).status, STATUS_OK);
}

Test(interface_ends, a_client_that_goes_is_told_to_its_server) {
    struct scene scene = scene_make();
    struct interface_client_information about;
    uint64_t base = requested(&scene), number = taken(&scene);
    AS(scene.client, interface_ring, base);
    AS(scene.client, interface_release, base);
    struct host_event got = host_event_get(scene.server);
    cr_assert_eq(got.event.Action, INTERFACE_GONE, "and not that it rang before");
    cr_assert_eq(got.event.Data1, number);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
    cr_assert_eq(AS(scene.server, interface_map, number, USER(&about)).status, STATUS_PEER_DIED);
}

Test(interface_ends, a_client_that_ends_is_told_to_its_server) {
    struct scene scene = scene_make();
    struct interface_client_information about;
    requested(&scene);
    uint64_t number = taken(&scene);
    uint64_t mapped = AS(scene.server, interface_map, number, USER(&about)).value;
    host_process_end(scene.client);
    cr_assert_eq(host_event_get(scene.server).event.Action, INTERFACE_GONE);
    cr_assert_eq(word_at(scene.server, mapped), INTERFACE_DEAD);
}

Test(interface_ends, a_client_that_goes_before_it_was_seen_is_never_told) {
    struct scene scene = scene_make();
    requested(&scene);
    AS(scene.client, interface_release, requested(&scene));
    taken(&scene);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
}

static struct process *dying;

static void end_dying(void *argument) {
    (void)argument;
    host_process_end(dying);
}

// The server ends while the pages are made: the request finds nobody and leaves nothing.
Test(interface_ends, a_server_that_ends_during_a_request_is_told) {
    struct scene scene = scene_make();
    struct host_figures before = host_figures();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *client = FIBER_CALL(scene.client, interface_request, ID, 1, 0);
    fiber_set_pauses(0);
    dying = scene.server;
    end_dying(0);
    if (!client->returned)
        fiber_run(client);
    cr_assert_eq(client->result.status, STATUS_NOT_FOUND);
    cr_assert_eq(used(scene.client, ACCOUNT_INTERFACES), 0);
    cr_assert_leq(host_figures().pages, before.pages);
}

// ---- instruments, allocations ----

Test(interface_ends, they_are_listed_in_order) {
    struct scene scene = scene_make();
    struct interface_register later = wish_for(ID + 5, 2), earlier = wish_for(ID - 5, 7);
    struct interface_information list[4] = {0};
    publish(scene.client, &later);
    publish(scene.client, &earlier);
    requested(&scene);
    cr_assert_eq(AS(scene.client, interface_list, 0, USER(list), 4).value, 3);
    cr_assert_eq(list[0].id, ID - 5);
    cr_assert_eq(list[1].id, ID);
    cr_assert_eq(list[2].id, ID + 5);
    cr_assert_eq(list[1].server, scene.server->id);
    cr_assert_eq(list[1].clients, 1);
    cr_assert_eq(list[1].clients_max, 3);
    cr_assert_eq(list[1].waiting, 1);
    cr_assert_eq(list[1].data_size, DATA);
    cr_assert_str_eq(list[1].name, "counter");
    cr_assert_eq(AS(scene.client, interface_list, INTERFACE_READY(0, ID) | 1, USER(list), 4).value, 1);
    cr_assert_eq(AS(scene.client, interface_list, UINT32_MAX, USER(list), 4).value, 0);
    cr_assert_eq(AS(scene.client, interface_list, 0, USER(list), UINT64_MAX).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.client, interface_list, 0, 0, 1).status, STATUS_BAD_ADDRESS);
}

static void expect_text(enum object_kind kind, const char *expected) {
    struct object *object = object_next(kind, 0);
    char text[512] = {0};
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, expected), "%s", text);
    object_release(object);
}

Test(interface_ends, they_describe_themselves) {
    struct scene scene = scene_make();
    uint64_t machine = (uint64_t)host_machine_number(scene.server, RIGHT_PUBLISH);
    AS(scene.server, interface_name_create, machine, 5);
    uint64_t base = requested(&scene);
    expect_text(OBJECT_INTERFACE, "version: 1\ngeneration: 1\nserver: 1\nclients: 1 of 3\n");
    expect_text(OBJECT_INTERFACE_CLIENT, "server: 1\nclient: 2\nstate: not ready\ntaken: no\n");
    memory_store_word(pages_at(scene.client, base), 0, INTERFACE_READY(ID, 1));
    expect_text(OBJECT_INTERFACE_CLIENT, "state: ready\n");
    number_close(&scene.server->numbers, (int32_t)scene.interface);
    expect_text(OBJECT_INTERFACE_CLIENT, "state: dead\n");
    expect_text(OBJECT_INTERFACE_NAME, "interface: 5\n");
    expect_text(OBJECT_SHARED_MEMORY, "dead: yes\n");
}

// R-I8: who sleeps on a word of the pages waits for the other side.
Test(interface_ends, R_I8_a_wait_on_the_pages_names_both_sides) {
    struct scene scene = scene_make();
    struct memory *memory = pages_at(scene.client, requested(&scene));
    struct wait_edges edges = {0};
    memory_type.wait_edges(&memory->object, WAIT_FUTEX, &edges);
    cr_assert_eq(edges.count, 2);
    cr_assert_eq(edges.processes[0], scene.client->id);
    cr_assert_eq(edges.processes[1], scene.server->id);
    uint64_t plain = AS(scene.client, shared_create, PAGE_SIZE).value;
    struct object *object;
    cr_assert_eq(number_find(&scene.client->numbers, (int32_t)plain, OBJECT_ANY, 0, &object), STATUS_OK);
    edges.count = 0;
    memory_type.wait_edges(object, WAIT_FUTEX, &edges);
    cr_assert_eq(edges.count, 0);
    object_release(object);
}

static uint64_t requested_once;

static enum status request_once(void *context) {
    struct result result = request(((const struct scene *)context)->client);
    requested_once = result.value;
    return (enum status)result.status;
}

static void release_it(void *context) {
    AS(((const struct scene *)context)->client, interface_release, requested_once);
}

Test(interface_ends, a_failed_allocation_makes_no_use_of_an_interface) {
    struct scene scene = scene_make();
    struct host_operation operation = {request_once, release_it, &scene};
    cr_assert_geq(host_fail_each_allocation(&operation), 5);
}

static enum status publish_once(void *context) {
    struct interface_register wish = wish_for(ID + 7, 1);
    return (enum status)publish(((const struct scene *)context)->client, &wish).status;
}

Test(interface_ends, a_failed_allocation_registers_nothing) {
    struct scene scene = scene_make();
    struct host_operation operation = {publish_once, 0, &scene};
    cr_assert_geq(host_fail_each_allocation(&operation), 1);
}

static enum status map_once(void *context) {
    struct interface_client_information about;
    const struct scene *scene = context;
    return (enum status)AS(scene->server, interface_map, scene->interface, USER(&about)).status;
}

Test(interface_ends, a_failed_allocation_maps_nothing) {
    struct scene scene = scene_make();
    requested(&scene);
    struct scene serving = {.server = scene.server, .interface = taken(&scene)};
    struct host_operation operation = {map_once, 0, &serving};
    cr_assert_geq(host_fail_each_allocation(&operation), 1);
}
