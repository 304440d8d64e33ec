// top: what the processes do, again and again.
#include <parley/clock.h>
#include <parley/descriptor.h>
#include <parley/machine.h>
#include <parley/pipe.h>
#include <parley/status.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/terminal.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "top",
    .usage =
        "usage: top [-b] [-n COUNT] [-d SECONDS]\n"
        "Shows the processes, those that take most of the processors' time first, anew every second or when a key is\n"
        "typed; q ends it. The share is that of one processor since the time before.\n"
        "  -b  without a terminal: one list below the other, one if -n does not say how many   -n  so many times\n"
        "  -d  so many seconds between\n",
    .options = "bn:d:",
    .failure = 1,
};

enum { HEADER_ROWS = 4, KEY_INTERRUPT = 3, PERMILLE = 1000 };

struct row {
    struct process_information process;
    uint64_t share; // thousandths of a processor
};

struct view {
    struct process_information *before;
    size_t before_count;
    uint64_t before_time;
    size_t rows; // of the screen; 0: all processes
    int keys;
};

static bool batch;
static unsigned long times = UINT32_MAX, seconds = 1;

static uint64_t time_before(const struct view *view, const struct process_information *process) {
    for (size_t i = 0; i < view->before_count; i++)
        if (view->before[i].process == process->process)
            return view->before[i].processor_time;
    return 0;
}

static int compare(const void *left, const void *right) {
    const struct row *first = left, *second = right;
    if (first->share != second->share)
        return first->share < second->share ? 1 : -1;
    return (first->process.process > second->process.process) - (first->process.process < second->process.process);
}

// What the processes did since the time before, the busiest first; the caller frees it.
static struct row *measure(struct view *view, size_t *count) {
    uint64_t now = clock_now();
    struct process_information *processes = listing_processes(count);
    struct row *rows = tool_allocate(*count, sizeof(*rows));
    uint64_t passed = now > view->before_time ? now - view->before_time : 1;
    for (size_t i = 0; i < *count; i++) {
        uint64_t used = processes[i].processor_time - time_before(view, &processes[i]);
        rows[i] = (struct row){processes[i], used * PERMILLE / passed};
    }
    free(view->before);
    view->before = processes;
    view->before_count = *count;
    view->before_time = now;
    qsort(rows, *count, sizeof(*rows), compare);
    return rows;
}

static void put_line_end(const struct view *view) {
    output_text(&standard_output, view->rows ? "\033[K\n" : "\n");
}

static void put_header(const struct view *view, size_t count) {
    struct output *out = &standard_output;
    struct machine_information machine;
    char text[DURATION_TEXT_SIZE];
    if (machine_information(&machine) < 0)
        memset(&machine, 0, sizeof(machine));
    output_text(out, "up ");
    output_text(out, words_duration(machine.uptime, text));
    output_text(out, ", ");
    output_number(out, machine.processors);
    output_text(out, " processors, ");
    output_number(out, count);
    output_text(out, " processes");
    put_line_end(view);
    output_text(out, "memory: ");
    output_number(out, machine.memory_total >> 20);
    output_text(out, " MiB, free: ");
    output_number(out, machine.memory_free >> 20);
    output_text(out, " MiB");
    put_line_end(view);
    output_text(out, "  PID USER THREADS     KIB   SHARE  TIME         NAME");
    put_line_end(view);
}

static void put_row(const struct view *view, const struct row *row) {
    struct output *out = &standard_output;
    char time[DURATION_TEXT_SIZE];
    output_number_padded(out, row->process.process, 5, ' ');
    output_number_padded(out, row->process.user, 5, ' ');
    output_number_padded(out, row->process.threads, 8, ' ');
    output_number_padded(out, row->process.pages * (PAGE_SIZE / 1024), 8, ' ');
    output_number_padded(out, row->share / 10, 5, ' ');
    output_character(out, '.');
    output_number(out, row->share % 10);
    output_text(out, "%  ");
    output_text_padded(out, words_duration(row->process.processor_time, time), 13);
    output_text(out, row->process.name);
    put_line_end(view);
}

static void show(struct view *view) {
    size_t count, shown;
    struct row *rows = measure(view, &count);
    if (view->rows)
        output_text(&standard_output, "\033[H");
    put_header(view, count);
    shown = view->rows && count > view->rows - HEADER_ROWS ? view->rows - HEADER_ROWS : count;
    for (size_t i = 0; i < shown; i++)
        put_row(view, &rows[i]);
    if (view->rows)
        output_text(&standard_output, "\033[J");
    output_flush(&standard_output);
    free(rows);
}

// Waits for the next time. False: a key ended it.
static bool wait_for_next(const struct view *view) {
    uint64_t deadline = clock_now() + seconds * NANOSECONDS_PER_SECOND;
    unsigned char key = 0;
    size_t got = 0;
    if (view->keys < 0) {
        sleep((unsigned)seconds);
        return true;
    }
    enum status status = pipe_read(descriptor_pipe_number(view->keys), &key, 1, deadline, &got);
    return status == STATUS_TIMED_OUT || (status == STATUS_OK && got && key != 'q' && key != KEY_INTERRUPT);
}

static void run(struct view *view) {
    for (unsigned long i = 0; i < times && !standard_output.error; i++) {
        if (i && !wait_for_next(view))
            return;
        show(view);
    }
}

static void run_on_screen(struct view *view) {
    pid_t self = getpid();
    size_t columns;
    terminal_job_add(&self, 1);
    terminal_size(&columns, &view->rows);
    view->rows = view->rows > HEADER_ROWS + 1 ? view->rows : HEADER_ROWS + 1;
    if (terminal_open()) {
        output_text(&standard_output, "\033[2J");
        run(view);
        output_text(&standard_output, "\033[H\033[2J");
        output_flush(&standard_output);
    }
    terminal_close();
    terminal_job_end();
}

int main(int argument_count, char **arguments) {
    struct view view = {.keys = -1};
    bool counted = false;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        batch |= option == 'b';
        counted |= option == 'n';
        if (option == 'n')
            times = tool_value_number();
        if (option == 'd')
            seconds = tool_value_number();
    }
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "no operands are wanted");
    if (!batch && isatty(1) && terminal_job_begin(&view.keys, true)) {
        run_on_screen(&view);
    } else {
        times = counted ? times : 1;
        run(&view);
    }
    free(view.before);
    return tool_finish(0);
}
