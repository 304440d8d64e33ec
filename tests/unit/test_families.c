// Tests of signals to a process and all that it started: whom they reach, and what becomes of who has no handler.
#include <criterion/criterion.h>

#include "ipc/page.h"
#include "tests/unit/host/host.h"

TestSuite(families, .init = host_start, .fini = host_finish);

enum { SIGNAL = 10, CODE = 19, NOBODY = 1000000 };

static struct process *root, *child, *grandchild, *other;

static struct process *started_by(struct process *parent, const char *name, uint32_t user) {
    struct host_plan plan = {.parent = parent, .name = name, .user = user};
    struct process *process;
    cr_assert_eq(host_process_create(&plan, &process), STATUS_OK);
    return process;
}

static void make(void) {
    root = host_process("root");
    child = started_by(root, "child", HOST_USER);
    grandchild = started_by(child, "grandchild", HOST_USER);
    other = host_process("other");
}

static void expect(struct process *from, uint32_t first, enum process_effect effect, enum status status,
                   uint64_t count) {
    struct result result = AS(from, process_family, first, SIGNAL, effect, CODE);
    cr_assert_eq(result.status, (int64_t)status, "%d", (int)result.status);
    cr_assert_eq(result.value, count, "%d", (int)result.value);
}

Test(families, all_that_descend_from_one_stop_and_go_on_and_no_others) {
    make();
    expect(other, root->id, PROCESS_STOPS, STATUS_OK, 3);
    cr_assert(root->stop_code == CODE && child->stop_code == CODE && grandchild->stop_code == CODE);
    cr_assert_eq(other->stop_code, 0);
    expect(other, child->id, PROCESS_GOES_ON, STATUS_OK, 2);
    cr_assert(root->stop_code == CODE && child->stop_code == 0 && grandchild->stop_code == 0);
}

Test(families, who_has_a_handler_has_the_signal_in_its_place) {
    make();
    cr_assert_eq(AS(child, page_handler, SIGNAL, 0x1000, 0, 0, 0).status, STATUS_OK);
    expect(other, root->id, PROCESS_STOPS, STATUS_OK, 3);
    cr_assert(root->stop_code == CODE && child->stop_code == 0 && grandchild->stop_code == CODE);
    expect(other, root->id, PROCESS_UNCHANGED, STATUS_OK, 3);
    cr_assert(root->stop_code == CODE && child->stop_code == 0 && grandchild->stop_code == CODE);
}

Test(families, those_whose_starter_has_ended_are_found) {
    make();
    uint32_t gone = child->id;
    host_process_end(child);
    expect(other, gone, PROCESS_STOPS, STATUS_OK, 1);
    cr_assert_eq(grandchild->stop_code, CODE);
    expect(other, root->id, PROCESS_GOES_ON, STATUS_OK, 2);
    cr_assert_eq(grandchild->stop_code, 0);
}

Test(families, all_of_them_are_ended) {
    make();
    expect(other, root->id, PROCESS_ENDS, STATUS_OK, 3);
    cr_assert(root->ending && child->ending && grandchild->ending);
    cr_assert_not(other->ending);
}

Test(families, only_ones_own_users_are_reached_and_by_the_system_all) {
    make();
    struct process *foreign = started_by(grandchild, "foreign", HOST_USER + 1);
    struct process *system = started_by(NULL, "system", USER_SYSTEM);
    expect(other, root->id, PROCESS_STOPS, STATUS_OK, 3);
    cr_assert_eq(foreign->stop_code, 0);
    expect(other, foreign->id, PROCESS_STOPS, STATUS_DENIED, 0);
    expect(system, root->id, PROCESS_STOPS, STATUS_OK, 4);
    cr_assert_eq(foreign->stop_code, CODE);
}

Test(families, wrong_wishes_are_refused) {
    make();
    expect(other, NOBODY, PROCESS_ENDS, STATUS_NOT_FOUND, 0);
    expect(other, 0, PROCESS_ENDS, STATUS_NOT_FOUND, 0);
    expect(other, root->id, PROCESS_EFFECTS, STATUS_INVALID_ARGUMENT, 0);
    cr_assert_eq(AS(other, process_family, root->id, PAGE_TYPE_SIGNALS, PROCESS_ENDS, CODE).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_not(root->ending);
}
