// Running a script of sed over lines: a cycle takes a line into the pattern space, and goes through the commands.
#include "apps/sed/execute.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/number.h"
#include "apps/common/short.h"
#include "apps/common/tool.h"
#include "apps/sed/show.h"

// Bytes that grow; SHORT_SLACK bytes behind them may be read.
struct space {
    char *bytes;
    size_t length, capacity;
};

enum outcome { GOES_ON, ENDS_CYCLE, DELETES, RESTARTS, QUITS };

struct run {
    struct execution *execution;
    struct space pattern, hold, made;
    const struct command **appended; // the a and r of this cycle, which are done at its end
    size_t appended_count;
    bool terminated; // the line that was read last had a line end
    bool substituted;
    bool keeps_line; // the next cycle begins without reading
    regex_t *last_regex;
    int status;
};

static void reserve(struct space *space, size_t length) {
    if (space->capacity > length)
        return;
    space->capacity = length * 2 + 256;
    space->bytes = tool_reallocate(space->bytes, space->capacity + SHORT_SLACK, 1);
}

static void add(struct space *space, const char *bytes, size_t length) {
    reserve(space, space->length + length);
    if (length)
        memcpy(space->bytes + space->length, bytes, length);
    space->length += length;
    space->bytes[space->length] = 0;
}

static void set(struct space *space, const char *bytes, size_t length) {
    space->length = 0;
    add(space, bytes, length);
}

static void put(struct run *run, const char *bytes, size_t length) {
    sink_bytes(run->execution->sink, bytes, length);
}

// The last line of an input without a line end gets none either.
static void write_line(struct run *run, struct sink *sink) {
    sink_bytes(sink, run->pattern.bytes, run->pattern.length);
    if (run->terminated || !stream_is_last(run->execution->stream))
        sink_bytes(sink, "\n", 1);
    else
        sink->unended = true;
}

static void put_line(struct run *run) {
    write_line(run, run->execution->sink);
}

// A file that cannot be opened has nothing to add.
static void put_file(struct run *run, const char *name) {
    char buffer[4096];
    ssize_t got;
    sinks_flush(); // it may be one that w writes
    int descriptor = open(name, O_RDONLY);
    if (descriptor < 0)
        return;
    while ((got = read(descriptor, buffer, sizeof(buffer))) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            put(run, buffer, (size_t)got);
    if (got < 0)
        tool_complain_errno(name);
    close(descriptor);
}

static void put_appended(struct run *run) {
    if (run->appended_count)
        put(run, "", 0); // the line before it ends, whatever it adds
    for (size_t i = 0; i < run->appended_count; i++) {
        const struct command *command = run->appended[i];
        if (command->name == 'r')
            put_file(run, command->text);
        else
            put(run, command->text, command->text_length);
    }
    run->appended_count = 0;
}

static void append(struct run *run, const struct command *command) {
    run->appended = tool_reallocate(run->appended, run->appended_count + 1, sizeof(*run->appended));
    run->appended[run->appended_count++] = command;
}

static bool search(struct run *run, struct expression *expression, size_t from, size_t groups, regmatch_t *found) {
    regex_t *regex = expression->empty ? run->last_regex : &expression->regex;
    if (!regex)
        tool_fail(NULL, "no regular expression was used before the empty one");
    run->last_regex = regex;
    found[0] = (regmatch_t){.rm_so = (regoff_t)from, .rm_eo = (regoff_t)run->pattern.length};
    return !regexec(regex, run->pattern.bytes, groups, found, REG_STARTEND | (from ? REG_NOTBOL : 0));
}

static bool matches(struct run *run, const struct address *address) {
    struct stream *stream = run->execution->stream;
    regmatch_t found[1];
    switch (address->kind) {
    case ADDRESS_LINE:
        return stream->number == address->line;
    case ADDRESS_LAST:
        return stream_is_last(stream);
    case ADDRESS_MATCH:
        return search(run, address->expression, 0, 1, found);
    case ADDRESS_STEP:
        return address->step ? stream->number >= address->line && (stream->number - address->line) % address->step == 0
                             : stream->number == address->line;
    default:
        return true;
    }
}

// A range begins: whether it has more lines.
static bool begin_range(struct run *run, struct command *command) {
    uint64_t number = run->execution->stream->number;
    const struct address *second = &command->second;
    command->last_line = UINT64_MAX;
    if (second->kind == ADDRESS_LINE)
        command->last_line = second->line;
    if (second->kind == ADDRESS_MORE)
        command->last_line = number + second->line;
    if (second->kind == ADDRESS_LAST)
        return !stream_is_last(run->execution->stream);
    return command->last_line > number;
}

static bool in_range(struct run *run, struct command *command) {
    uint64_t number = run->execution->stream->number;
    bool from_zero = command->first.kind == ADDRESS_LINE && !command->first.line;
    if (!command->inside && from_zero && number == 1) {
        command->inside = !matches(run, &command->second); // 0,/x/: the first line may end it
        command->last_line = UINT64_MAX;
        return true;
    }
    if (!command->inside) {
        bool begins = matches(run, &command->first);
        command->inside = begins && begin_range(run, command);
        return begins;
    }
    if (command->second.kind == ADDRESS_MATCH || command->second.kind == ADDRESS_LAST) {
        command->inside = !matches(run, &command->second);
        return true;
    }
    if (number >= command->last_line)
        command->inside = false;
    return number <= command->last_line;
}

static bool is_selected(struct run *run, struct command *command) {
    bool selected = command->second.kind == ADDRESS_NONE ? matches(run, &command->first) : in_range(run, command);
    return selected != command->inverted;
}

static void add_group(struct run *run, const regmatch_t *group) {
    if (group->rm_so >= 0)
        add(&run->made, run->pattern.bytes + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
}

// What takes the match's place: & and \0 to \9 are parts of it.
static void add_replacement(struct run *run, const struct command *command, const regmatch_t *groups) {
    for (size_t i = 0; i < command->text_length; i++) {
        char byte = command->text[i];
        if (byte == '&') {
            add_group(run, &groups[0]);
        } else if (byte == '\\' && i + 1 < command->text_length) {
            byte = command->text[++i];
            if (byte >= '0' && byte <= '9')
                add_group(run, &groups[byte - '0']);
            else
                add(&run->made, byte == 'n' ? "\n" : byte == 't' ? "\t" : &command->text[i], 1);
        } else {
            add(&run->made, &command->text[i], 1);
        }
    }
}

// One match: copied, or replaced, with what stands before it. Where to look on.
static size_t take_match(struct run *run, const struct command *command, const regmatch_t *groups, size_t from,
                         bool replaced) {
    size_t start = (size_t)groups[0].rm_so, end = (size_t)groups[0].rm_eo;
    add(&run->made, run->pattern.bytes + from, start - from);
    if (replaced)
        add_replacement(run, command, groups);
    else
        add(&run->made, run->pattern.bytes + start, end - start);
    if (end == start && end < run->pattern.length)
        add(&run->made, run->pattern.bytes + end, 1);
    return end == start ? end + 1 : end;
}

static void swap(struct space *left, struct space *right) {
    struct space kept = *left;
    *left = *right;
    *right = kept;
}

static enum outcome substitute(struct run *run, struct command *command) {
    regmatch_t groups[SCRIPT_GROUPS];
    size_t from = 0, empty_from = SIZE_MAX;
    unsigned long count = 0;
    bool replaced = false;
    set(&run->made, "", 0);
    while (from <= run->pattern.length && search(run, command->expression, from, SCRIPT_GROUPS, groups)) {
        bool behind = groups[0].rm_eo == groups[0].rm_so && (size_t)groups[0].rm_so == empty_from;
        count += !behind; // nothing right behind a match is none
        bool now = !behind && (count == command->which || (command->everywhere && count > command->which));
        empty_from = (size_t)groups[0].rm_eo;
        replaced |= now;
        from = take_match(run, command, groups, from, now);
        if (now && !command->everywhere)
            break;
    }
    if (!replaced)
        return GOES_ON;
    if (from < run->pattern.length)
        add(&run->made, run->pattern.bytes + from, run->pattern.length - from);
    swap(&run->pattern, &run->made);
    run->substituted = true;
    if (command->print)
        put_line(run);
    if (command->sink)
        write_line(run, command->sink);
    return GOES_ON;
}

static bool take_line(struct run *run, bool append) {
    struct line line;
    if (!stream_take(run->execution->stream, &line))
        return false;
    if (!append)
        set(&run->pattern, "", 0);
    add(&run->pattern, line.text, line.length);
    run->terminated = line.terminated;
    return true;
}

static void finish_cycle(struct run *run) {
    if (!run->execution->quiet)
        put_line(run);
    put_appended(run);
}

// Without a next line both end the script, as GNU's do: the pattern space is written.
static enum outcome do_next(struct run *run, struct command *command) {
    bool append = command->name == 'N';
    if (stream_is_last(run->execution->stream))
        return run->execution->stream->separate ? ENDS_CYCLE : QUITS;
    if (append) {
        put_appended(run);
        add(&run->pattern, "\n", 1);
    } else {
        finish_cycle(run);
    }
    return take_line(run, append) ? GOES_ON : QUITS;
}

static enum outcome do_print(struct run *run, struct command *command) {
    char *end = command->name == 'P' ? memchr(run->pattern.bytes, '\n', run->pattern.length) : NULL;
    if (end) {
        put(run, run->pattern.bytes, (size_t)(end - run->pattern.bytes) + 1);
        return GOES_ON;
    }
    put_line(run);
    return GOES_ON;
}

static enum outcome do_delete(struct run *run, struct command *command) {
    char *end = command->name == 'D' ? memchr(run->pattern.bytes, '\n', run->pattern.length) : NULL;
    if (!end)
        return DELETES;
    size_t length = (size_t)(end - run->pattern.bytes) + 1;
    memmove(run->pattern.bytes, end + 1, run->pattern.length - length + 1);
    run->pattern.length -= length;
    return RESTARTS;
}

static enum outcome do_number(struct run *run, struct command *command) {
    (void)command;
    char text[NUMBER_TEXT_SIZE + 1], *end = text + NUMBER_TEXT_SIZE;
    char *start = number_format(end, run->execution->stream->number);
    *end = '\n';
    put(run, start, (size_t)(end - start) + 1);
    return GOES_ON;
}

static enum outcome do_text(struct run *run, struct command *command) {
    if (command->name == 'a')
        append(run, command);
    else if (command->name == 'i' || command->second.kind == ADDRESS_NONE || !command->inside || command->inverted)
        put(run, command->text, command->text_length);
    return command->name == 'c' ? DELETES : GOES_ON;
}

static enum outcome do_hold(struct run *run, struct command *command) {
    bool to_hold = command->name == 'h' || command->name == 'H';
    struct space *from = to_hold ? &run->pattern : &run->hold, *to = to_hold ? &run->hold : &run->pattern;
    if (command->name == 'x') {
        swap(from, to);
        add(&run->pattern, "", 0);
        return GOES_ON;
    }
    if (command->name == 'h' || command->name == 'g')
        set(to, "", 0);
    else
        add(to, "\n", 1);
    add(to, from->bytes, from->length);
    return GOES_ON;
}

static enum outcome do_map(struct run *run, struct command *command) {
    for (size_t i = 0; i < run->pattern.length; i++)
        run->pattern.bytes[i] = (char)command->map[(unsigned char)run->pattern.bytes[i]];
    return GOES_ON;
}

static enum outcome do_read(struct run *run, struct command *command) {
    append(run, command);
    return GOES_ON;
}

static enum outcome do_write(struct run *run, struct command *command) {
    write_line(run, command->sink);
    return GOES_ON;
}

static enum outcome do_show(struct run *run, struct command *command) {
    show_bytes(run->execution->sink, run->pattern.bytes, run->pattern.length, command->number);
    return GOES_ON;
}

static enum outcome do_quit(struct run *run, struct command *command) {
    run->status = (int)(command->number & 0xff);
    return QUITS;
}

static enum outcome (*const commands[128])(struct run *, struct command *) = {
    ['='] = do_number, ['D'] = do_delete, ['G'] = do_hold,   ['H'] = do_hold,    ['N'] = do_next, ['P'] = do_print,
    ['a'] = do_text,   ['c'] = do_text,   ['d'] = do_delete, ['g'] = do_hold,    ['h'] = do_hold, ['i'] = do_text,
    ['n'] = do_next,   ['p'] = do_print,  ['q'] = do_quit,   ['s'] = substitute, ['x'] = do_hold, ['y'] = do_map,
    ['l'] = do_show,   ['r'] = do_read,   ['w'] = do_write,
};

// Where the script goes on behind a command that is not in the table: { } : b t.
static size_t jump(struct run *run, const struct command *command, size_t index, bool selected) {
    if (command->name == '{')
        return selected ? index + 1 : command->target;
    if (command->name == 'b' && selected)
        return command->target;
    if (command->name == 't' && selected && run->substituted) {
        run->substituted = false;
        return command->target;
    }
    return index + 1;
}

static enum outcome run_commands(struct run *run) {
    struct script *script = run->execution->script;
    enum outcome outcome = GOES_ON;
    for (size_t i = 0; i < script->count && outcome == GOES_ON;) {
        struct command *command = &script->commands[i];
        bool selected = is_selected(run, command);
        if (!commands[(unsigned char)command->name]) {
            i = jump(run, command, i, selected);
            continue;
        }
        if (selected)
            outcome = commands[(unsigned char)command->name](run, command);
        i++;
    }
    return outcome;
}

int execute(struct execution *execution) {
    struct run run = {.execution = execution};
    enum outcome outcome = ENDS_CYCLE;
    set(&run.hold, "", 0);
    set(&run.pattern, "", 0);
    while (outcome != QUITS && !execution->sink->output->error && (outcome == RESTARTS || take_line(&run, false))) {
        run.substituted &= outcome == RESTARTS;
        outcome = run_commands(&run);
        if (outcome == DELETES || outcome == RESTARTS)
            put_appended(&run);
        else
            finish_cycle(&run);
    }
    free(run.pattern.bytes);
    free(run.hold.bytes);
    free(run.made.bytes);
    free(run.appended);
    return run.status;
}
