// Tests of accounts: charging, limits, trees of processes, and what instruments read.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"

TestSuite(accounts, .init = host_start, .fini = host_finish);

static struct account *account_make(struct account *parent) {
    struct account *account;
    cr_assert_eq(account_create(parent, "account", &account), STATUS_OK);
    return account;
}

Test(accounts, a_charge_counts_up_to_the_limit_and_remembers_the_peak) {
    struct account *account = account_make(0);
    struct account_line *line = &account->lines[ACCOUNT_MESSAGES];
    account_set_limit(account, ACCOUNT_MESSAGES, 10);
    cr_assert_eq(account_charge(account, ACCOUNT_MESSAGES, 7), STATUS_OK);
    cr_assert_eq(account_charge(account, ACCOUNT_MESSAGES, 4), STATUS_LIMIT_REACHED);
    cr_assert_eq(line->used, 7);
    cr_assert_eq(line->refused, 1);
    cr_assert_eq(account_charge(account, ACCOUNT_MESSAGES, 3), STATUS_OK);
    account_discharge(account, ACCOUNT_MESSAGES, 10);
    cr_assert_eq(line->used, 0);
    cr_assert_eq(line->peak, 10);
    object_release(&account->object);
}

Test(accounts, a_charge_that_wraps_around_is_refused) {
    struct account *account = account_make(0);
    account_set_limit(account, ACCOUNT_MESSAGE_BYTES, UINT64_MAX);
    cr_assert_eq(account_charge(account, ACCOUNT_MESSAGE_BYTES, 5), STATUS_OK);
    cr_assert_eq(account_charge(account, ACCOUNT_MESSAGE_BYTES, UINT64_MAX - 2), STATUS_LIMIT_REACHED);
    cr_assert_eq(account->lines[ACCOUNT_MESSAGE_BYTES].used, 5);
    account_discharge(account, ACCOUNT_MESSAGE_BYTES, 5);
    object_release(&account->object);
}

Test(accounts, the_kernel_is_never_refused) {
    cr_assert_eq(account_charge(0, ACCOUNT_OBJECTS, UINT64_MAX), STATUS_OK);
    account_discharge(0, ACCOUNT_OBJECTS, UINT64_MAX);
}

// R-B3: everything is charged, and a tree of processes is bounded by its root.
Test(accounts, R_B3_children_are_bounded_by_their_ancestors_together) {
    struct account *root = account_make(0), *one = account_make(root), *other = account_make(root);
    account_set_limit(root, ACCOUNT_MEMORY_PAGES, 10);
    cr_assert_eq(account_charge(one, ACCOUNT_MEMORY_PAGES, 6), STATUS_OK);
    cr_assert_eq(account_charge(other, ACCOUNT_MEMORY_PAGES, 5), STATUS_LIMIT_REACHED);
    cr_assert_eq(other->lines[ACCOUNT_MEMORY_PAGES].used, 0, "a charge that fails charged nothing");
    cr_assert_eq(root->lines[ACCOUNT_MEMORY_PAGES].used, 6);
    account_discharge(one, ACCOUNT_MEMORY_PAGES, 6);
    cr_assert_eq(root->lines[ACCOUNT_MEMORY_PAGES].used, 0);
    object_release(&one->object);
    object_release(&other->object);
    object_release(&root->object);
}

Test(accounts, a_refusal_far_up_is_undone_all_the_way) {
    struct account *root = account_make(0), *middle = account_make(root), *leaf = account_make(middle);
    account_set_limit(root, ACCOUNT_THREADS, 1);
    cr_assert_eq(account_charge(leaf, ACCOUNT_THREADS, 2), STATUS_LIMIT_REACHED);
    cr_assert_eq(middle->lines[ACCOUNT_THREADS].used, 0);
    cr_assert_eq(leaf->lines[ACCOUNT_THREADS].used, 0);
    cr_assert_eq(root->lines[ACCOUNT_THREADS].refused, 1);
    object_release(&leaf->object);
    object_release(&middle->object);
    object_release(&root->object);
}

Test(accounts, what_is_no_matter_of_the_tree_is_charged_once) {
    struct account *root = account_make(0), *child = account_make(root);
    cr_assert_eq(account_charge(child, ACCOUNT_NUMBERS, 3), STATUS_OK);
    cr_assert_eq(root->lines[ACCOUNT_NUMBERS].used, 0);
    account_discharge(child, ACCOUNT_NUMBERS, 3);
    object_release(&child->object);
    object_release(&root->object);
}

Test(accounts, a_child_starts_with_its_parents_limits) {
    struct account *root = account_make(0);
    account_set_limit(root, ACCOUNT_EVENTS, 17);
    struct account *child = account_make(root);
    cr_assert_eq(child->lines[ACCOUNT_EVENTS].limit, 17);
    object_release(&child->object);
    object_release(&root->object);
}

Test(accounts, a_parent_lives_as_long_as_its_children) {
    struct account *root = account_make(0), *child = account_make(root);
    object_release(&root->object);
    cr_assert_eq(account_charge(child, ACCOUNT_PROCESSES, 1), STATUS_OK);
    cr_assert_eq(child->parent->lines[ACCOUNT_PROCESSES].used, 1);
    account_discharge(child, ACCOUNT_PROCESSES, 1);
    object_release(&child->object);
}

Test(accounts, information_tells_names_and_lines) {
    struct process *process = host_process("player");
    struct account_information information;
    account_inform(process->account, &information);
    cr_assert_eq(information.process, process->id);
    cr_assert_eq(information.parent, 0);
    cr_assert_str_eq(information.name, "player");
    cr_assert_eq(information.items[ACCOUNT_PROCESSES].used, 1);
    cr_assert_eq(information.items[ACCOUNT_MESSAGES].limit, 512);
}

Test(accounts, information_of_a_child_names_its_parent) {
    struct process *parent = host_process("parent"), *child;
    struct host_plan plan = {.parent = parent, .name = "child"};
    struct account_information information;
    cr_assert_eq(host_process_create(&plan, &child), STATUS_OK);
    account_inform(child->account, &information);
    cr_assert_eq(information.parent, parent->id);
}

Test(accounts, a_description_has_a_line_for_each_item) {
    struct process *process = host_process("p");
    char text[2048] = {0};
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(&process->account->object, &writer);
    for (int item = 0; item < ACCOUNT_ITEM_COUNT; item++)
        cr_assert_not_null(strstr(text, account_item_name(item)), "%s", account_item_name(item));
    cr_assert_not_null(strstr(text, "processes: 1 of 256, peak 1, refused 0\n"));
}

Test(accounts, items_beyond_the_last_are_unknown) {
    cr_assert_str_eq(account_item_name(ACCOUNT_ITEM_COUNT), "unknown");
}

Test(accounts, an_account_needs_memory) {
    struct account *account;
    allocation_fail_at(1);
    cr_assert_eq(account_create(0, "a", &account), STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
}
