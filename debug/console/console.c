// The conversation at the console: a prompt, lines, pages of output, and the way back into the running system.
#include "debug/console/console.h"

#include "debug/commands/trace.h"
#include "debug/console/editor.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/process/process.h"

enum { PAGE_LINES = 24, PANIC_RECORDS = 8, GDB_BEGINS = '$', CONTROL_C = 3, PANIC_TAIL = 6000, GDB_CAME = -1 };

static const char prompt[] = "debug> ";
static struct line_editor editor = {.complete = command_next_name};
static char last_line[EDITOR_LINE_SIZE + 1]; // that an empty line repeats
static uint32_t page_lines = PAGE_LINES;     // 0: all at once
static uint32_t steps_left;                  // before a stop is told
static bool is_repeatable;

// ---- what is shown ----

static struct {
    uint32_t lines;  // since the last pause
    bool is_skipped; // the person has seen enough of this
    bool is_paged;   // while a command runs
} page;

static int wait_for_key(void) {
    console_screen_show();
    for (;;) {
        int key = console_serial_key();
        uint8_t byte;
        if (key == EDITOR_NOTHING)
            key = console_keyboard_key();
        if (key != EDITOR_NOTHING)
            return key;
        if (line_get(&byte) && byte == GDB_BEGINS) {
            machine.first_byte = byte;
            return GDB_CAME;
        }
        processor_pause();
    }
}

static void put_both(const char *text, size_t size) {
    console_early_put(text, size);
    console_screen_put(text, size);
}

static void ask_for_more(void) {
    static const char question[] = "-- more: enter, space, or q --";
    static const char blank[] = "\r                              \r";
    put_both(question, sizeof(question) - 1);
    int key = wait_for_key();
    put_both(blank, sizeof(blank) - 1);
    page.is_skipped = key == 'q' || key == 'Q' || key == CONTROL_C || key == GDB_CAME;
    page.lines = key == '\r' || key == '\n' ? page_lines - 1 : 0;
}

static void put_text(struct writer *out, const char *text, size_t size) {
    (void)out;
    while (size > 0 && !page.is_skipped) {
        size_t part = 0;
        while (part < size && text[part] != '\n')
            part++;
        bool ends = part < size;
        put_both(text, part + ends);
        text += part + ends;
        size -= part + ends;
        if (ends && page.is_paged && page_lines > 0 && ++page.lines >= page_lines - 1)
            ask_for_more();
    }
}

static struct writer console_writer = {.put = put_text};

// ---- the console's own commands ----

static void run_lines(const struct command_call *call) {
    uint64_t lines;
    if (call->count > 0 && command_value(call, call->words[0], &lines))
        page_lines = lines > UINT32_MAX ? UINT32_MAX : (uint32_t)lines;
    writer_format(call->out, "a page has %u lines%s\n", page_lines, page_lines == 0 ? ": nothing is held back" : "");
}

static void run_history(const struct command_call *call) {
    for (uint32_t back = EDITOR_HISTORY; back > 0; back--)
        if (editor_history(&editor, back) != 0)
            writer_format(call->out, "%s\n", editor_history(&editor, back));
}

const struct command general_commands[] = {
    {"lines", "[COUNT]", "how many lines a page of output has; 0: all at once", run_lines},
    {"history", "", "the lines that were typed", run_history},
    {0, 0, 0, 0},
};

// ---- a conversation ----

static void take_devices(void) {
    console_serial_take();
    console_keyboard_take();
    console_screen_take();
}

static void give_back_devices(void) {
    console_screen_give_back();
    console_serial_give_back();
}

// False: a GDB has come.
static bool read_line(void) {
    editor_begin(&editor, prompt, &console_writer);
    for (;;) {
        int key = wait_for_key();
        if (key == GDB_CAME)
            return false;
        if (editor_take(&editor, key, prompt, &console_writer))
            return true;
    }
}

static void run_line(struct command_session *session) {
    const char *line = editor.line;
    if (editor.length == 0)
        line = is_repeatable ? last_line : "";
    page.lines = 0;
    page.is_paged = true;
    bool is_known = commands_run(session, line, &console_writer);
    page.is_paged = page.is_skipped = false;
    is_repeatable = is_known && (session->repeats || session->goes_on);
    if (editor.length > 0)
        memcpy(last_line, editor.line, editor.length + 1);
}

// What a panic said went to the log and the serial port: the screen is to have it, too.
static void show_panic(void *argument) {
    static char tail[PANIC_TAIL];
    static const char begins[] = "\nkernel panic on CPU";
    (void)argument;
    uint64_t position = 0, newest = 0;
    for (uint64_t size; (size = log_copy(&position, tail, sizeof(tail))) > 0; position += size)
        newest = position + size;
    position = newest > PANIC_TAIL ? newest - PANIC_TAIL : 0;
    size_t size = log_copy(&position, tail, sizeof(tail)), from = 0;
    for (size_t i = 0; i + sizeof(begins) - 1 <= size; i++)
        if (memcmp(tail + i, begins, sizeof(begins) - 1) == 0)
            from = i;
    console_screen_put(tail + from, size - from);
}

static void greet(const struct debug_stop *stop) {
    if (machine.is_panicking)
        lend_locks(show_panic, 0);
    writer_text(&console_writer,
                "\nParley's kernel debugger: `help` lists what it can do, `continue` lets the machine go on\n");
    command_tell_stop(&console_writer, stop);
}

bool console_run(struct debug_stop *stop) {
    struct command_session session = {.out = &console_writer, .thread = stop->thread, .stop = stop};
    if (steps_left > 1 && !stop->is_break && stop->signal == SIGNAL_TRAP) {
        steps_left--;
        session.action = (struct resume_action){.thread = stop->thread, .kind = RESUME_STEP};
        session.goes_on = true;
    }
    take_devices();
    if (!session.goes_on)
        greet(stop);
    while (!session.goes_on) {
        if (!read_line()) {
            writer_text(&console_writer, "\na GDB has come: the machine is its own now\n");
            give_back_devices();
            return false;
        }
        run_line(&session);
        if (session.goes_on)
            steps_left = session.steps;
    }
    give_back_devices();
    struct resume_plan plan = {.count = 1, .actions = {session.action}};
    machine_resume(&plan, stop);
    return true;
}

bool console_is_there(void) {
    return console_serial_is_there() || console_keyboard_is_there();
}

void console_start_devices(void) {
    console_screen_start();
}

void console_tell_panic(void) {
    struct debug_thread thread = thread_of_cpu(processor_index());
    struct writer *out = log_writer();
    if (thread.process != KERNEL_PROCESS && thread_exists(&thread))
        writer_format(out, "thread %llu of %s[%u]\n", (unsigned long long)thread.thread,
                      process_peek(thread.process)->object.name, thread.process);
    writer_text(out, "what this CPU recorded last:\n");
    if (trace_write_last(out, PANIC_RECORDS, processor_index()) == 0)
        writer_text(out, "  nothing: no trace was open\n");
}
