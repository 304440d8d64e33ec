// The table of all commands, and how a line finds its own.
#include "debug/commands/commands.h"
#include "kernel/base/string.h"

static void run_help(const struct command_call *call);

static const struct command help_commands[] = {
    {"help", "[COMMAND]", "this list, or what one command takes", run_help},
    {0, 0, 0, 0},
};

static const struct {
    const char *title;
    const struct command *commands;
} groups[] = {
    {"Help", help_commands},
    {"Processes and threads", thread_commands},
    {"Objects", object_commands},
    {"Who waits for whom", wait_commands},
    {"Communication", trace_commands},
    {"An operation at which it stopped (break ipc)", ipc_commands},
    {"Memory and names", memory_commands},
    {"Address spaces", map_commands},
    {"Letting it run", run_commands},
    {"The machine", machine_commands},
    {"This console", general_commands},
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

// ---- finding ----

static const struct command *first_command(void) {
    return groups[0].commands;
}

static const struct command *next_command(const struct command *command) {
    if (command[1].name != 0)
        return command + 1;
    for (uint32_t i = 0; i + 1 < GROUP_COUNT; i++)
        for (const struct command *at = groups[i].commands; at->name != 0; at++)
            if (at == command)
                return groups[i + 1].commands;
    return 0;
}

const char *command_next_name(const char *after, const char *text, size_t length) {
    bool is_behind = after == 0;
    for (const struct command *at = first_command(); at != 0; at = next_command(at)) {
        // A name with two entries, one below the other, is one name.
        bool is_it = after != 0 && strcmp(at->name, after) == 0;
        if (is_behind && !is_it && strncmp(at->name, text, length) == 0)
            return at->name;
        is_behind |= is_it;
    }
    return 0;
}

// What GDB's users type by one letter is the same here, though other commands begin so too.
static const char *whole_name(const char *name) {
    static const char *const whole[] = {"continue", "help", "step"};
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
        if (name[0] == whole[i][0] && name[1] == 0)
            return whole[i];
    return name;
}

// The one of this name, or the only one that begins so; null: none, or *several.
static const struct command *find_command(const char *name, bool *several) {
    const struct command *found = 0;
    name = whole_name(name);
    size_t length = strlen(name);
    *several = false;
    for (const struct command *at = first_command(); at != 0; at = next_command(at)) {
        if (strcmp(at->name, name) == 0)
            return at;
        if (strncmp(at->name, name, length) == 0) {
            *several |= found != 0;
            found = at;
        }
    }
    return *several ? 0 : found;
}

// ---- a line ----

struct words {
    uint32_t count;
    const char *words[COMMAND_WORDS_MAX];
    char line[COMMAND_LINE_SIZE], rest[COMMAND_LINE_SIZE];
    const char *format;
};

static void split(const char *line, struct words *words) {
    size_t length = strlen(line) < COMMAND_LINE_SIZE - 1 ? strlen(line) : COMMAND_LINE_SIZE - 1;
    memcpy(words->line, line, length);
    words->line[length] = 0;
    words->rest[0] = 0;
    words->count = 0;
    for (char *at = words->line; *at != 0;) {
        while (*at == ' ')
            *at++ = 0;
        if (*at != 0 && words->count == 1)
            string_copy_padded(words->rest, at, sizeof(words->rest));
        if (*at != 0 && words->count < COMMAND_WORDS_MAX)
            words->words[words->count++] = at;
        while (*at != 0 && *at != ' ')
            at++;
    }
}

// "x/8xg": what stands behind the name.
static void split_format(struct words *words) {
    words->format = "";
    for (char *at = words->line; words->count > 0 && at < words->line + COMMAND_LINE_SIZE; at++) {
        if (at < words->words[0])
            continue;
        if (*at == 0)
            return;
        if (*at == '/') {
            *at = 0;
            words->format = at + 1;
            return;
        }
    }
}

static void complain(struct writer *why, const char *name, bool several) {
    if (!several) {
        writer_format(why, "%s is no command: `help` lists them\n", name);
        return;
    }
    writer_format(why, "%s could be several commands:", name);
    for (const char *at = 0; (at = command_next_name(at, name, strlen(name))) != 0;)
        writer_format(why, " %s", at);
    writer_text(why, "\n");
}

bool commands_run(struct command_session *session, const char *line, struct writer *why) {
    static struct words words;
    bool several;
    split(line, &words);
    split_format(&words);
    if (words.count == 0)
        return false;
    const struct command *command = find_command(words.words[0], &several);
    if (command == 0) {
        if (why != 0)
            complain(why, words.words[0], several);
        return false;
    }
    struct command_call call = {session->out, session, words.format, words.count - 1, words.words + 1, words.rest};
    session->repeats = false;
    command->run(&call);
    return true;
}

bool monitor_run(const struct debug_thread *thread, const char *line, struct writer *out) {
    struct command_session session = {.out = out, .thread = *thread, .stop = &server.stop, .is_gdbs = true};
    return commands_run(&session, line, 0);
}

// ---- help ----

static void write_command(struct writer *out, const struct command *command) {
    size_t width = strlen(command->name) + 1 + strlen(command->arguments);
    writer_format(out, "  %s %s%*s%s\n", command->name, command->arguments, width < 28 ? (int)(28 - width) : 1, "",
                  command->help);
}

// A command of several forms has a line for each.
static void write_all_of(struct writer *out, const char *name) {
    for (uint32_t i = 0; i < GROUP_COUNT; i++)
        for (const struct command *at = groups[i].commands; at->name != 0; at++)
            if (strcmp(at->name, name) == 0)
                write_command(out, at);
}

static void run_help(const struct command_call *call) {
    bool several;
    const struct command *command = call->count > 0 ? find_command(call->words[0], &several) : 0;
    if (call->count > 0) {
        if (command != 0)
            write_all_of(call->out, command->name);
        else
            writer_format(call->out, "%s is no command\n", call->words[0]);
        return;
    }
    for (uint32_t i = 0; i < GROUP_COUNT; i++) {
        writer_format(call->out, "%s:\n", groups[i].title);
        for (const struct command *at = groups[i].commands; at->name != 0; at++)
            write_command(call->out, at);
    }
}
