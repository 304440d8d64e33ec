// The steps that the tests of interfaces share.
#include "tests/unit/interfaces.h"

struct interface_register wish_for(uint32_t id, uint32_t version) {
    return (struct interface_register){
        .id = id, .version = version, .data_size = DATA, .clients = 3, .text = "counter"};
}

struct result publish(struct process *process, const struct interface_register *wish) {
    return AS(process, interface_register, USER(wish));
}

struct scene scene_make(void) {
    struct scene scene = {.server = host_process("server"), .client = host_process("client")};
    struct interface_register wish = wish_for(ID, 1);
    struct result result = publish(scene.server, &wish);
    cr_assert_eq(result.status, STATUS_OK);
    scene.interface = result.value;
    host_machine_number(scene.client, RIGHT_SEND); // the table of its numbers has its first page
    return scene;
}

struct result request(struct process *process) {
    return AS(process, interface_request, ID, 1, 0);
}

uint64_t requested(const struct scene *scene) {
    struct result result = request(scene->client);
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

uint64_t taken(const struct scene *scene) {
    struct host_event got = host_event_get(scene->server);
    cr_assert_eq(got.status, STATUS_OK);
    cr_assert_eq(got.event.Type, EVENT_INTERFACE);
    cr_assert_eq(got.event.Action, INTERFACE_REQUESTED);
    return got.event.Data1;
}

struct memory *pages_at(struct process *process, uint64_t base) {
    struct space_mapping what;
    cr_assert(space_mapping_at(process->space, base, &what));
    return what.memory;
}

uint32_t word_at(struct process *process, uint64_t base) {
    return memory_load_word(pages_at(process, base), 0);
}

uint64_t sealed_code(struct process *process, uint64_t pages) {
    uint64_t number = AS(process, shared_create, pages * PAGE_SIZE).value;
    cr_assert_eq(AS(process, shared_seal, number).status, STATUS_OK);
    return number;
}

int32_t number_with(struct process *process, int32_t number, uint32_t rights) {
    struct object *object;
    int32_t copy;
    cr_assert_eq(number_find(&process->numbers, number, OBJECT_ANY, 0, &object), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, object, rights, &copy), STATUS_OK);
    object_release(object);
    return copy;
}

uint32_t used(const struct process *process, enum account_item item) {
    return (uint32_t)process->account->lines[item].used;
}
