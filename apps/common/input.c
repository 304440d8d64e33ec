// Bytes and lines of a descriptor. A line is given out where it lies in the buffer; the buffer grows with the
// longest.
#include "apps/common/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/short.h"
#include "apps/common/tool.h"

bool input_open(struct input *input, const char *name) {
    bool standard = !strcmp(name, "-");
    input->descriptor = standard ? 0 : open(name, O_RDONLY | O_CLOEXEC);
    input->name = standard ? "standard input" : name;
    input->start = input->end = 0;
    input->ended = input->descriptor < 0;
    if (input->descriptor < 0)
        tool_complain_errno(name);
    return input->descriptor >= 0;
}

void input_close(struct input *input) {
    if (input->descriptor > 0)
        close(input->descriptor);
    input->descriptor = -1;
    input->ended = true;
}

// Makes room behind `end`: by moving what is not given out to the front, or by a larger buffer.
static void make_room(struct input *input) {
    size_t left = input->end - input->start;
    if (left >= input->capacity / 2) {
        input->capacity = input->capacity ? input->capacity * 2 : INPUT_BLOCK;
        input->buffer = tool_reallocate(input->buffer, input->capacity + SHORT_SLACK, 1);
    }
    if (left)
        memmove(input->buffer, input->buffer + input->start, left);
    input->start = 0;
    input->end = left;
}

bool input_fill(struct input *input) {
    if (input->ended)
        return false;
    make_room(input);
    ssize_t got;
    do
        got = read(input->descriptor, input->buffer + input->end, input->capacity - input->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        tool_complain_errno(input->name);
    if (got <= 0) {
        input->ended = true;
        return false;
    }
    input->end += (size_t)got;
    return true;
}

bool input_block(struct input *input, char **block, size_t *size) {
    if (input->start == input->end && !input_fill(input))
        return false;
    *block = input->buffer + input->start;
    *size = input->end - input->start;
    input->start = input->end;
    return true;
}

static bool give_line(struct input *input, struct line *line, size_t length, bool terminated) {
    line->text = input->buffer + input->start;
    line->length = length;
    line->terminated = terminated;
    input->start += length + terminated;
    return true;
}

bool input_line(struct input *input, struct line *line) {
    size_t searched = 0;
    for (;;) {
        size_t left = input->end - input->start;
        if (left > searched) {
            char *text = input->buffer + input->start;
            char *found = short_find_line_end(text + searched, left - searched);
            if (found)
                return give_line(input, line, (size_t)(found - text), true);
        }
        searched = left;
        if (!input_fill(input))
            return left && give_line(input, line, left, false);
    }
}

// Reads straight into the whole: its bytes are copied only when it grows.
void input_whole(struct input *input, struct whole *whole) {
    while (!input->ended) {
        if (whole->capacity - whole->size < INPUT_BLOCK) {
            whole->capacity = (whole->capacity + INPUT_BLOCK) * 2;
            whole->text = tool_reallocate(whole->text, whole->capacity, 1);
        }
        ssize_t got = read(input->descriptor, whole->text + whole->size, whole->capacity - whole->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            tool_complain_errno(input->name);
        input->ended = got <= 0;
        whole->size += got > 0 ? (size_t)got : 0;
    }
}
