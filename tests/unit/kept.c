// The debugger of the tests of kept operations.
#include "tests/unit/kept.h"

#include <criterion/criterion.h>

#include "tests/unit/host/host.h"

enum { KEPT_MOST = 4 };

enum trace_verdict kept_verdict;
struct trace_record kept_last;
uint32_t kept_options, kept_count;

static struct kept_operation kept[KEPT_MOST];

uint32_t debugger_ask(const struct trace_record *record, uint32_t options) {
    static const uint32_t needed[] = {[TRACE_GO] = 0,
                                      [TRACE_DROP] = TRACE_MAY_DROP,
                                      [TRACE_HOLD] = TRACE_MAY_HOLD,
                                      [TRACE_DUPLICATE] = TRACE_MAY_DUPLICATE};
    if (options == 0)
        return TRACE_GO;
    kept_last = *record;
    kept_options = options;
    return (options & needed[kept_verdict]) == needed[kept_verdict] ? kept_verdict : TRACE_GO;
}

void debugger_keep(const struct kept_operation *operation) {
    cr_assert_lt(kept_count, KEPT_MOST);
    kept[kept_count++] = *operation;
}

void kept_finish_all(bool drop) {
    kept_verdict = TRACE_GO;
    for (uint32_t i = 0; i < kept_count; i++)
        kept[i].finish(&kept[i], drop);
    kept_count = 0;
}

void kept_start(void) {
    host_start();
    trace_asks = trace_on = 1;
    kept_count = 0;
}

void kept_end(void) {
    trace_asks = trace_on = 0;
    host_finish();
}
