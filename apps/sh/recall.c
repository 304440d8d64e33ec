// Lines of before in a line that is typed.
#include "apps/sh/recall.h"

#include <stdint.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/sh/lexer.h"

struct recall {
    const struct history *history;
    const char *start, *next;
    struct text *result;
    char quote; // that the place is in: ' " or 0
    bool failed, any;
};

static const char *line_at(const struct history *history, size_t back) {
    size_t count = history->lines.count;
    return back && back <= count ? history->lines.list[count - back] : NULL;
}

// Null: none has this number.
static const char *line_of_number(const struct history *history, uint64_t number) {
    size_t last = history->first_number + history->lines.count;
    return number && number <= last ? line_at(history, last + 1 - (size_t)number) : NULL;
}

static const char *line_of_start(const struct history *history, const char *start, size_t length) {
    for (size_t back = 1; back <= history->lines.count; back++)
        if (!strncmp(line_at(history, back), start, length))
            return line_at(history, back);
    return NULL;
}

// The word of that number, from 0 on; one that is too high: the last. False: there are not two.
static bool find_word(const char *line, size_t number, struct token *word) {
    struct lexer lexer;
    bool found = false;
    lexer_start(&lexer, line);
    for (size_t i = 0; i <= number; i++) {
        struct token token = lexer_next(&lexer);
        if (token.kind == TOKEN_END || token.kind == TOKEN_OPEN)
            break;
        found = i || !number;
        *word = token;
    }
    return found;
}

// The words that ! and this letter mean, of the line before. False: there are none.
static bool put_words(struct recall *recall, char letter) {
    const char *line = line_at(recall->history, 1);
    struct token word = {0}, last = {0};
    if (!line || !find_word(line, SIZE_MAX, &last))
        return line && letter == '*'; // a command alone has none
    if (letter == '$')
        word = last;
    else if (!find_word(line, 1, &word))
        return false;
    const char *end = letter == '*' ? last.text + last.length : word.text + word.length;
    text_add(recall->result, word.text, (size_t)(end - word.text));
    return true;
}

static bool put_line(struct recall *recall, const char *line) {
    if (line)
        text_add_string(recall->result, line);
    return line;
}

// N, -N or the start of a line: up to a blank, or what ends a word of the shell.
static size_t name_length(const struct recall *recall, const char *name) {
    return strcspn(name, recall->quote == '"' ? " \t\n;&|()<>:\"" : " \t\n;&|()<>:");
}

static bool put_named(struct recall *recall, const char *name, size_t length) {
    struct text text = {0};
    uint64_t number;
    bool backwards = *name == '-';
    text_add(&text, name + backwards, length - backwards);
    const char *line;
    if (number_parse(text.bytes, &number))
        line = backwards ? line_at(recall->history, (size_t)number) : line_of_number(recall->history, number);
    else
        line = line_of_start(recall->history, name, length);
    text_release(&text);
    return put_line(recall, line);
}

// Behind a !.
static void put_event(struct recall *recall) {
    const char *name = recall->next + 1;
    size_t length = 1;
    bool found;
    if (*name == '!') {
        found = put_line(recall, line_at(recall->history, 1));
    } else if (strchr("$^*", *name)) {
        found = put_words(recall, *name);
    } else {
        length = name_length(recall, name);
        found = length && put_named(recall, name, length);
    }
    if (!found) {
        recall->failed = true;
        text_clear(recall->result);
        text_add(recall->result, recall->next, length + 1);
    }
    recall->any = true;
    recall->next = name + length;
}

static bool is_plain(const struct recall *recall) {
    const char *at = recall->next;
    char before = at > recall->start ? at[-1] : 0, after = at[1];
    if (!after || strchr(" \t\n\r=(;&|<>)", after) || (after == '"' && recall->quote == '"'))
        return true;
    if (before == '$' || (before == '{' && at - recall->start > 1 && at[-2] == '$'))
        return true;
    return before == '[' && strchr(at, ']');
}

// Goes over one byte, or two where the first hides the second, that stand for themselves.
static void pass(struct recall *recall, bool copied) {
    char byte = *recall->next;
    size_t length = byte == '\\' && recall->quote != '\'' && recall->next[1] ? 2 : 1;
    bool quotes = byte == '\'' || byte == '"';
    if (quotes && recall->quote == byte)
        recall->quote = 0;
    else if (quotes && !recall->quote)
        recall->quote = byte;
    if (copied)
        text_add(recall->result, recall->next, length);
    recall->next += length;
}

// ^OLD^NEW, with another ^ at the end or none.
static bool put_changed(struct recall *recall, const char *line) {
    const char *old = line + 1, *middle = strchr(old, '^');
    const char *before = line_at(recall->history, 1), *new = middle ? middle + 1 : "";
    struct text sought = {0};
    text_add(&sought, old, middle ? (size_t)(middle - old) : strlen(old));
    const char *found = before && sought.length ? strstr(before, sought.bytes) : NULL;
    if (found) {
        size_t length = strcspn(new, "^");
        text_add(recall->result, before, (size_t)(found - before));
        text_add(recall->result, new, length);
        text_add_string(recall->result, found + sought.length);
        text_add_string(recall->result, new + length + (new[length] == '^'));
    } else {
        text_add_string(recall->result, line);
    }
    text_release(&sought);
    return found;
}

enum recall_result recall_expand(const struct history *history, const char *lines, const char *line,
                                 struct text *result) {
    struct recall recall = {.history = history, .start = lines, .next = lines, .result = result};
    if (*line == '^' && !*lines)
        return put_changed(&recall, line) ? RECALL_DONE : RECALL_FAILED;
    while (*recall.next)
        pass(&recall, false);
    recall.start = recall.next = line;
    text_add(result, "", 0);
    while (*recall.next && !recall.failed) {
        if (*recall.next == '!' && recall.quote != '\'' && !is_plain(&recall))
            put_event(&recall);
        else
            pass(&recall, true);
    }
    return recall.failed ? RECALL_FAILED : recall.any ? RECALL_DONE : RECALL_NONE;
}
