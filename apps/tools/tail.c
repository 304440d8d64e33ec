// tail: the last lines, or bytes, of each file.
#include <stdlib.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/part.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "tail",
    .usage = "usage: tail [-n COUNT | -c COUNT | -COUNT] [-qv] [FILE]...\n"
             "Writes the last 10 lines of each file.\n"
             "  -n  so many lines; with + before the count: from that line on\n"
             "  -c  the same for bytes   -q  no file names   -v  file names always\n",
    .options = PART_OPTIONS,
    .failure = 1,
};

static struct part_options options;

// The end of the text, which has been cut so that little more than what is wanted is kept.
struct last {
    struct whole whole;
    uint64_t lines; // ended lines in it
};

static uint64_t count_lines(const char *text, size_t size) {
    uint64_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

// How many bytes at the start of `last` can never be wanted any more.
static size_t bytes_to_forget(const struct last *last) {
    if (options.in_bytes)
        return last->whole.size > options.count ? last->whole.size - (size_t)options.count : 0;
    size_t forget = 0;
    for (uint64_t lines = last->lines; lines > options.count; lines--)
        forget =
            (size_t)((char *)memchr(last->whole.text + forget, '\n', last->whole.size - forget) - last->whole.text) + 1;
    return forget;
}

static void forget_start(struct last *last, bool unended_line_counts) {
    bool unended = last->whole.size && last->whole.text[last->whole.size - 1] != '\n';
    last->lines += unended && unended_line_counts;
    size_t forget = bytes_to_forget(last);
    last->lines -= count_lines(last->whole.text, forget);
    last->whole.size -= forget;
    if (forget && last->whole.text)
        memmove(last->whole.text, last->whole.text + forget, last->whole.size);
}

static void add(struct last *last, const char *block, size_t size) {
    struct whole *whole = &last->whole;
    if (!whole->text || whole->capacity - whole->size < size) {
        forget_start(last, false);
        if (!whole->text || whole->capacity / 2 < whole->size + size) {
            whole->capacity = (whole->size + size) * 4;
            whole->text = tool_reallocate(whole->text, whole->capacity, 1);
        }
    }
    memcpy(whole->text + whole->size, block, size);
    whole->size += size;
    last->lines += count_lines(block, size);
}

static void copy_last(struct input *input) {
    struct last last = {0};
    size_t size;
    for (char *block; input_block(input, &block, &size);)
        add(&last, block, size);
    if (last.whole.size) {
        forget_start(&last, true);
        output_bytes(&standard_output, last.whole.text, last.whole.size);
    }
    free(last.whole.text);
}

// How much of the block is skipped; `left` is what remains to be skipped after it.
static size_t skip(const char *block, size_t size, uint64_t *left) {
    if (options.in_bytes) {
        size_t part = size < *left ? size : (size_t)*left;
        *left -= part;
        return part;
    }
    size_t skipped = 0;
    while (*left && skipped < size) {
        const char *end = memchr(block + skipped, '\n', size - skipped);
        *left -= end != NULL;
        skipped = end ? (size_t)(end - block) + 1 : size;
    }
    return skipped;
}

static void copy_from(struct input *input) {
    uint64_t left = options.count ? options.count - 1 : 0;
    size_t size;
    for (char *block; !standard_output.error && input_block(input, &block, &size);) {
        size_t skipped = skip(block, size, &left);
        output_bytes(&standard_output, block + skipped, size - skipped);
    }
}

static void copy_part(struct input *input) {
    if (options.marked)
        copy_from(input);
    else
        copy_last(input);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    part_read_options(&options, '+');
    part_of_each(&options, copy_part);
    return tool_finish(0);
}
