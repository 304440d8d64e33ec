// Tests of making page handlers: what is refused, and what a failure leaves.
#include <criterion/criterion.h>

#include "ipc/page.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/pages.h"
#include "tests/unit/host/upcall.h"

TestSuite(page_handlers, .init = host_start, .fini = host_finish);

enum { TYPE = 100, WINDOW = 4 };

#define PLACE (UINT64_C(1) << 33)

static struct process *process;

static uint64_t take(uint64_t sender, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags, uint64_t bytes) {
    return PAGE_ACCEPT;
}

static struct page_handler *handler_of(uint64_t number) {
    struct object *object;
    cr_assert_eq(number_find(&process->numbers, (int32_t)number, OBJECT_PAGE_HANDLER, 0, &object), STATUS_OK);
    object_release(object);
    return (struct page_handler *)object;
}

static enum status handler_make(void *context) {
    uint64_t *number = context;
    struct result result = AS(process, page_handler, TYPE, USER(take), 0, WINDOW, 0);
    *number = result.value;
    return (enum status)result.status;
}

static void handler_close(void *context) {
    struct page_handler *handler = handler_of(*(uint64_t *)context);
    uint64_t base = handler->window.base;
    number_close(&process->numbers, (int32_t) * (uint64_t *)context);
    host_pages_forget(process->space, base, base + WINDOW * PAGE_SIZE);
}

Test(page_handlers, a_handler_without_memory_changes_nothing) {
    uint64_t number;
    process = host_process("p");
    handler_make(&number); // so that the number table has its first part
    handler_close(&number);
    struct host_operation operation = {handler_make, handler_close, &number};
    host_fail_each_allocation(&operation);
    struct account_line *line = &process->account->lines[ACCOUNT_NUMBERS];
    line->limit = line->used;
    struct host_figures before = host_figures();
    cr_assert_eq(handler_make(&number), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "after a handler without a number");
    line = &process->account->lines[ACCOUNT_OBJECTS];
    line->limit = line->used;
    cr_assert_eq(handler_make(&number), STATUS_LIMIT_REACHED);
    line = &process->account->lines[ACCOUNT_MEMORY_PAGES];
    line->limit = line->used;
    cr_assert_eq(handler_make(&number), STATUS_LIMIT_REACHED);
}

Test(page_handlers, a_handler_that_makes_no_sense_is_refused) {
    process = host_process("p");
    const struct {
        uint64_t type, function, window, pages, flags;
        enum status status;
    } rows[] = {
        {0, USER(take), 0, 1, 0, STATUS_INVALID_ARGUMENT},
        {TYPE, USER(take), 0, 1, 2, STATUS_INVALID_ARGUMENT},
        {TYPE, USER(take), 0, PAGE_WINDOW_MAX + 1, 0, STATUS_INVALID_ARGUMENT},
        {TYPE, USER(take), PLACE, 0, 0, STATUS_INVALID_ARGUMENT},
        {TYPE, USER(take), PLACE + 1, 1, 0, STATUS_INVALID_ARGUMENT},
        {5, USER(take), 0, 1, 0, STATUS_INVALID_ARGUMENT},
        {TYPE, UINT64_MAX, 0, 1, 0, STATUS_BAD_ADDRESS},
    };
    struct host_figures before = host_figures();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct result result =
            AS(process, page_handler, rows[i].type, rows[i].function, rows[i].window, rows[i].pages, rows[i].flags);
        cr_assert_eq(result.status, rows[i].status, "row %zu", i);
        host_figures_expect(&before, "after a handler that makes no sense");
    }
    cr_assert_eq(AS(process, page_handler, TYPE, USER(take), 0, 1, 0).status, STATUS_OK);
    before = host_figures();
    cr_assert_eq(AS(process, page_handler, TYPE, USER(take), 0, 1, 0).status, STATUS_EXISTS);
    host_figures_expect(&before, "after a second handler of a type");
    cr_assert_eq(AS(process, page_handler_remove, 99, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
}
