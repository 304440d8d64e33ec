// Names of files that match a pattern: part by part of the path, a directory is read only where a part has a
// wildcard.
#include "apps/sh/glob.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/directory.h"
#include "apps/common/match.h"

char *glob_unescape(const char *pattern) {
    struct text text = {0};
    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        text_add_character(&text, *pattern);
    }
    return text_take(&text);
}

static bool has_wildcard(const char *pattern) {
    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        else if (strchr("*?[", *pattern))
            return true;
    }
    return false;
}

static void walk(struct text *path, const char *pattern, struct strings *paths);

// Goes on behind one part of the path, which is there: `path` ends with it.
static void go_on(struct text *path, const char *rest, struct strings *paths) {
    struct stat information;
    if (!*rest) {
        if (!stat(path->bytes, &information))
            strings_add(paths, string_copy(path->bytes));
        return;
    }
    size_t slashes = strspn(rest, "/");
    text_add(path, rest, slashes);
    walk(path, rest + slashes, paths);
}

static void match_names(struct text *path, const char *part, const char *rest, struct strings *paths) {
    struct names names;
    size_t length = path->length;
    if (!directory_list(length ? path->bytes : ".", &names))
        return;
    for (size_t i = 0; i < names.count; i++) {
        bool hidden = names.names[i][0] == '.' && part[0] != '.';
        if (hidden || !pattern_matches(part, names.names[i]))
            continue;
        text_add_string(path, names.names[i]);
        go_on(path, rest, paths);
        text_remove(path, length, path->length - length);
    }
    names_free(&names);
}

// `path` is empty or ends with a slash.
static void walk(struct text *path, const char *pattern, struct strings *paths) {
    size_t part_length = strcspn(pattern, "/"), length = path->length;
    struct text part = {0};
    text_add(&part, pattern, part_length);
    if (part_length && has_wildcard(part.bytes)) {
        match_names(path, part.bytes, pattern + part_length, paths);
    } else {
        char *plain = glob_unescape(part.bytes);
        text_add_string(path, plain);
        free(plain);
        go_on(path, pattern + part_length, paths);
    }
    text_remove(path, length, path->length - length);
    text_release(&part);
}

static int compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void glob_add(const char *pattern, struct strings *paths) {
    struct text path = {0};
    size_t slashes = strspn(pattern, "/"), before = paths->count;
    text_add(&path, pattern, slashes);
    walk(&path, pattern + slashes, paths);
    text_release(&path);
    if (paths->count > before)
        qsort(paths->list + before, paths->count - before, sizeof(char *), compare);
}
