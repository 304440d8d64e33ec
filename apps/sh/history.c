// Lines that were typed before.
#include "apps/sh/history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/output.h"

enum { BLOCK = 4096 };

static bool remember(struct history *history, const char *line) {
    struct strings *lines = &history->lines;
    bool again = lines->count && !strcmp(lines->list[lines->count - 1], line);
    if (!*line || *line == ' ' || again)
        return false;
    if (lines->count == HISTORY_MAX) {
        free(lines->list[0]);
        memmove(lines->list, lines->list + 1, lines->count * sizeof(char *)); // the null pointer too
        lines->count--;
        history->first_number++;
    }
    strings_add(lines, string_copy(line));
    return true;
}

// One write for one line: several shells may add to the file.
static void append(const char *path, const char *line) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return;
    struct text text = {0};
    text_add_string(&text, line);
    text_add_character(&text, '\n');
    write_fully(descriptor, text.bytes, text.length);
    text_release(&text);
    close(descriptor);
}

void history_add(struct history *history, const char *line) {
    if (remember(history, line) && history->path)
        append(history->path, line);
}

static void load(struct history *history, char *lines) {
    for (char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        *end = 0;
        remember(history, lines);
    }
}

void history_open(struct history *history, const char *path) {
    struct text text = {0};
    char block[BLOCK];
    ssize_t got;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    while (descriptor >= 0 && (got = read(descriptor, block, sizeof(block))) > 0)
        text_add(&text, block, (size_t)got);
    if (descriptor >= 0)
        close(descriptor);
    if (text.length)
        load(history, text.bytes);
    text_release(&text);
    history->path = string_copy(path);
}
