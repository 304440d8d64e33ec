// more: a text screen by screen.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/terminal.h"

static const struct tool tool = {
    .name = "more",
    .usage =
        "usage: more [FILE]...\n"
        "Shows a text screen by screen. Keys: blank, the next screen; Enter, a line; b, a screen back; q, the end.\n"
        "Where standard output is no terminal it writes all at once.\n",
    .options = "",
    .failure = 1,
};

enum { KEY_INTERRUPT = 3, TAB = 8 };

struct pager {
    struct whole text;
    size_t *starts; // of each row of the screen; the last is the end
    size_t count, capacity;
    size_t columns, rows;
    int keys; // descriptor
};

static void add_start(struct pager *pager, size_t at) {
    if (pager->count == pager->capacity) {
        pager->capacity = pager->capacity * 2 + 1024;
        pager->starts = tool_reallocate(pager->starts, pager->capacity, sizeof(*pager->starts));
    }
    pager->starts[pager->count++] = at;
}

// Long lines go on in the next row.
static void cut_rows(struct pager *pager) {
    size_t column = 0;
    add_start(pager, 0);
    for (size_t i = 0; i < pager->text.size; i++) {
        unsigned char byte = (unsigned char)pager->text.text[i];
        size_t width = byte == '\t' ? TAB - column % TAB : (byte & 0xc0) != 0x80;
        if (byte == '\n') {
            add_start(pager, i + 1);
            column = 0;
        } else if (column + width > pager->columns) {
            add_start(pager, i);
            column = width;
        } else {
            column += width;
        }
    }
    if (pager->starts[pager->count - 1] != pager->text.size)
        add_start(pager, pager->text.size);
}

// Rows from `from` on; each ends with a line end.
static void put_rows(const struct pager *pager, size_t from, size_t count) {
    for (size_t row = from; row < from + count && row + 1 < pager->count; row++) {
        size_t start = pager->starts[row], end = pager->starts[row + 1];
        output_bytes(&standard_output, pager->text.text + start, end - start);
        if (end == start || pager->text.text[end - 1] != '\n')
            output_character(&standard_output, '\n');
    }
}

static void put_status(const struct pager *pager, size_t row) {
    size_t last = pager->count - 1;
    output_text(&standard_output, "\033[7m--More--(");
    output_number(&standard_output, last ? row * 100 / last : 100);
    output_text(&standard_output, "%)\033[0m");
    output_flush(&standard_output);
}

static int read_key(const struct pager *pager) {
    unsigned char key;
    ssize_t got;
    do
        got = read(pager->keys, &key, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? key : 'q';
}

// Shows what the key asks for; `row` is the first that was not shown yet. False: the end.
static bool follow_key(struct pager *pager, int key, size_t *row) {
    size_t screen = pager->rows - 1, count = key == '\r' || key == '\n' || key == 'j' ? 1 : screen;
    if (key == 'q' || key == 'Q' || key == KEY_INTERRUPT)
        return false;
    if (key == 'b') {
        *row = *row > 2 * screen ? *row - 2 * screen : 0;
        output_text(&standard_output, "\033[H\033[2J");
    }
    put_rows(pager, *row, count);
    *row += count;
    return *row + 1 < pager->count;
}

static void page(struct pager *pager) {
    size_t row = pager->rows - 1;
    bool more = row + 1 < pager->count;
    put_rows(pager, 0, row);
    while (more) {
        put_status(pager, row);
        int key = read_key(pager);
        output_text(&standard_output, "\r\033[K");
        more = follow_key(pager, key, &row);
    }
    output_flush(&standard_output);
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    struct pager pager = {.keys = -1};
    static struct input from;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++) {
        if (input_open(&from, *files))
            input_whole(&from, &pager.text);
        input_close(&from);
    }
    if (!isatty(1) || !terminal_job_begin(&pager.keys, true)) {
        output_bytes(&standard_output, pager.text.text, pager.text.size);
        return tool_finish(0);
    }
    pid_t self = getpid();
    terminal_job_add(&self, 1);
    terminal_size(&pager.columns, &pager.rows);
    cut_rows(&pager);
    if (terminal_open())
        page(&pager);
    terminal_close();
    terminal_job_end();
    return tool_finish(0);
}
