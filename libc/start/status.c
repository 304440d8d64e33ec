// The outcomes of calls in words, and the errno that stands for each.
#include <errno.h>
#include <parley/status.h>
#include <stddef.h>

struct status_line {
    const char *name;
    const char *text;
};

// Statuses run from STATUS_LOWEST up; the table starts there.
#define STATUS_LINE(name, value, text) [(value)-STATUS_LOWEST] = {#name, text},
static const struct status_line lines[] = {STATUS_LIST(STATUS_LINE)};
#undef STATUS_LINE

static const struct status_line unknown = {"UNKNOWN", "no such status"};

static const struct status_line *line_of(enum status status) {
    size_t index = (size_t)((int)status - STATUS_LOWEST);
    return index < sizeof lines / sizeof *lines && lines[index].name ? &lines[index] : &unknown;
}

const char *status_name(enum status status) {
    return line_of(status)->name;
}

const char *status_text(enum status status) {
    return line_of(status)->text;
}
