// Figures of what is in use, compared around calls that fail.
#include <criterion/criterion.h>

#include "tests/unit/host/host.h"

struct host_figures host_figures(void) {
    struct host_figures figures = {
        .blocks = allocation_blocks(),
        .pages = allocation_pages(),
        .objects = object_count(),
    };
    uint32_t after = 0;
    for (int i = 0; i < HOST_FIGURE_PROCESSES; i++) {
        struct process *process = process_next(after);
        if (process == 0)
            break;
        after = process->id;
        for (int item = 0; item < ACCOUNT_ITEM_COUNT; item++)
            figures.used[i][item] = process->account->lines[item].used;
        process_release(process);
    }
    return figures;
}

void host_figures_expect(const struct host_figures *before, const char *when) {
    struct host_figures now = host_figures();
    cr_assert_eq(now.blocks, before->blocks, "%s: heap blocks: %zu, before %zu", when, now.blocks, before->blocks);
    cr_assert_eq(now.pages, before->pages, "%s: pages: %zu, before %zu", when, now.pages, before->pages);
    cr_assert_eq(now.objects, before->objects, "%s: objects: %zu, before %zu", when, now.objects, before->objects);
    for (int i = 0; i < HOST_FIGURE_PROCESSES; i++)
        for (int item = 0; item < ACCOUNT_ITEM_COUNT; item++)
            cr_assert_eq(now.used[i][item], before->used[i][item], "%s: process %d, %s: %lu, before %lu", when, i + 1,
                         account_item_name(item), now.used[i][item], before->used[i][item]);
}

uint32_t host_fail_each_allocation(const struct host_operation *operation) {
    for (uint32_t n = 1;; n++) {
        struct host_figures before = host_figures();
        allocation_fail_at(n);
        enum status status = operation->operation(operation->context);
        if (!allocation_has_failed()) {
            cr_assert_eq(status, STATUS_OK, "nothing failed, but the status is %d", status);
            if (operation->undo != 0)
                operation->undo(operation->context);
            return n - 1;
        }
        cr_assert_eq(status, STATUS_NO_MEMORY, "allocation %u failed, but the status is %d", n, status);
        host_figures_expect(&before, "after a failed allocation");
    }
}
