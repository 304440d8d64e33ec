// Tests of pagers: who touches an absent page waits for the daemon, and what it answers reaches all who wait and nobody else.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/pager.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space.h"
#include "tests/unit/links.h"

TestSuite(pagers, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000, PAGES = 4 };

static _Alignas(PAGE_SIZE) uint8_t content[PAGE_SIZE];

struct scene {
    struct process *daemon, *client;
    uint64_t link, number; // the daemon's
    struct memory *memory; // a reference of the test's
};

static struct result create(struct process *process, const struct pager_create *wish) {
    return AS(process, pager_create, USER(wish));
}

static struct scene scene_make(uint64_t patience) {
    struct scene scene = {.daemon = host_process("daemon"), .client = host_process("client")};
    struct object *object;
    uint64_t other;
    scene.link = links_make(scene.daemon, 0, &other);
    struct pager_create wish = {.size = PAGES * PAGE_SIZE, .patience = patience, .link = (int32_t)other};
    struct result made = create(scene.daemon, &wish);
    cr_assert_eq(made.status, STATUS_OK);
    cr_assert_eq(AS(scene.daemon, number_close, other).status, STATUS_BAD_NUMBER, "the end is the memory's now");
    scene.number = made.value;
    number_find(&scene.daemon->numbers, (int32_t)made.value, OBJECT_SHARED_MEMORY, 0, &object);
    scene.memory = (struct memory *)object;
    return scene;
}

static void scene_end(struct scene *scene) {
    object_release(&scene->memory->object);
}

struct touch {
    struct memory *memory;
    uint64_t page;
    enum status status;
    uint8_t first;
    bool done;
};

static void touch_page(void *argument) {
    struct touch *touch = argument;
    touch->status = memory_read(touch->memory, touch->page * PAGE_SIZE, &touch->first, 1);
    touch->done = true;
}

static struct fiber *touch(const struct scene *scene, struct touch *what, uint64_t page) {
    *what = (struct touch){.memory = scene->memory, .page = page};
    return fiber_start(scene->client, touch_page, what);
}

static struct link_fault fault_take(const struct scene *scene) {
    struct link_fault fault;
    cr_assert_eq(AS(scene->daemon, link_poll, scene->link, DEADLINE_NOW).status, STATUS_OK);
    AS(scene->daemon, link_read, scene->link, USER(&fault));
    return fault;
}

static struct result supply(const struct scene *scene, uint64_t page, uint8_t value) {
    memset(content, value, PAGE_SIZE);
    return AS(scene->daemon, pager_supply, scene->number, page, USER(content));
}

Test(pagers, a_touched_page_is_asked_for_and_supplied) {
    struct scene scene = scene_make(0);
    struct touch what;
    struct fiber *fiber = touch(&scene, &what, 2);
    cr_assert_eq(fiber_wait_reason(fiber), WAIT_PAGE);
    struct link_fault fault = fault_take(&scene);
    struct link_fault expected = {
        .memory = scene.memory->object.id, .page = 2, .process = scene.client->id, .waiting = 1};
    cr_assert_arr_eq(&fault, &expected, sizeof(fault));
    cr_assert_eq(supply(&scene, 2, 55).status, STATUS_OK);
    fiber_run(fiber);
    cr_assert_eq(what.status, STATUS_OK);
    cr_assert_eq(what.first, 55);
    cr_assert_eq(supply(&scene, 2, 66).status, STATUS_EXISTS);
    touch(&scene, &what, 2);
    cr_assert_eq(what.first, 55, "it stays, and nobody is asked");
    scene_end(&scene);
}

Test(pagers, faults_are_told_one_after_the_other_and_all_who_wait_for_a_page_get_it) {
    struct scene scene = scene_make(0);
    struct touch what[4];
    for (int i = 0; i < 4; i++)
        touch(&scene, &what[i], i % 2);
    cr_assert_eq(fault_take(&scene).page, 0);
    supply(&scene, 0, 7);
    fiber_run_all();
    cr_assert(what[0].done && what[2].done);
    cr_assert_not(what[1].done);
    struct link_fault fault = fault_take(&scene);
    cr_assert_eq(fault.page, 1);
    cr_assert_eq(fault.waiting, 2);
    supply(&scene, 1, 8);
    fiber_run_all();
    cr_assert_eq(what[3].first, 8);
    cr_assert_eq(AS(scene.daemon, link_poll, scene.link, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    scene_end(&scene);
}

Test(pagers, a_page_may_be_supplied_before_it_is_asked_for) {
    struct scene scene = scene_make(0);
    struct touch what;
    supply(&scene, 3, 9);
    touch(&scene, &what, 3);
    cr_assert(what.done);
    cr_assert_eq(what.first, 9);
    scene_end(&scene);
}

Test(pagers, a_refused_page_is_a_fault_of_who_touched_it) {
    struct scene scene = scene_make(0);
    struct touch refused, other;
    struct fiber *fiber = touch(&scene, &refused, 0);
    struct fiber *later = touch(&scene, &other, 1);
    cr_assert_eq(AS(scene.daemon, pager_refuse, scene.number, 0).status, STATUS_OK);
    fiber_run(fiber);
    cr_assert_eq(refused.status, STATUS_DENIED);
    cr_assert_eq(fault_take(&scene).page, 1, "the next is told");
    supply(&scene, 1, 3);
    fiber_run(later);
    cr_assert_eq(other.status, STATUS_OK);
    scene_end(&scene);
}

Test(pagers, R_C7_the_patience_ends_the_wait_and_the_next_fault_is_told) {
    struct scene scene = scene_make(SECOND);
    struct touch slow, other;
    struct fiber *fiber = touch(&scene, &slow, 0);
    machine_clock_advance(SECOND / 2);
    struct fiber *later = touch(&scene, &other, 1);
    machine_clock_advance(SECOND / 2);
    fiber_run(fiber);
    cr_assert_eq(slow.status, STATUS_TIMED_OUT);
    cr_assert_eq(fault_take(&scene).page, 1);
    supply(&scene, 0, 1); // late, and for the next who touches it
    supply(&scene, 1, 2);
    fiber_run(later);
    cr_assert_eq(other.status, STATUS_OK);
    scene_end(&scene);
}

Test(pagers, R_C7_the_daemons_death_is_told_to_all_who_wait_and_who_come) {
    struct scene scene = scene_make(0);
    struct touch what, after;
    touch(&scene, &what, 0);
    host_process_end(scene.daemon);
    fiber_run_all();
    cr_assert_eq(what.status, STATUS_PEER_DIED);
    touch(&scene, &after, 1);
    cr_assert_eq(after.status, STATUS_PEER_DIED);
    scene_end(&scene);
}

// What the kernel asks of memory that anybody pages: the swap area's users do not know that it is a daemon's.
Test(pagers, the_kernel_learns_that_nobody_answers_any_more) {
    struct scene scene = scene_make(0);
    struct memory_source *source = scene.memory->source;
    cr_assert_not(source->is_gone(source));
    host_process_end(scene.daemon);
    cr_assert(source->is_gone(source));
    scene_end(&scene);
}

Test(pagers, the_kernels_own_answer_reaches_all_who_wait_for_the_page) {
    struct scene scene = scene_make(0);
    struct memory_source *source = scene.memory->source;
    struct touch what, same, other;
    touch(&scene, &what, 1);
    touch(&scene, &same, 1);
    struct fiber *last = touch(&scene, &other, 2);
    source->answer(source, 1, STATUS_NO_MEMORY);
    fiber_run_all();
    cr_assert_eq(what.status, STATUS_NO_MEMORY);
    cr_assert_eq(same.status, STATUS_NO_MEMORY);
    cr_assert_not(other.done);
    supply(&scene, 2, 1);
    fiber_run(last);
    cr_assert_eq(other.status, STATUS_OK);
    scene_end(&scene);
}

Test(pagers, a_page_that_came_since_it_was_missed_is_not_waited_for) {
    struct scene scene = scene_make(0);
    struct memory_source *source = scene.memory->source;
    cr_assert_eq(supply(&scene, 3, 7).status, STATUS_OK);
    host_be(scene.client);
    cr_assert_eq(source->await(source, 3, 0), STATUS_OK);
    cr_assert_eq(AS(scene.daemon, link_poll, scene.link, DEADLINE_NOW).status, STATUS_WOULD_WAIT, "nobody asks");
    scene_end(&scene);
}

Test(pagers, who_is_killed_while_it_waits_leaves_nothing) {
    struct scene scene = scene_make(0);
    struct touch what, other;
    struct fiber *fiber = touch(&scene, &what, 0);
    struct fiber *second = touch(&scene, &other, 1);
    fiber_interrupt(fiber);
    fiber_run(fiber);
    cr_assert_eq(what.status, STATUS_INTERRUPTED);
    cr_assert_eq(fault_take(&scene).page, 1);
    supply(&scene, 1, 1);
    fiber_run(second);
    cr_assert_eq(other.status, STATUS_OK);
    scene_end(&scene);
}

Test(pagers, the_daemon_is_told_when_the_memory_goes) {
    struct scene scene = scene_make(0);
    AS(scene.daemon, number_close, scene.number);
    cr_assert_eq(AS(scene.daemon, link_poll, scene.link, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    scene_end(&scene);
    cr_assert_eq(AS(scene.daemon, link_poll, scene.link, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

Test(pagers, the_kernels_own_writes_wait_for_the_page_too) {
    struct scene scene = scene_make(0);
    uint64_t physical;
    supply(&scene, 0, 1);
    cr_assert_eq(memory_write(scene.memory, 5, "x", 1), STATUS_OK);
    cr_assert_eq(memory_page(scene.memory, 1, &physical), STATUS_WOULD_WAIT);
    AS(scene.daemon, number_close, scene.link);
    host_be(scene.client);
    cr_assert_eq(memory_write(scene.memory, PAGE_SIZE, "x", 1), STATUS_PEER_DIED);
    cr_assert_eq(memory_page_wait(scene.memory, 1, &physical), STATUS_PEER_DIED);
    cr_assert_eq(memory_page_wait(scene.memory, 0, &physical), STATUS_OK);
    frame_release(scene.memory->object.account, physical);
    scene_end(&scene);
}

// ---- R-C6 ----

Test(pagers, R_C6_a_pager_maps_no_memory_of_its_own_nor_of_a_later_pager) {
    struct scene first = scene_make(0), second = scene_make(0);
    cr_assert_eq(pager_may_map(first.daemon, first.memory), STATUS_DEADLOCK);
    cr_assert_eq(pager_may_map(first.daemon, second.memory), STATUS_DEADLOCK);
    cr_assert_eq(pager_may_map(second.daemon, first.memory), STATUS_OK);
    cr_assert_eq(pager_may_map(first.client, second.memory), STATUS_OK);
    cr_assert_eq(AS(first.daemon, shared_map, first.number, 0, PAGE_SIZE, PROTECTION_READ, 0, 0).status,
                 STATUS_DEADLOCK);
    struct object *object;
    int32_t number;
    number_insert(&second.daemon->numbers, &first.memory->object, RIGHT_READ, &number);
    number_find(&second.daemon->numbers, number, OBJECT_SHARED_MEMORY, 0, &object);
    object_release(object);
    cr_assert_eq(AS(second.daemon, shared_map, (uint64_t)number, 0, PAGE_SIZE, PROTECTION_READ, 0, 0).status,
                 STATUS_OK);
    scene_end(&first);
    scene_end(&second);
}

// ---- what bad input gets ----

Test(pagers, wrong_wishes_are_refused_and_nothing_is_changed) {
    struct scene scene = scene_make(0);
    uint64_t other, own = links_make(scene.daemon, 0, &other);
    struct pager_create good = {.size = PAGE_SIZE, .link = (int32_t)other};
    struct pager_create empty = good, patient = good, reserved = good, large = good, none = good;
    empty.size = 0;
    patient.patience = PAGER_PATIENCE_MAX + 1;
    reserved.reserved = 1;
    large.size = UINT64_MAX;
    none.link = 77;
    struct result plain = AS(scene.daemon, shared_create, PAGE_SIZE);
    struct host_figures before = host_figures();
    cr_assert_eq(create(scene.daemon, &empty).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(create(scene.daemon, &patient).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(create(scene.daemon, &reserved).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(create(scene.daemon, &large).status, STATUS_TOO_LARGE);
    cr_assert_eq(create(scene.daemon, &none).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.daemon, pager_create, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(supply(&scene, PAGES, 1).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.daemon, pager_supply, scene.number, 0, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.daemon, pager_supply, 77, 0, USER(content)).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.daemon, pager_supply, plain.value, 0, USER(content)).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.daemon, pager_refuse, scene.number, PAGES).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.daemon, pager_refuse, plain.value, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.daemon, pager_refuse, 77, 0).status, STATUS_BAD_NUMBER);
    host_figures_expect(&before, "after wrong wishes");
    cr_assert_eq(AS(scene.daemon, link_signal, own).status, STATUS_OK, "the link is as it was");
    scene_end(&scene);
}

Test(pagers, a_failed_allocation_makes_nothing_and_keeps_the_link) {
    struct scene scene = scene_make(0);
    uint64_t other;
    links_make(scene.daemon, 0, &other);
    struct pager_create wish = {.size = PAGE_SIZE, .link = (int32_t)other};
    enum status status = STATUS_NO_MEMORY;
    for (uint32_t n = 1; status != STATUS_OK; n++) {
        struct host_figures before = host_figures();
        allocation_fail_at(n);
        status = (enum status)create(scene.daemon, &wish).status;
        if (!allocation_has_failed())
            break;
        cr_assert_eq(status, STATUS_NO_MEMORY);
        host_figures_expect(&before, "after a failed allocation");
    }
    cr_assert_eq(status, STATUS_OK);
    struct host_figures before = host_figures();
    allocation_fail_at(1);
    cr_assert_eq(supply(&scene, 0, 1).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    host_figures_expect(&before, "after a page that there was no frame for");
    scene_end(&scene);
}

Test(pagers, it_describes_itself_and_names_the_daemon_as_who_could_end_a_wait) {
    struct scene scene = scene_make(0);
    struct pager *pager = pager_of(scene.memory);
    struct wait_edges edges = {0};
    struct writer writer;
    struct touch what;
    char text[512] = "";
    struct fiber *fiber = touch(&scene, &what, 0);
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(&pager->object, &writer);
    cr_assert_not_null(strstr(text, "\nwaiting: 1\nsupplied: 0\nrefused: 0\n"), "%s", text);
    pager->object.type->wait_edges(&pager->object, WAIT_PAGE, &edges);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], scene.daemon->id);
    supply(&scene, 0, 1);
    fiber_run(fiber);
    scene_end(&scene);
}

static struct result fetch(const struct scene *scene, uint64_t page) {
    memset(content, 0, PAGE_SIZE);
    return AS(scene->daemon, pager_fetch, scene->number, page, USER(content));
}

Test(pagers, a_supplied_page_is_fetched_and_whether_it_was_written_to_since_is_told_once) {
    struct scene scene = scene_make(0);
    cr_assert_eq(fetch(&scene, 1).status, STATUS_NOT_FOUND);
    supply(&scene, 1, 31);
    struct result got = fetch(&scene, 1);
    cr_assert(got.status == STATUS_OK && got.value == 0 && content[PAGE_SIZE - 1] == 31);
    cr_assert_eq(memory_write(scene.memory, PAGE_SIZE + 5, "x", 1), STATUS_OK);
    got = fetch(&scene, 1);
    cr_assert(got.status == STATUS_OK && got.value == 1 && content[5] == 'x' && content[6] == 31);
    cr_assert_eq(fetch(&scene, 1).value, 0);
    scene_end(&scene);
}

Test(pagers, what_cannot_be_fetched_is_refused_and_a_write_is_told_again_when_nobody_heard_of_it) {
    struct scene scene = scene_make(0);
    supply(&scene, 1, 31);
    memory_note_written(scene.memory, 1);
    memory_note_written(scene.memory, 2); // it is not there
    cr_assert_eq(AS(scene.daemon, pager_fetch, scene.number, 1, 8).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(fetch(&scene, 1).value, 1);
    cr_assert_eq(fetch(&scene, PAGES).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(scene.daemon, pager_fetch, 0, 1, USER(content)).status, STATUS_BAD_NUMBER);
    scene_end(&scene);
}
