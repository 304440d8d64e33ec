// trace: shows what the system's processes say to each other, as it happens.
#include <errno.h>
#include <fcntl.h>
#include <parley/clock.h>
#include <parley/start.h>
#include <parley/thread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/trace/format.h"
#include "apps/trace/names.h"
#include "apps/trace/records.h"

static const struct tool_name names[] = {
    {"format", 'f'}, {"object", 'i'}, {"output", 'o'}, {"pid", 'p'}, {"record", 'r'}, {"seconds", 's'}, {0}};

static const struct tool tool = {
    .name = "trace",
    .usage =
        "usage: trace [-o FILE] [-f FORMAT] COMMAND [ARGUMENT]...\n"
        "       trace [-o FILE] [-f FORMAT] [-p PID] [-i ID] [-s SECONDS]\n"
        "       trace -r\n"
        "Shows each operation of each kind of communication: of a command and all that it starts, of a process, on an\n"
        "object, or of the whole system but this tool; until the command ends, for a time, or until Ctrl-C.\n"
        "  -o, --output FILE    writes it to FILE\n"
        "  -f, --format FORMAT  text, pcapng (Wireshark), chrome (Perfetto), mermaid; else by FILE's ending:\n"
        "                       .pcapng, .json, .mmd\n"
        "  -p, --pid PID        what this process does, or is sent     -i, --object ID   what is done to this object\n"
        "  -s, --seconds N      ends after N seconds                   -r, --record      shows nothing, but has the\n"
        "                       kernel record, for `objects ID --history`, until it is killed\n",
    .options = "+f:i:o:p:rs:",
    .names = names,
    .failure = 125,
};

enum { POLL_NANOSECONDS = 20000000, FAMILY_MAX = 4096, SIGNALLED = 128 };

static struct {
    const struct trace_format *format;
    const char *file;
    uint64_t object, seconds;
    bool record_only;
} wish;

// ---- what is shown ----

static uint32_t family[FAMILY_MAX]; // the process asked for and its descendants
static size_t family_count;

static void family_add(uint32_t process) {
    if (family_count < FAMILY_MAX)
        family[family_count++] = process;
}

static bool in_family(uint32_t process) {
    for (size_t i = 0; i < family_count; i++)
        if (family[i] == process)
            return true;
    return false;
}

static bool peer_is_process(const struct trace_record *record) {
    return record->operation != TRACE_OBJECT_MADE && record->operation != TRACE_OBJECT_GONE;
}

static bool is_wanted(const struct trace_record *record) {
    uint32_t own = start_information()->process, peer = peer_is_process(record) ? record->peer : 0;
    if (wish.object != 0)
        return record->object == wish.object;
    if (family_count > 0)
        return in_family(record->process) || (peer != 0 && in_family(peer));
    return record->process != own && peer != own;
}

static void show_ready(void) {
    const struct trace_record *record;
    while ((record = records_next()) != NULL) {
        names_note(record);
        if (record->operation == TRACE_PROCESS_STARTED && in_family(record->process))
            family_add(record->peer);
        if (is_wanted(record))
            wish.format->record(&standard_output, record);
    }
    output_flush(&standard_output);
}

// ---- the wish ----

static const struct trace_format *const formats[] = {&format_text, &format_pcapng, &format_chrome, &format_mermaid};

static const struct trace_format *format_named(const char *name) {
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    tool_misused(name, "no such format; there are text, pcapng, chrome and mermaid");
}

static const struct trace_format *format_of_file(const char *file) {
    static const struct {
        const char *ending;
        const struct trace_format *format;
    } endings[] = {{".pcapng", &format_pcapng}, {".json", &format_chrome}, {".mmd", &format_mermaid}};
    const char *dot = file != NULL ? strrchr(file, '.') : NULL;
    for (size_t i = 0; dot != NULL && i < sizeof(endings) / sizeof(endings[0]); i++)
        if (!strcmp(dot, endings[i].ending))
            return endings[i].format;
    return &format_text;
}

static void set_option(int option) {
    if (option == 'f')
        wish.format = format_named(tool_value());
    else if (option == 'o')
        wish.file = tool_value();
    else if (option == 'i')
        wish.object = tool_value_number();
    else if (option == 'p')
        family_add((uint32_t)tool_value_number());
    else if (option == 's')
        wish.seconds = tool_value_number();
    else
        wish.record_only = true;
}

static void open_output(void) {
    if (wish.format == NULL)
        wish.format = format_of_file(wish.file);
    if (wish.file == NULL || !strcmp(wish.file, "-"))
        return;
    int descriptor = open(wish.file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        tool_fail_errno(wish.file);
    standard_output.descriptor = descriptor;
}

// ---- the run ----

extern char **environ;

static pid_t start_command(char **words) {
    pid_t child;
    int error = posix_spawnp(&child, words[0], NULL, NULL, words, environ);
    if (error != 0)
        tool_fail(words[0], strerror(error));
    family_add((uint32_t)child);
    return child;
}

// Whether the command has ended; `status` is its wait status then.
static bool has_ended(pid_t child, int *status) {
    return child != 0 && waitpid(child, status, WNOHANG) == child;
}

// Shows records until the command ends, or until the deadline; the command's wait status.
static int watch(pid_t child, uint64_t deadline) {
    int status = 0;
    bool ended = false;
    while (!ended && clock_now() < deadline && !standard_output.error) {
        thread_sleep(clock_now() + POLL_NANOSECONDS);
        ended = has_ended(child, &status);
        records_read(ended);
        show_ready();
    }
    return status;
}

static void tell_lost(void) {
    char text[NUMBER_TEXT_SIZE] = {0};
    if (records_lost() != 0)
        tool_complain(number_format(text + sizeof(text) - 1, records_lost()),
                      "so many records were overwritten before they were read");
}

static int run(char **command) {
    names_start();
    records_open(true);
    if (wish.format->begin != NULL)
        wish.format->begin(&standard_output);
    pid_t child = *command != NULL ? start_command(command) : 0;
    uint64_t deadline = wish.seconds != 0 ? clock_now() + wish.seconds * UINT64_C(1000000000) : DEADLINE_NEVER;
    int status = watch(child, deadline);
    if (wish.format->end != NULL)
        wish.format->end(&standard_output);
    tell_lost();
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    char **command = tool_operands(NULL);
    if (*command != NULL && (wish.object != 0 || family_count > 0))
        tool_misused(NULL, "a command or a filter, not both");
    if (wish.record_only) {
        records_open(true);
        while (true)
            thread_sleep(DEADLINE_NEVER);
    }
    open_output();
    return tool_finish(run(command));
}
