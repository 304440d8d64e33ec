// Tests of interfaces: registering, requesting, serving.
#include "tests/unit/interfaces.h"

TestSuite(interfaces, .init = host_start, .fini = host_finish);

// ---- registering ----

Test(interfaces, wrong_wishes_are_told_apart) {
    static const struct {
        struct interface_register wish;
        enum status status;
    } rows[] = {
        {{.id = 0, .version = 1, .data_size = 1, .clients = 1}, STATUS_INVALID_ARGUMENT},
        {{.id = 0xffff, .version = 1, .data_size = 1, .clients = 1}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 0, .data_size = 1, .clients = 1}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 0xffff, .data_size = 1, .clients = 1}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 1, .data_size = 0, .clients = 1}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 1, .data_size = INTERFACE_DATA_MAX + 1, .clients = 1}, STATUS_TOO_LARGE},
        {{.id = ID, .version = 1, .data_size = 1, .clients = 0}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 1, .data_size = 1, .clients = 1025}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 1, .data_size = 1, .clients = 1, .name = 77}, STATUS_INVALID_ARGUMENT},
        {{.id = ID, .version = 1, .data_size = 1, .clients = 1, .code = 77}, STATUS_BAD_NUMBER},
        {{.id = 5, .version = 1, .data_size = 1, .clients = 1}, STATUS_NO_RIGHT},
        {{.id = 5, .version = 1, .data_size = 1, .clients = 1, .name = 77}, STATUS_BAD_NUMBER},
    };
    struct process *process = host_process("p");
    struct host_figures before = host_figures();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct interface_register wish = rows[i].wish;
        cr_assert_eq(publish(process, &wish).status, rows[i].status, "row %zu", i);
    }
    cr_assert_eq(publish(process, 0).status, STATUS_BAD_ADDRESS);
    host_figures_expect(&before, "after wrong wishes");
}

// R-I7: a system id needs a number for its name, which only the machine's right makes.
Test(interfaces, R_I7_a_squatter_cannot_take_a_system_id) {
    struct process *init = host_process("init"), *squatter = host_process("squatter");
    uint64_t machine = (uint64_t)host_machine_number(init, RIGHT_PUBLISH);
    uint64_t poor = (uint64_t)host_machine_number(squatter, RIGHT_INPUT);
    cr_assert_eq(AS(squatter, interface_name_create, poor, 5).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(init, interface_name_create, machine, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(init, interface_name_create, machine, INTERFACE_ID_SYSTEM).status, STATUS_INVALID_ARGUMENT);
    struct result name = AS(init, interface_name_create, machine, 5);
    cr_assert_eq(name.status, STATUS_OK);
    struct interface_register wish = wish_for(6, 1);
    wish.name = (int32_t)name.value;
    cr_assert_eq(publish(init, &wish).status, STATUS_NO_RIGHT, "the name of another");
    wish.id = 5;
    cr_assert_eq(publish(init, &wish).status, STATUS_OK);
    wish.name = NUMBER_NONE;
    cr_assert_eq(publish(squatter, &wish).status, STATUS_NO_RIGHT);
    wish.name = (int32_t)poor;
    cr_assert_eq(publish(squatter, &wish).status, STATUS_WRONG_TYPE);
}

Test(interfaces, an_id_and_version_is_registered_once) {
    struct scene scene = scene_make();
    struct interface_register wish = wish_for(ID, 1);
    struct host_figures before = host_figures();
    cr_assert_eq(publish(scene.client, &wish).status, STATUS_EXISTS);
    host_figures_expect(&before, "after a second registration");
    number_close(&scene.server->numbers, (int32_t)scene.interface);
    cr_assert_eq(publish(scene.client, &wish).status, STATUS_OK);
}

Test(interfaces, code_is_sealed_and_may_be_executed) {
    struct process *process = host_process("p");
    struct interface_register wish = wish_for(ID, 1);
    wish.code = (int32_t)AS(process, shared_create, PAGE_SIZE).value;
    cr_assert_eq(publish(process, &wish).status, STATUS_INVALID_ARGUMENT, "not sealed");
    cr_assert_eq(AS(process, shared_seal, (uint64_t)wish.code).status, STATUS_OK);
    int32_t sealed = wish.code;
    wish.code = number_with(process, sealed, RIGHT_READ);
    cr_assert_eq(publish(process, &wish).status, STATUS_NO_RIGHT);
    wish.code = (int32_t)sealed_code(process, INTERFACE_CODE_MAX / PAGE_SIZE + 1);
    cr_assert_eq(publish(process, &wish).status, STATUS_TOO_LARGE);
    wish.code = sealed;
    cr_assert_eq(publish(process, &wish).status, STATUS_OK);
}

static void source_release(struct memory_source *source) {
    (void)source;
}

// R-I5: what a pager would have to bring could hang a client in the midst of a routine.
Test(interfaces, R_I5_paged_memory_is_no_code) {
    struct process *process = host_process("p");
    struct memory_source source = {.release = source_release};
    struct interface_register wish = wish_for(ID, 1);
    struct object *object;
    wish.code = (int32_t)sealed_code(process, 1);
    cr_assert_eq(number_find(&process->numbers, wish.code, OBJECT_SHARED_MEMORY, 0, &object), STATUS_OK);
    object_as_memory(object)->source = &source;
    cr_assert_eq(publish(process, &wish).status, STATUS_INVALID_ARGUMENT);
    object_as_memory(object)->source = 0;
    cr_assert_eq(publish(process, &wish).status, STATUS_OK);
    object_release(object);
}

// ---- requesting ----

Test(interfaces, a_request_gives_a_page_that_is_not_ready_and_holds_its_own_address) {
    struct scene scene = scene_make();
    uint64_t base = requested(&scene);
    struct memory *memory = pages_at(scene.client, base);
    cr_assert_eq(memory_load_word(memory, 0), INTERFACE_NOT_READY);
    cr_assert_eq(memory_load_word(memory, 4), (uint32_t)base);
    cr_assert_eq(memory_load_word(memory, 8), (uint32_t)(base >> 32));
    struct host_event got = host_event_get(scene.server);
    cr_assert_eq(got.event.Data2, scene.client->id);
    cr_assert_eq(got.event.Data3, INTERFACE_READY(ID, 1));
    cr_assert_eq(got.source.process, scene.client->id);
    cr_assert_eq(got.source.user, HOST_USER);
}

// R-I5: the pages are there from the start; R-I6: there is no way to make them less.
Test(interfaces, R_I5_R_I6_all_pages_are_there_and_are_charged_to_the_client) {
    struct scene scene = scene_make();
    uint32_t before = used(scene.server, ACCOUNT_MEMORY_PAGES);
    struct memory *memory = pages_at(scene.client, requested(&scene));
    cr_assert_eq(memory->resident, DATA / PAGE_SIZE);
    cr_assert_eq(memory->pages, DATA / PAGE_SIZE);
    cr_assert_eq(memory->object.account, scene.client->account);
    cr_assert_eq(used(scene.server, ACCOUNT_MEMORY_PAGES), before);
    cr_assert_eq(used(scene.client, ACCOUNT_INTERFACES), 1);
}

Test(interfaces, wrong_requests_are_told_apart) {
    struct scene scene = scene_make();
    struct host_figures before = host_figures();
    cr_assert_eq(AS(scene.client, interface_request, 0, 1, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, interface_request, 0x10000, 1, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, interface_request, ID, 0, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, interface_request, ID, 0x10000, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, interface_request, ID, 1, 4).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.client, interface_request, ID + 1, 1, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.client, interface_release, 0x1000).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.client, interface_ring, 0x1000).status, STATUS_NOT_FOUND);
    host_figures_expect(&before, "after wrong requests");
}

// R-I7: exact, or at least; then the highest.
Test(interfaces, R_I7_versions_are_matched_exactly_or_as_at_least) {
    struct scene scene = scene_make();
    struct interface_register three = wish_for(ID, 3), above = wish_for(ID + 1, 9), below = wish_for(ID - 1, 9);
    publish(scene.server, &three);
    static const struct {
        uint32_t version, flags;
        enum status status;
        uint32_t got;
    } rows[] = {
        {1, 0, STATUS_OK, 1},
        {2, 0, STATUS_NOT_FOUND, 0},
        {3, 0, STATUS_OK, 3},
        {1, INTERFACE_AT_LEAST, STATUS_OK, 3},
        {3, INTERFACE_AT_LEAST, STATUS_OK, 3},
        {4, INTERFACE_AT_LEAST, STATUS_NOT_FOUND, 0},
    };
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct result result = AS(scene.client, interface_request, ID, rows[i].version, rows[i].flags);
            cr_assert_eq(result.status, rows[i].status, "row %zu", i);
            if (result.status != STATUS_OK)
                continue;
            cr_assert_eq(host_event_get(scene.server).event.Data3 >> 16, rows[i].got, "row %zu", i);
            cr_assert_eq(AS(scene.client, interface_release, result.value).status, STATUS_OK);
            host_event_get(scene.server);
        }
        publish(scene.server, &above); // neighbours change nothing
        publish(scene.server, &below);
    }
}

Test(interfaces, a_server_takes_no_more_clients_than_it_said) {
    struct scene scene = scene_make();
    uint64_t base = requested(&scene);
    requested(&scene);
    requested(&scene);
    struct host_figures before = host_figures();
    cr_assert_eq(request(scene.client).status, STATUS_PEER_FULL);
    host_figures_expect(&before, "after a refused request");
    cr_assert_eq(AS(scene.client, interface_release, base).status, STATUS_OK);
    cr_assert_eq(request(scene.client).status, STATUS_OK);
}

Test(interfaces, the_gate_is_asked) {
    struct scene scene = scene_make();
    AS(scene.server, gate_set, GATE_INTERFACE, 0);
    struct host_figures before = host_figures();
    cr_assert_eq(request(scene.client).status, STATUS_DENIED);
    host_figures_expect(&before, "after a refused request");
    cr_assert_eq(request(scene.server).status, STATUS_OK, "one's own needs none");
}

Test(interfaces, limits_bound_registrations_and_uses) {
    struct scene scene = scene_make();
    account_set_limit(scene.client->account, ACCOUNT_INTERFACES, 1);
    struct interface_register wish = wish_for(ID + 1, 1);
    struct result own = publish(scene.client, &wish);
    cr_assert_eq(own.status, STATUS_OK);
    cr_assert_eq(request(scene.client).status, STATUS_LIMIT_REACHED);
    number_close(&scene.client->numbers, (int32_t)own.value);
    cr_assert_eq(request(scene.client).status, STATUS_OK);
    cr_assert_eq(publish(scene.client, &wish).status, STATUS_LIMIT_REACHED);
    account_set_limit(scene.server->account, ACCOUNT_NUMBERS, 1);
    cr_assert_eq(publish(scene.server, &wish).status, STATUS_LIMIT_REACHED);
}

// ---- code ----

// Data pages are writable and never executable, code pages the other way round, and lie right behind.
Test(interfaces, code_lies_behind_the_data_unless_only_data_is_wanted) {
    struct process *server = host_process("server"), *client = host_process("client");
    struct interface_register wish = wish_for(ID, 1);
    struct space_mapping what;
    wish.code = (int32_t)sealed_code(server, 1);
    publish(server, &wish);
    uint64_t base = AS(client, interface_request, ID, 1, 0).value;
    cr_assert(space_mapping_at(client->space, base, &what));
    cr_assert_eq(what.protection, PROTECTION_READ | PROTECTION_WRITE);
    cr_assert(!(what.allowed & PROTECTION_EXECUTE));
    cr_assert(space_mapping_at(client->space, base + DATA, &what));
    cr_assert_eq(what.protection, PROTECTION_READ | PROTECTION_EXECUTE);
    cr_assert_eq(what.size, PAGE_SIZE);
    uint64_t data_only = AS(client, interface_request, ID, 1, INTERFACE_DATA_ONLY).value;
    cr_assert_not(space_mapping_at(client->space, data_only + DATA, &what));
    cr_assert_eq(AS(client, interface_release, base).status, STATUS_OK);
    cr_assert_not(space_mapping_at(client->space, base, &what));
    cr_assert_not(space_mapping_at(client->space, base + DATA, &what));
}

Test(interfaces, a_place_that_another_thread_took_is_tried_again) {
    struct process *server = host_process("server"), *client = host_process("client");
    struct interface_register wish = wish_for(ID, 1);
    wish.code = (int32_t)sealed_code(server, 1);
    publish(server, &wish);
    cr_assert_eq(request(client).status, STATUS_OK);
    space_gap_is_taken = 3;
    cr_assert_eq(request(client).status, STATUS_OK);
    struct host_figures before = host_figures();
    space_gap_is_taken = 100;
    cr_assert_eq(request(client).status, STATUS_NO_MEMORY);
    space_gap_is_taken = 0;
    host_figures_expect(&before, "after no place was found");
}

// ---- serving ----

Test(interfaces, a_server_maps_the_same_pages_and_learns_whose_they_are) {
    struct scene scene = scene_make();
    struct interface_client_information about;
    uint64_t base = requested(&scene), number = taken(&scene);
    struct result result = AS(scene.server, interface_map, number, USER(&about));
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert_eq(pages_at(scene.server, result.value), pages_at(scene.client, base));
    cr_assert_eq(about.offset, base);
    cr_assert_eq(about.process, scene.client->id);
    cr_assert_eq(about.user, HOST_USER);
    cr_assert_eq(about.data_size, DATA);
    cr_assert_eq(about.code_size, 0);
    cr_assert_eq(about.id, ID);
    cr_assert_eq(about.version, 1);
}

Test(interfaces, mapping_needs_the_number_of_a_client) {
    struct scene scene = scene_make();
    struct interface_client_information about;
    struct space_mapping what;
    requested(&scene);
    uint64_t number = taken(&scene);
    cr_assert_eq(AS(scene.server, interface_map, 99, USER(&about)).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.server, interface_map, scene.interface, USER(&about)).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(scene.server, interface_map, number, 0).status, STATUS_BAD_ADDRESS);
    cr_assert_not(space_mapping_at(scene.server->space, UINT64_C(1) << 32, &what), "nothing stays mapped");
}

Test(interfaces, a_ring_is_told_once_however_often_it_comes) {
    struct scene scene = scene_make();
    uint64_t base = requested(&scene);
    cr_assert_eq(AS(scene.client, interface_ring, base).status, STATUS_OK, "not taken yet: nothing to tell");
    uint64_t number = taken(&scene);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
    AS(scene.client, interface_ring, base);
    AS(scene.client, interface_ring, base);
    struct host_event got = host_event_get(scene.server);
    cr_assert_eq(got.event.Action, INTERFACE_RUNG);
    cr_assert_eq(got.event.Data1, number);
    cr_assert_eq(got.source.count, 2);
    cr_assert_eq(AS(scene.server, interface_ring, base).status, STATUS_NOT_FOUND, "another's pages");
}

Test(interfaces, a_server_without_room_for_the_number_takes_the_event_later) {
    struct scene scene = scene_make();
    requested(&scene);
    account_set_limit(scene.server->account, ACCOUNT_NUMBERS, 1);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_LIMIT_REACHED);
    account_set_limit(scene.server->account, ACCOUNT_NUMBERS, 10);
    taken(&scene);
}
