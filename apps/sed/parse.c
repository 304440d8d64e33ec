// Parses scripts of sed.
#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/grep/pattern.h"
#include "apps/sed/script.h"
#include "apps/sed/show.h"

struct parser {
    struct script *script;
    const char *start, *next;
};

static _Noreturn void fail(const struct parser *parser, const char *reason) {
    char place[64] = "-e expression, character ", *end = place + sizeof(place) - 1;
    char *digits = number_format(end, (uint64_t)(parser->next - parser->start));
    *end = 0;
    memmove(place + strlen(place), digits, (size_t)(end - digits) + 1);
    tool_fail(place, reason);
}

static void skip_blanks(struct parser *parser) {
    parser->next += strspn(parser->next, " \t");
}

static uint64_t take_number(struct parser *parser) {
    uint64_t number = 0;
    while (*parser->next >= '0' && *parser->next <= '9')
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*parser->next++ - '0'), &number))
            fail(parser, "the number is too large");
    return number;
}

// [...], in which \n is a line end; the parser stays at its last byte. Where to go on writing.
static char *take_brackets(struct parser *parser, char *to) {
    const char *end = parser->next + pattern_bracket_length(parser->next, strlen(parser->next));
    for (; parser->next < end; parser->next++) {
        bool line_end = parser->next[0] == '\\' && parser->next[1] == 'n';
        *to++ = line_end ? '\n' : *parser->next;
        parser->next += line_end;
    }
    parser->next--;
    return to;
}

// The text up to an unescaped delimiter, which is taken too: \DELIMITER means the delimiter, all other escapes stay, but for
// \n in a regular expression. In memory of the caller's.
static char *take_part(struct parser *parser, char delimiter, bool expression) {
    char *part = tool_allocate(strlen(parser->next) + 1, 1), *to = part;
    for (; *parser->next && *parser->next != delimiter; parser->next++) {
        char byte = *parser->next;
        if (byte == '\n' && expression)
            fail(parser, "the expression goes over the end of its line");
        if (expression && byte == '[') {
            to = take_brackets(parser, to);
        } else if (byte == '\\' && parser->next[1]) {
            char escaped = *++parser->next;
            if (escaped == 'n' && expression)
                *to++ = '\n';
            else if (escaped == delimiter)
                *to++ = escaped;
            else
                *to++ = '\\', *to++ = escaped;
        } else {
            *to++ = byte;
        }
    }
    if (!*parser->next)
        fail(parser, "the delimiter at the end is missing");
    parser->next++;
    *to = 0;
    return part;
}

static struct expression *make_expression(struct parser *parser, const char *text, bool ignore_case) {
    struct expression *expression = tool_allocate(1, sizeof(*expression));
    char reason[100];
    bool extended = parser->script->extended;
    *expression = (struct expression){.empty = !*text};
    if (expression->empty)
        return expression;
    char *translated = pattern_translate(text, strlen(text), &extended);
    int flags = (extended ? REG_EXTENDED : 0) | (ignore_case ? REG_ICASE : 0);
    int status = regcomp(&expression->regex, translated, flags);
    if (status) {
        regerror(status, &expression->regex, reason, sizeof(reason));
        fail(parser, reason);
    }
    const char *lack = pattern_lacks(translated, extended);
    if (lack)
        fail(parser, lack);
    free(translated);
    return expression;
}

static void take_match(struct parser *parser, struct address *address) {
    char delimiter = *parser->next++;
    if (delimiter == '\\')
        delimiter = *parser->next ? *parser->next++ : '/';
    char *text = take_part(parser, delimiter, true);
    bool ignore_case = *parser->next == 'I';
    parser->next += ignore_case;
    address->kind = ADDRESS_MATCH;
    address->expression = make_expression(parser, text, ignore_case);
    free(text);
}

static void take_address(struct parser *parser, struct address *address, bool second) {
    char letter = *parser->next;
    if (letter >= '0' && letter <= '9') {
        address->kind = ADDRESS_LINE;
        address->line = take_number(parser);
        if (*parser->next == '~') {
            parser->next++;
            address->kind = ADDRESS_STEP;
            address->step = take_number(parser);
        }
    } else if (letter == '$') {
        parser->next++;
        address->kind = ADDRESS_LAST;
    } else if (letter == '/' || letter == '\\') {
        take_match(parser, address);
    } else if (letter == '+' && second) {
        parser->next++;
        address->kind = ADDRESS_MORE;
        address->line = take_number(parser);
    }
}

static void take_addresses(struct parser *parser, struct command *command) {
    take_address(parser, &command->first, false);
    skip_blanks(parser);
    if (command->first.kind != ADDRESS_NONE && *parser->next == ',') {
        parser->next++;
        skip_blanks(parser);
        take_address(parser, &command->second, true);
        if (command->second.kind == ADDRESS_NONE)
            fail(parser, "an address is wanted behind the comma");
    }
    skip_blanks(parser);
    for (; *parser->next == '!'; parser->next++)
        command->inverted = true;
    skip_blanks(parser);
    if (command->first.kind == ADDRESS_LINE && !command->first.line && command->second.kind != ADDRESS_MATCH)
        fail(parser, "lines are numbered from 1 on");
}

// The rest of the line. In memory of the caller's.
static char *take_file(struct parser *parser) {
    skip_blanks(parser);
    size_t length = strcspn(parser->next, "\n");
    if (!length)
        fail(parser, "a file is wanted");
    char *name = strndup(parser->next, length);
    parser->next += length;
    return name;
}

static void take_sink(struct parser *parser, struct command *command) {
    char *name = take_file(parser);
    command->sink = sink_of_file(name);
    free(name);
}

static void take_flags(struct parser *parser, struct command *command, bool *ignore_case) {
    for (;; parser->next++) {
        char letter = *parser->next;
        if (letter == 'g') {
            command->everywhere = true;
        } else if (letter == 'p') {
            command->print = true;
        } else if (letter == 'i' || letter == 'I') {
            *ignore_case = true;
        } else if (letter >= '1' && letter <= '9') {
            command->which = take_number(parser);
            parser->next--;
        } else if (letter == 'w') {
            parser->next++;
            take_sink(parser, command);
            return;
        } else {
            return;
        }
    }
}

static void take_substitution(struct parser *parser, struct command *command) {
    char delimiter = *parser->next;
    bool ignore_case = false;
    if (!delimiter || delimiter == '\n' || delimiter == '\\')
        fail(parser, "a delimiter is wanted");
    parser->next++;
    char *expression = take_part(parser, delimiter, true);
    command->text = take_part(parser, delimiter, false);
    command->text_length = strlen(command->text);
    command->which = 1;
    take_flags(parser, command, &ignore_case);
    command->expression = make_expression(parser, expression, ignore_case);
    free(expression);
}

static size_t unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\\' && from[1])
            *to++ = *++from == 'n' ? '\n' : *from;
        else
            *to++ = *from;
    }
    *to = 0;
    return (size_t)(to - text);
}

static void take_map(struct parser *parser, struct command *command) {
    char delimiter = *parser->next;
    if (!delimiter || delimiter == '\n' || delimiter == '\\')
        fail(parser, "a delimiter is wanted");
    parser->next++;
    char *from = take_part(parser, delimiter, false), *to = take_part(parser, delimiter, false);
    size_t length = unescape(from);
    if (unescape(to) != length)
        fail(parser, "both parts of y must be equally long");
    command->map = tool_allocate(256, 1);
    for (unsigned i = 0; i < 256; i++)
        command->map[i] = (unsigned char)i;
    for (size_t i = 0; i < length; i++)
        command->map[(unsigned char)from[i]] = (unsigned char)to[i];
    free(from);
    free(to);
}

// The text of a, c, i: behind a blank, or in the lines after a backslash, each of which but the last ends with one.
static void take_text(struct parser *parser, struct command *command) {
    char *to = command->text = tool_allocate(strlen(parser->next) + 2, 1);
    skip_blanks(parser);
    if (*parser->next == '\\') {
        parser->next++;
        skip_blanks(parser);
        parser->next += *parser->next == '\n';
    }
    for (; *parser->next && *parser->next != '\n'; parser->next++) {
        parser->next += *parser->next == '\\' && parser->next[1];
        *to++ = *parser->next;
    }
    *to++ = '\n';
    command->text_length = (size_t)(to - command->text);
}

static void take_label(struct parser *parser, struct command *command) {
    skip_blanks(parser);
    size_t length = strcspn(parser->next, command->name == ':' ? "\n;" : "\n;}");
    while (length && (parser->next[length - 1] == ' ' || parser->next[length - 1] == '\t'))
        length--;
    command->label = strndup(parser->next, length);
    parser->next += length;
    if (command->name == ':' && !length)
        fail(parser, "a label is wanted");
}

static void take_arguments(struct parser *parser, struct command *command) {
    switch (command->name) {
    case 's':
        take_substitution(parser, command);
        break;
    case 'y':
        take_map(parser, command);
        break;
    case 'a':
    case 'c':
    case 'i':
        take_text(parser, command);
        break;
    case 'b':
    case 't':
    case ':':
        take_label(parser, command);
        break;
    case 'q':
        skip_blanks(parser);
        command->number = take_number(parser);
        break;
    case 'l':
        skip_blanks(parser);
        command->number = *parser->next >= '0' && *parser->next <= '9' ? take_number(parser) : SHOW_WIDTH;
        break;
    case 'r':
        command->text = take_file(parser);
        break;
    case 'w':
        take_sink(parser, command);
        break;
    default:
        break;
    }
}

static void check_end(struct parser *parser, char name) {
    skip_blanks(parser);
    if (name != '{' && *parser->next && !strchr(";\n}#", *parser->next))
        fail(parser, "there is too much behind the command");
}

static void take_command(struct parser *parser) {
    struct script *script = parser->script;
    struct command command = {.target = SIZE_MAX};
    take_addresses(parser, &command);
    command.name = *parser->next;
    if (!command.name || !strchr("{}=abcdDgGhHilnNpPqrstwxy:", command.name))
        fail(parser, command.name ? "no such command" : "a command is missing");
    parser->next++;
    if (strchr("}:", command.name) && command.first.kind != ADDRESS_NONE)
        fail(parser, "it takes no address");
    take_arguments(parser, &command);
    check_end(parser, command.name);
    script->commands = tool_reallocate(script->commands, script->count + 1, sizeof(command));
    script->commands[script->count++] = command;
}

void script_parse(struct script *script, const char *text) {
    struct parser parser = {.script = script, .start = text, .next = text};
    script->quiet |= !script->count && !strncmp(text, "#n\n", 3);
    for (;;) {
        parser.next += strspn(parser.next, " \t\n;");
        if (!*parser.next)
            return;
        if (*parser.next == '#')
            parser.next += strcspn(parser.next, "\n");
        else
            take_command(&parser);
    }
}

static size_t find_label(const struct script *script, const char *label) {
    if (!*label)
        return script->count;
    for (size_t i = 0; i < script->count; i++)
        if (script->commands[i].name == ':' && !strcmp(script->commands[i].label, label))
            return i;
    tool_fail(label, "no such label");
}

static size_t find_closing(const struct script *script, size_t from) {
    size_t depth = 0;
    for (size_t i = from; i < script->count; i++) {
        depth += script->commands[i].name == '{';
        if (script->commands[i].name == '}' && --depth == 0)
            return i;
    }
    tool_fail(NULL, "a { has no }");
}

void script_link(struct script *script) {
    size_t depth = 0;
    for (size_t i = 0; i < script->count; i++) {
        struct command *command = &script->commands[i];
        depth += command->name == '{';
        if (command->name == '}' && !depth--)
            tool_fail(NULL, "a } has no {");
        if (command->name == '{')
            command->target = find_closing(script, i);
        else if (command->name == 'b' || command->name == 't')
            command->target = find_label(script, command->label);
    }
}
