// The shell's read: a line of standard input, split into variables.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

// A line being read: a byte that was behind a backslash is no separator.
struct reading {
    struct text line;
    struct text hidden; // for each byte 'h' if it was behind a backslash, else '.'
    bool raw;
};

static void add(struct reading *reading, char byte, bool hidden) {
    text_add_character(&reading->line, byte);
    text_add_character(&reading->hidden, hidden ? 'h' : '.');
}

// One byte at a time: what follows the line is the next command's. 0 at the end, -1: errno.
static ssize_t read_byte(int descriptor, char *byte) {
    ssize_t got;
    do
        got = read(descriptor, byte, 1);
    while (got < 0 && errno == EINTR);
    return got;
}

// False: the input ended before the line did.
static bool read_line(const struct builtin_call *call, struct reading *reading) {
    bool escaped = false;
    char byte;
    ssize_t got;
    while ((got = read_byte(call->input, &byte)) == 1) {
        if (byte == '\n' && !escaped)
            return true;
        if (byte == '\\' && !reading->raw && !escaped) {
            escaped = true;
            continue;
        }
        if (byte && !(byte == '\n' && escaped))
            add(reading, byte, escaped);
        escaped = false;
    }
    if (got < 0)
        builtin_fail(call, "standard input", strerror(errno), 1);
    return false;
}

static bool is_separator(const struct reading *reading, const char *separators, size_t at) {
    return reading->hidden.bytes[at] == '.' && strchr(separators, reading->line.bytes[at]);
}

static bool is_blank(const struct reading *reading, const char *separators, size_t at) {
    return is_separator(reading, separators, at) && strchr(" \t\n", reading->line.bytes[at]);
}

static size_t skip_blanks(const struct reading *reading, const char *separators, size_t at) {
    while (at < reading->line.length && is_blank(reading, separators, at))
        at++;
    return at;
}

// Where the field that starts at `at` ends, and where the next one starts.
static size_t find_end(const struct reading *reading, const char *separators, size_t at, size_t *next) {
    while (at < reading->line.length && !is_separator(reading, separators, at))
        at++;
    *next = skip_blanks(reading, separators, at);
    if (*next < reading->line.length && is_separator(reading, separators, *next))
        *next = skip_blanks(reading, separators, *next + 1);
    return at;
}

// The last variable gets all that is left, but blanks at the end, and a separator that ends the only field.
static size_t end_of_rest(const struct reading *reading, const char *separators, size_t at) {
    size_t next, end = find_end(reading, separators, at, &next);
    if (next >= reading->line.length)
        return end;
    end = reading->line.length;
    while (end > at && is_blank(reading, separators, end - 1))
        end--;
    return end;
}

// False: one of the variables is read only.
static bool split(const struct builtin_call *call, const struct reading *reading, char **names) {
    struct shell *shell = call->shell;
    bool done = true;
    const char *set = variables_get(&shell->variables, "IFS"), *separators = set ? set : " \t\n";
    char *own = string_copy(separators); // one of the names may be IFS
    size_t at = skip_blanks(reading, own, 0);
    for (; *names; names++) {
        size_t next = reading->line.length;
        size_t end = names[1] ? find_end(reading, own, at, &next) : end_of_rest(reading, own, at);
        struct text value = {0};
        text_add(&value, reading->line.bytes + at, end - at);
        if (!variables_set(&shell->variables, *names, value.bytes)) {
            builtin_fail(call, *names, VARIABLE_IS_FIXED, 1);
            done = false;
        }
        text_release(&value);
        at = next;
    }
    free(own);
    return done;
}

static bool are_names(const struct builtin_call *call, char **names) {
    for (; *names; names++) {
        if (!variables_is_name(*names)) {
            builtin_fail(call, *names, "not a name", 1);
            return false;
        }
    }
    return true;
}

// -r and -p PROMPT. Null: it was complained about.
static char **take_options(const struct builtin_call *call, struct reading *reading) {
    char **word = call->arguments + 1;
    for (; *word && (*word)[0] == '-' && (*word)[1]; word++) {
        if (!strcmp(*word, "-r")) {
            reading->raw = true;
        } else if (!strcmp(*word, "-p") && word[1]) {
            word++;
            write_fully(call->error, *word, strlen(*word));
        } else {
            builtin_fail(call, *word, "no such option", SHELL_MISUSED);
            return NULL;
        }
    }
    return word;
}

int builtin_read(struct builtin_call *call) {
    struct reading reading = {0};
    char **names = take_options(call, &reading);
    if (!names)
        return SHELL_MISUSED;
    if (!are_names(call, names))
        return 1;
    text_add(&reading.line, "", 0);
    text_add(&reading.hidden, "", 0);
    bool ended = read_line(call, &reading);
    if (*names)
        ended &= split(call, &reading, names);
    else
        variables_set(&call->shell->variables, "REPLY", reading.line.bytes);
    text_release(&reading.line);
    text_release(&reading.hidden);
    return !ended;
}
