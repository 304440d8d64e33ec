// Tests of shared memory: making, mapping, sealing, offers and their answers.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/shared_memory.h"
#include "kernel/abi/memory.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/space.h"

TestSuite(shared_memory, .init = host_start, .fini = host_finish);

enum { READ_WRITE = PROTECTION_READ | PROTECTION_WRITE };

static uint64_t memory_make(struct process *process, size_t size) {
    struct result result = AS(process, shared_create, size);
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

// Another number for the same memory, with fewer rights.
static uint64_t memory_copy(struct process *process, uint64_t number, uint32_t rights) {
    struct object *object;
    int32_t copy;
    cr_assert_eq(number_find(&process->numbers, (int32_t)number, OBJECT_SHARED_MEMORY, 0, &object), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, object, rights, &copy), STATUS_OK);
    object_release(object);
    return (uint64_t)copy;
}

static enum status map(struct process *process, uint64_t number, uint32_t protection, uint32_t flags) {
    return (enum status)AS(process, shared_map, number, 0, PAGE_SIZE, protection, 0, flags).status;
}

// ---- making and mapping ----

Test(shared_memory, its_size_is_rounded_up_to_pages) {
    struct process *process = host_process("p");
    cr_assert_eq(AS(process, shared_size, memory_make(process, 1)).value, PAGE_SIZE);
    cr_assert_eq(AS(process, shared_size, memory_make(process, 2 * PAGE_SIZE)).value, 2 * PAGE_SIZE);
    cr_assert_eq(AS(process, shared_create, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_create, UINT64_MAX).status, STATUS_TOO_LARGE);
}

Test(shared_memory, a_mapping_holds_the_memory_and_starts_where_asked) {
    struct process *process = host_process("p");
    struct space_mapping what;
    uint64_t number = memory_make(process, 3 * PAGE_SIZE);
    struct result result = AS(process, shared_map, number, PAGE_SIZE, 2 * PAGE_SIZE, READ_WRITE, 0, 0);
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert(space_mapping_at(process->space, result.value, &what));
    cr_assert_eq(what.offset, PAGE_SIZE);
    cr_assert_eq(what.size, 2 * PAGE_SIZE);
    cr_assert_eq(what.protection, READ_WRITE);
    number_close(&process->numbers, (int32_t)number);
    cr_assert_eq(what.memory->object.references, 1, "the mapping's");
}

// The first page is there from now on.
static void make_page(struct process *process, uint64_t number) {
    struct object *object;
    uint64_t physical;
    cr_assert_eq(number_find(&process->numbers, (int32_t)number, OBJECT_SHARED_MEMORY, 0, &object), STATUS_OK);
    cr_assert_eq(memory_page((struct memory *)object, 0, &physical), STATUS_OK);
    frame_release(process->account, physical);
    object_release(object);
}

Test(shared_memory, a_slice_has_the_pages_of_sealed_memory_and_no_more_rights) {
    struct process *process = host_process("p");
    struct account *account = process->account;
    uint64_t number = memory_make(process, 3 * PAGE_SIZE), poor = memory_copy(process, number, RIGHT_COPY);
    cr_assert_eq(AS(process, shared_slice, number, 0, PAGE_SIZE).status, STATUS_BUSY);
    cr_assert_eq(AS(process, shared_seal, number).status, STATUS_OK);
    cr_assert_eq(AS(process, shared_slice, poor, 0, PAGE_SIZE).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(process, shared_slice, number, 8, PAGE_SIZE).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_slice, number, PAGE_SIZE, 3 * PAGE_SIZE).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_slice, number, UINT64_MAX - PAGE_SIZE + 1, PAGE_SIZE).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_slice, number, 0, 0).status, STATUS_INVALID_ARGUMENT);
    make_page(process, number);
    cr_assert_eq(AS(process, shared_slice, number, 0, PAGE_SIZE).status, STATUS_OK);
    uint64_t used = account->lines[ACCOUNT_MEMORY_PAGES].used;
    account->lines[ACCOUNT_MEMORY_PAGES].limit = used;
    cr_assert_eq(AS(process, shared_slice, number, 0, PAGE_SIZE).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(account->lines[ACCOUNT_MEMORY_PAGES].used, used);
    account->lines[ACCOUNT_MEMORY_PAGES].limit = used + 10;
    struct result slice = AS(process, shared_slice, number, PAGE_SIZE, PAGE_SIZE + 1);
    cr_assert_eq(slice.status, STATUS_OK);
    cr_assert_eq(AS(process, shared_size, slice.value).value, 2 * PAGE_SIZE);
    cr_assert_eq(map(process, slice.value, READ_WRITE, 0), STATUS_NO_RIGHT);
    cr_assert_eq(map(process, slice.value, PROTECTION_READ, 0), STATUS_OK);
}

Test(shared_memory, pages_that_are_dropped_are_given_back_and_come_fresh) {
    struct process *process = host_process("p");
    const struct account_line *pages = &process->account->lines[ACCOUNT_MEMORY_PAGES];
    uint64_t number = memory_make(process, 2 * PAGE_SIZE), poor = memory_copy(process, number, RIGHT_READ);
    make_page(process, number);
    uint64_t used = pages->used;
    cr_assert_eq(AS(process, shared_drop, number, 1, PAGE_SIZE).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_drop, number, 0, PAGE_SIZE - 1).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_drop, number, PAGE_SIZE, 2 * PAGE_SIZE).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_drop, poor, 0, PAGE_SIZE).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(process, shared_drop, 99, 0, PAGE_SIZE).status, STATUS_BAD_NUMBER);
    cr_assert_eq(pages->used, used);
    cr_assert_eq(AS(process, shared_drop, number, 0, 2 * PAGE_SIZE).status, STATUS_OK);
    cr_assert_eq(pages->used, used - 1, "the second page was never there");
    make_page(process, number);
    cr_assert_eq(pages->used, used);
    cr_assert_eq(AS(process, shared_seal, number).status, STATUS_OK);
    cr_assert_eq(AS(process, shared_drop, number, 0, PAGE_SIZE).status, STATUS_BUSY, "sealed: others rely on it");
}

Test(shared_memory, a_mapping_needs_the_rights_of_what_it_allows) {
    static const struct {
        uint32_t protection, flags, rights;
    } rows[] = {
        {PROTECTION_READ, 0, RIGHT_READ},
        {READ_WRITE, 0, RIGHT_READ | RIGHT_WRITE},
        {READ_WRITE, MAP_COPY, RIGHT_READ},
        {PROTECTION_READ | PROTECTION_EXECUTE, 0, RIGHT_READ | RIGHT_EXECUTE},
    };
    struct process *process = host_process("p");
    uint64_t number = memory_make(process, PAGE_SIZE);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(map(process, memory_copy(process, number, rows[i].rights), rows[i].protection, rows[i].flags),
                     STATUS_OK, "row %zu", i);
        for (uint32_t right = RIGHT_READ; right <= RIGHT_EXECUTE; right <<= 1) {
            if (!(rows[i].rights & right))
                continue;
            uint64_t poor = memory_copy(process, number, RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE);
            poor = memory_copy(process, poor, (RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE) & ~right);
            cr_assert_eq(map(process, poor, rows[i].protection, rows[i].flags), STATUS_NO_RIGHT, "row %zu", i);
        }
    }
}

Test(shared_memory, a_part_outside_of_it_is_not_mapped) {
    struct process *process = host_process("p");
    uint64_t number = memory_make(process, PAGE_SIZE);
    cr_assert_eq(AS(process, shared_map, number, PAGE_SIZE, PAGE_SIZE, READ_WRITE, 0, 0).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, shared_map, number, UINT64_MAX & ~UINT64_C(4095), 2 * PAGE_SIZE, READ_WRITE, 0, 0).status,
                 STATUS_INVALID_ARGUMENT);
}

Test(shared_memory, a_place_that_is_taken_is_told) {
    struct process *process = host_process("p");
    uint64_t number = memory_make(process, PAGE_SIZE);
    uint64_t base = AS(process, shared_map, number, 0, PAGE_SIZE, READ_WRITE, 0, 0).value;
    cr_assert_eq(AS(process, shared_map, number, 0, PAGE_SIZE, READ_WRITE, base, MAP_FIXED).status,
                 STATUS_ADDRESS_IN_USE);
}

Test(shared_memory, sealed_memory_is_never_written_again) {
    struct process *process = host_process("p");
    uint64_t number = memory_make(process, PAGE_SIZE);
    uint64_t base = AS(process, shared_map, number, 0, PAGE_SIZE, READ_WRITE, 0, 0).value;
    cr_assert_eq(AS(process, shared_seal, memory_copy(process, number, RIGHT_READ)).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(process, shared_seal, number).status, STATUS_BUSY, "it is mapped writable");
    cr_assert_eq(space_unmap(process->space, base, PAGE_SIZE), STATUS_OK);
    cr_assert_eq(AS(process, shared_seal, number).status, STATUS_OK);
    cr_assert_eq(map(process, number, READ_WRITE, 0), STATUS_BUSY);
    cr_assert_eq(map(process, number, READ_WRITE, MAP_COPY), STATUS_OK);
    cr_assert_eq(map(process, number, PROTECTION_READ | PROTECTION_EXECUTE, 0), STATUS_OK);
}

Test(shared_memory, calls_tell_wrong_numbers_apart) {
    struct process *process = host_process("p");
    uint64_t machine = (uint64_t)host_machine_number(process, RIGHT_SEND);
    cr_assert_eq(AS(process, shared_size, 99).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, shared_size, machine).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(process, shared_seal, machine).status, STATUS_WRONG_TYPE);
    cr_assert_eq(map(process, machine, PROTECTION_READ, 0), STATUS_WRONG_TYPE);
    cr_assert_eq(AS(process, shared_slice, machine, 0, PAGE_SIZE).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(process, shared_slice, 99, 0, PAGE_SIZE).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, shared_offer, 99, process->id, 0).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, shared_offer, machine, process->id, 0).status, STATUS_WRONG_TYPE);
}

Test(shared_memory, wrong_protections_and_a_table_without_room_are_told) {
    struct process *process = host_process("p");
    uint64_t number = memory_make(process, PAGE_SIZE);
    cr_assert_eq(map(process, number, 8, 0), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(map(process, 99, PROTECTION_READ, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(map(process, memory_copy(process, number, RIGHT_WRITE), PROTECTION_READ, 0), STATUS_NO_RIGHT);
    account_set_limit(process->account, ACCOUNT_NUMBERS, process->account->lines[ACCOUNT_NUMBERS].used);
    struct host_figures before = host_figures();
    cr_assert_eq(AS(process, shared_create, PAGE_SIZE).status, STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "at the limit");
}

static enum status create_and_close(void *context) {
    struct process *process = context;
    struct result result = AS(process, shared_create, PAGE_SIZE);
    if (result.status == STATUS_OK)
        number_close(&process->numbers, (int32_t)result.value);
    return (enum status)result.status;
}

Test(shared_memory, every_failed_allocation_makes_no_memory) {
    struct process *process = host_process("p");
    create_and_close(process); // the number table has its page
    struct host_operation operation = {create_and_close, 0, process};
    cr_assert_eq(host_fail_each_allocation(&operation), 2);
}

// ---- offers ----

struct offer_scene {
    struct process *from, *to;
    uint64_t number;
    uint32_t offer;
};

static struct result offer(const struct offer_scene *scene, uint32_t rights) {
    return AS(scene->from, shared_offer, scene->number, scene->to->id, rights);
}

static struct offer_scene scene_make(void) {
    struct offer_scene scene = {.from = host_process("from"), .to = host_process("to")};
    scene.number = memory_make(scene.from, 2 * PAGE_SIZE);
    return scene;
}

// An offer was made, and its event was read.
static struct offer_scene offered_make(void) {
    struct offer_scene scene = scene_make();
    scene.offer = (uint32_t)offer(&scene, RIGHT_READ | RIGHT_WRITE).value;
    cr_assert_eq(host_event_get(scene.to).event.Data1, scene.offer);
    return scene;
}

static EVENT answer(const struct offer_scene *scene) {
    return host_event_get(scene->from).event;
}

Test(shared_memory, an_offer_is_told_by_event) {
    struct offer_scene scene = scene_make();
    struct result result = offer(&scene, RIGHT_READ);
    cr_assert_eq(result.status, STATUS_OK);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq(got.event.Type, EVENT_SHARED_MEMORY);
    cr_assert_eq(got.event.Action, SHARED_OFFERED);
    cr_assert_eq(got.event.Data1, result.value);
    cr_assert_eq(got.event.Data2, scene.from->id);
    cr_assert_eq(got.event.Data3, 2);
    cr_assert_eq(got.source.process, scene.from->id);
}

Test(shared_memory, accepting_gives_a_number_with_the_offered_rights) {
    struct offer_scene scene = offered_make();
    struct result result = AS(scene.to, shared_accept, scene.offer);
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert_eq(AS(scene.to, shared_size, result.value).value, 2 * PAGE_SIZE);
    cr_assert_eq(map(scene.to, result.value, READ_WRITE, 0), STATUS_OK);
    cr_assert_eq(AS(scene.to, shared_seal, result.value).status, STATUS_NO_RIGHT);
    EVENT event = answer(&scene);
    cr_assert_eq(event.Action, SHARED_ACCEPTED);
    cr_assert_eq(event.Data1, scene.offer);
    cr_assert_eq(event.Data2, scene.to->id);
    cr_assert_eq(AS(scene.to, shared_accept, scene.offer).status, STATUS_NOT_FOUND, "once");
}

Test(shared_memory, refusing_is_told_to_the_maker) {
    struct offer_scene scene = offered_make();
    cr_assert_eq(AS(scene.to, shared_refuse, scene.offer).status, STATUS_OK);
    cr_assert_eq(answer(&scene).Action, SHARED_REFUSED);
    cr_assert_eq(AS(scene.to, shared_refuse, scene.offer).status, STATUS_NOT_FOUND);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
}

Test(shared_memory, an_offer_that_was_answered_unseen_raises_no_event_any_more) {
    struct offer_scene scene = scene_make();
    uint64_t id = offer(&scene, RIGHT_READ).value;
    cr_assert_eq(AS(scene.to, shared_accept, id).status, STATUS_OK);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

Test(shared_memory, offered_rights_are_never_more_than_ones_own) {
    struct offer_scene scene = scene_make();
    scene.number = memory_copy(scene.from, scene.number, RIGHT_READ | RIGHT_SEND);
    uint64_t id = offer(&scene, RIGHTS_ALL).value;
    uint64_t number = AS(scene.to, shared_accept, id).value;
    cr_assert_eq(map(scene.to, number, PROTECTION_READ, 0), STATUS_OK);
    cr_assert_eq(map(scene.to, number, READ_WRITE, 0), STATUS_NO_RIGHT);
}

Test(shared_memory, offering_needs_the_right_to_send_and_an_open_gate) {
    struct offer_scene scene = scene_make(), poor = scene;
    poor.number = memory_copy(scene.from, scene.number, RIGHT_READ);
    struct host_figures before = host_figures();
    cr_assert_eq(offer(&poor, RIGHT_READ).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.from, shared_offer, scene.number, 999, RIGHT_READ).status, STATUS_NOT_FOUND);
    AS(scene.to, gate_set, GATE_SHARED_MEMORY, 0);
    cr_assert_eq(offer(&scene, RIGHT_READ).status, STATUS_DENIED);
    host_figures_expect(&before, "after refusals");
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

// R-B9: an offer's id is a name; only who it was made to can accept it.
Test(shared_memory, R_B9_a_guessed_offer_is_nobodys) {
    struct offer_scene scene = offered_make();
    struct process *third = host_process("third");
    for (uint64_t id = 0; id < 100; id++)
        cr_assert_eq(AS(third, shared_accept, id).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.from, shared_accept, scene.offer).status, STATUS_NOT_FOUND);
    cr_assert_eq(third->numbers.used, 0);
}

// R-B7: unanswered offers use up their maker's credit.
Test(shared_memory, R_B7_a_maker_of_offers_spends_its_own_credit) {
    struct offer_scene scene = scene_make();
    account_set_limit(scene.from->account, ACCOUNT_PIPES_UNREAD, 2);
    uint64_t first = offer(&scene, RIGHT_READ).value;
    cr_assert_eq(offer(&scene, RIGHT_READ).status, STATUS_OK);
    cr_assert_eq(offer(&scene, RIGHT_READ).status, STATUS_LIMIT_REACHED);
    AS(scene.to, shared_refuse, first);
    cr_assert_eq(offer(&scene, RIGHT_READ).status, STATUS_OK);
    cr_assert_eq(scene.to->account->lines[ACCOUNT_NUMBERS].used, 0);
}

Test(shared_memory, an_offer_to_oneself_can_be_accepted) {
    struct offer_scene scene = scene_make();
    struct result result = AS(scene.from, shared_offer, scene.number, scene.from->id, RIGHT_READ);
    cr_assert_eq(AS(scene.from, shared_accept, result.value).status, STATUS_OK);
    cr_assert_eq(answer(&scene).Action, SHARED_ACCEPTED);
}

// ---- one side ends ----

Test(shared_memory, the_makers_end_withdraws_its_offers) {
    struct offer_scene scene = offered_make();
    uint32_t maker = scene.from->id;
    host_process_end(scene.from);
    struct host_event got = host_event_get(scene.to);
    cr_assert_eq(got.event.Action, SHARED_WITHDRAWN);
    cr_assert_eq(got.event.Data1, scene.offer);
    cr_assert_eq(got.event.Data2, maker);
    cr_assert_eq(AS(scene.to, shared_accept, scene.offer).status, STATUS_NOT_FOUND);
}

Test(shared_memory, an_offer_that_was_withdrawn_unseen_is_never_told) {
    struct offer_scene scene = scene_make();
    offer(&scene, RIGHT_READ);
    host_process_end(scene.from);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

// R-B8: what is on its way counts as held.
Test(shared_memory, R_B8_an_offer_keeps_the_memory_alive) {
    struct offer_scene scene = offered_make();
    number_close(&scene.from->numbers, (int32_t)scene.number);
    struct result result = AS(scene.to, shared_accept, scene.offer);
    cr_assert_eq(AS(scene.to, shared_size, result.value).value, 2 * PAGE_SIZE);
}

Test(shared_memory, the_receivers_end_refuses_what_was_offered) {
    struct offer_scene scene = offered_make();
    host_process_end(scene.to);
    cr_assert_eq(answer(&scene).Action, SHARED_REFUSED);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
}

Test(shared_memory, what_was_accepted_outlives_its_maker) {
    struct offer_scene scene = offered_make();
    uint64_t number = AS(scene.to, shared_accept, scene.offer).value;
    host_process_end(scene.from);
    cr_assert_eq(map(scene.to, number, READ_WRITE, 0), STATUS_OK);
}

Test(shared_memory, an_offer_to_a_process_that_is_ending_is_told) {
    struct offer_scene scene = scene_make();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *maker = FIBER_CALL(scene.from, shared_offer, scene.number, scene.to->id, RIGHT_READ);
    struct host_figures before = host_figures();
    host_process_end(scene.to); // and runs the maker, which had found it
    cr_assert_eq(maker->result.status, STATUS_PEER_DIED);
    cr_assert_eq(host_figures().used[0][ACCOUNT_PIPES_UNREAD], 0);
    cr_assert_leq(host_figures().objects, before.objects);
}

// ---- memory, limits, instruments ----

static enum status offer_and_refuse(void *context) {
    const struct offer_scene *scene = context;
    struct result result = offer(scene, RIGHT_READ);
    if (result.status == STATUS_OK)
        AS(scene->to, shared_refuse, result.value);
    host_event_get(scene->from);
    return (enum status)result.status;
}

Test(shared_memory, a_failed_allocation_makes_no_offer) {
    struct offer_scene scene = scene_make();
    struct host_operation operation = {offer_and_refuse, 0, &scene};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

Test(shared_memory, an_offer_stays_when_there_is_no_place_for_its_number) {
    struct offer_scene scene = offered_make();
    account_set_limit(scene.to->account, ACCOUNT_NUMBERS, 0);
    cr_assert_eq(AS(scene.to, shared_accept, scene.offer).status, STATUS_LIMIT_REACHED);
    account_set_limit(scene.to->account, ACCOUNT_NUMBERS, 5);
    allocation_fail_at(1);
    cr_assert_eq(AS(scene.to, shared_accept, scene.offer).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    cr_assert_eq(AS(scene.to, shared_accept, scene.offer).status, STATUS_OK);
}

Test(shared_memory, an_offer_describes_itself) {
    struct offer_scene scene = offered_make();
    struct object *object = object_next(OBJECT_OFFER, 0);
    char text[512] = {0};
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, "from: 1\nto: 2\nrights: 0x3\nopen: yes\nseen: yes\n"));
    object_release(object);
    AS(scene.to, shared_refuse, scene.offer);
}
