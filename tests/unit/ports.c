// What the tests of ports share.
#include "tests/unit/ports.h"

#include <criterion/criterion.h>

uint64_t port_make_number(struct process *process, uint32_t scope, uint32_t capacity, uint64_t *entry) {
    struct port_create plan = {.message_size = PORT_WORDS * 8, .capacity = capacity, .scope = scope};
    struct result made = AS(process, port_create, USER(&plan));
    cr_assert_eq(made.status, STATUS_OK);
    *entry = (uint64_t)plan.entry;
    return made.value;
}

static uint64_t number_again(struct process *from, uint64_t number, struct process *to, uint32_t kept) {
    struct object *object;
    uint32_t rights;
    int32_t again;
    cr_assert_eq(number_find_rights(&from->numbers, (int32_t)number, &object, &rights), STATUS_OK);
    cr_assert_eq(number_insert(&to->numbers, object, rights & kept, &again), STATUS_OK);
    object_release(object);
    return (uint64_t)again;
}

uint64_t port_pass_number(struct process *from, uint64_t number, struct process *to) {
    return number_again(from, number, to, RIGHTS_ALL);
}

uint64_t port_copy_number(struct process *process, uint64_t number, uint32_t rights) {
    return number_again(process, number, process, rights);
}

void port_close_number(struct process *process, uint64_t number) {
    cr_assert_eq(number_close(&process->numbers, (int32_t)number), STATUS_OK);
}

struct port_scene port_scene_make(void) {
    struct port_scene scene = {.server = host_process("server"), .client = host_process("client")};
    uint64_t entry;
    scene.port = port_make_number(scene.server, PORT_OF_OBJECT, 4, &entry);
    scene.entry = port_pass_number(scene.server, entry, scene.client);
    port_close_number(scene.server, (uint64_t)entry);
    return scene;
}

struct fiber *port_caller(struct port_scene *scene, uint64_t deadline) {
    return FIBER_CALL(scene->client, port_call, scene->entry, USER(scene->request), 0, deadline);
}

struct result port_take_now(struct port_scene *scene) {
    return AS(scene->server, port_receive, scene->port, USER(scene->buffer), USER(&scene->information), DEADLINE_NOW);
}

struct result port_answer_word(struct port_scene *scene, uint64_t id, uint64_t word) {
    uint64_t answer[PORT_WORDS] = {word};
    return AS(scene->server, port_reply, scene->port, id, USER(answer), 0);
}

uint64_t port_charged(const struct process *process) {
    return process->account->lines[ACCOUNT_PORT_MESSAGES].used;
}
