// Bytes and lines of a descriptor. A line is given out where it lies in the buffer; the buffer grows with the
// longest.
#include "apps/common/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/common/short.h"
#include "apps/common/tool.h"

// Where reads begin lies at a page, and large ones are of whole pages: libc then takes those of the file and copies nothing.
enum { PAGE = 4096, INPUT_LARGE = 1 << 20 };

bool input_open(struct input *input, const char *name) {
    bool standard = !strcmp(name, "-");
    input->descriptor = standard ? 0 : open(name, O_RDONLY | O_CLOEXEC);
    input->name = standard ? "standard input" : name;
    input->start = input->end = 0;
    input->ended = input->descriptor < 0;
    input->is_long = false;
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

static char *pages_allocate(size_t size) {
    return aligned_alloc(PAGE, (size + PAGE - 1) / PAGE * PAGE);
}

// Moves what is not given out so that it ends where a page does.
static void move_to(struct input *input, char *buffer, size_t left) {
    size_t start = (PAGE - left % PAGE) % PAGE;
    if (left)
        memmove(buffer + start, input->buffer + input->start, left);
    input->start = start;
    input->end = start + left;
}

static bool enlarge(struct input *input, size_t capacity, size_t left) {
    char *buffer = pages_allocate(capacity + SHORT_SLACK);
    if (!buffer)
        return false;
    move_to(input, buffer, left);
    free(input->buffer);
    input->buffer = buffer;
    input->capacity = capacity;
    return true;
}

// Makes room behind `end`: by moving what is not given out to the front, or by a larger buffer.
static void make_room(struct input *input) {
    size_t left = input->end - input->start;
    if (left >= input->capacity / 2) {
        if (!enlarge(input, input->capacity ? input->capacity * 2 : INPUT_BLOCK, left))
            tool_fail(NULL, "out of memory");
    } else if (!input->is_long || input->capacity >= INPUT_LARGE || !enlarge(input, INPUT_LARGE, left)) {
        move_to(input, input->buffer, left);
    }
}

bool input_fill(struct input *input) {
    if (input->ended)
        return false;
    make_room(input);
    size_t room = input->capacity - input->end;
    ssize_t got;
    do
        got = read(input->descriptor, input->buffer + input->end, room);
    while (got < 0 && errno == EINTR);
    input->is_long = got == (ssize_t)room;
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

// Room for a whole file, once it has turned out to be long.
static void grow(const struct input *input, struct whole *whole) {
    struct stat about;
    size_t capacity = (whole->capacity + INPUT_BLOCK) * 2;
    if (whole->size && !fstat(input->descriptor, &about) && S_ISREG(about.st_mode) && about.st_size < INT64_MAX / 2)
        capacity += (size_t)about.st_size;
    char *text = pages_allocate(capacity);
    if (!text)
        tool_fail(NULL, "out of memory");
    if (whole->size)
        memcpy(text, whole->text, whole->size);
    free(whole->text);
    whole->text = text;
    whole->capacity = capacity;
}

// Reads straight into the whole: its bytes are copied only when it grows.
void input_whole(struct input *input, struct whole *whole) {
    while (!input->ended) {
        if (whole->capacity - whole->size < INPUT_BLOCK)
            grow(input, whole);
        ssize_t got = read(input->descriptor, whole->text + whole->size, whole->capacity - whole->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            tool_complain_errno(input->name);
        input->ended = got <= 0;
        whole->size += got > 0 ? (size_t)got : 0;
    }
}
