// What a word that is being typed could become.
#include "apps/sh/complete.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/directory.h"
#include "apps/sh/builtin.h"
#include "apps/sh/glob.h"

static const char special[] = " \t\\'\"|&;()<>$`*?[#~";

static size_t word_start(const char *line, size_t cursor) {
    size_t start = cursor;
    while (start && (!strchr(" \t|&;()<>=", line[start - 1]) || (start > 1 && line[start - 2] == '\\')))
        start--;
    return start;
}

// Whether the word that ends at `end` is one that a command follows: if, do and the like.
static bool is_opening(const char *line, size_t end) {
    static const char *const words[] = {"if", "then", "elif", "else", "while", "until", "do", "{", "!", "time"};
    size_t start = word_start(line, end);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (end - start == strlen(words[i]) && !strncmp(line + start, words[i], end - start))
            return true;
    return false;
}

// A command stands at the start of the line, behind what parts commands, and behind words that open or go on with others.
static bool is_command(const char *line, size_t start) {
    while (start && (line[start - 1] == ' ' || line[start - 1] == '\t'))
        start--;
    if (!start || strchr("|&;(", line[start - 1]))
        return true;
    return is_opening(line, start) && is_command(line, word_start(line, start));
}

static bool starts_with(const char *name, const char *start) {
    return !strncmp(name, start, strlen(start));
}

static bool is_directory(const char *path) {
    struct stat information;
    return !stat(path, &information) && S_ISDIR(information.st_mode);
}

// Adds the names in a directory that begin with `start`, with `before` in front; null: they are names of commands.
static void add_names(struct strings *words, const char *directory, const char *before, const char *start) {
    struct names names;
    if (!directory_list(directory, &names))
        return;
    for (size_t i = 0; i < names.count; i++) {
        struct text word = {0};
        if (!starts_with(names.names[i], start) || (names.names[i][0] == '.' && start[0] != '.'))
            continue;
        text_add_string(&word, before ? before : "");
        text_add_string(&word, names.names[i]);
        if (before && is_directory(word.bytes))
            text_add_character(&word, '/');
        strings_add(words, text_take(&word));
    }
    names_free(&names);
}

static void add_files(struct strings *words, const char *word) {
    const char *slash = strrchr(word, '/');
    struct text before = {0};
    text_add(&before, word, slash ? (size_t)(slash - word) + 1 : 0);
    add_names(words, before.length ? before.bytes : ".", before.bytes, slash ? slash + 1 : word);
    text_release(&before);
}

static void add_commands(struct strings *words, const char *word, const char *path) {
    for (const struct builtin *builtin = builtin_table; builtin->name; builtin++)
        if (starts_with(builtin->name, word))
            strings_add(words, string_copy(builtin->name));
    struct text directory = {0};
    while (*path) {
        size_t length = strcspn(path, ":");
        text_clear(&directory);
        text_add(&directory, path, length);
        add_names(words, directory.bytes, NULL, word);
        path += length + (path[length] == ':');
    }
    text_release(&directory);
}

static int compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// A name may be a program's and the shell's own.
static void sort(struct strings *words) {
    size_t kept = 0;
    qsort(words->list, words->count, sizeof(char *), compare);
    for (size_t i = 0; i < words->count; i++) {
        if (kept && !strcmp(words->list[kept - 1], words->list[i]))
            free(words->list[i]);
        else
            words->list[kept++] = words->list[i];
    }
    words->count = kept;
    words->list[kept] = NULL;
}

static void find_common(struct completion *completion) {
    const char *first = completion->words.list[0];
    size_t length = strlen(first);
    for (size_t i = 1; i < completion->words.count; i++) {
        size_t same = 0;
        while (same < length && completion->words.list[i][same] == first[same])
            same++;
        length = same;
    }
    while (length && ((unsigned char)first[length] & 0xc0) == 0x80)
        length--; // not in the midst of a character
    text_add(&completion->common, first, length);
}

void complete(const char *line, size_t cursor, const char *path, struct completion *completion) {
    struct text typed = {0};
    *completion = (struct completion){.start = word_start(line, cursor)};
    text_add(&typed, line + completion->start, cursor - completion->start);
    char *word = glob_unescape(typed.bytes);
    if (is_command(line, completion->start) && !strchr(word, '/'))
        add_commands(&completion->words, word, path);
    else
        add_files(&completion->words, word);
    if (completion->words.count) {
        sort(&completion->words);
        find_common(completion);
    }
    free(word);
    text_release(&typed);
}

void completion_release(struct completion *completion) {
    strings_release(&completion->words);
    text_release(&completion->common);
}

char *complete_quote(const char *word) {
    struct text quoted = {0};
    for (; *word; word++) {
        if (strchr(special, *word))
            text_add_character(&quoted, '\\');
        text_add_character(&quoted, *word);
    }
    return text_take(&quoted);
}
