// tail: the last lines, or bytes, of each file.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/part.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {
    {"bytes", 'c'}, {"lines", 'n'}, {"quiet", 'q'}, {"silent", 'q'}, {"verbose", 'v'}, {"follow", 'f'}, {0}};
static const struct tool tool = {
    .name = "tail",
    .usage = "usage: tail [-n COUNT | -c COUNT | -COUNT] [-fqv] [FILE]...\n"
             "Writes the last 10 lines of each file.\n"
             "  -n  so many lines; with + before the count: from that line on\n"
             "  -c  the same for bytes   -q  no file names   -v  file names always\n"
             "  -f  goes on, and writes what is added to the files, until Ctrl-C\n",
    .options = PART_OPTIONS "f",
    .names = names,
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

// ---- -f ----

enum { LOOKS_A_SECOND = 5, BLOCK = 4096 };

struct followed {
    const char *name;
    int descriptor;
};

static struct followed *followed;
static size_t followed_count, shown; // whose text came last

// Standard input that is a pipe has ended; what a file has more is seen by reading on.
static void follow(const struct input *input) {
    if (!strcmp(input->name, "standard input"))
        return;
    followed = tool_reallocate(followed, followed_count + 1, sizeof(*followed));
    struct followed *file = &followed[followed_count];
    *file = (struct followed){input->name, dup(input->descriptor)};
    if (file->descriptor < 0)
        tool_fail_errno(file->name);
    shown = followed_count++;
}

static bool is_shorter(const struct followed *file) {
    off_t now = lseek(file->descriptor, 0, SEEK_CUR), end = lseek(file->descriptor, 0, SEEK_END);
    return now >= 0 && end >= 0 && (lseek(file->descriptor, end < now ? 0 : now, SEEK_SET) < 0 || end < now);
}

static void show_news(size_t index) {
    static char block[BLOCK];
    const struct followed *file = &followed[index];
    ssize_t got;
    if (is_shorter(file))
        tool_complain(file->name, "it was made shorter");
    while ((got = read(file->descriptor, block, sizeof(block))) > 0 && !standard_output.error) {
        if (index != shown && followed_count > 1 && !options.quiet)
            part_write_name(file->name, false);
        shown = index;
        output_bytes(&standard_output, block, (size_t)got);
    }
    if (got < 0)
        tool_fail_errno(file->name);
}

static void follow_all(void) {
    const struct timespec pause = {.tv_nsec = 1000000000 / LOOKS_A_SECOND};
    while (followed_count && output_flush(&standard_output)) {
        for (size_t i = 0; i < followed_count; i++)
            show_news(i);
        nanosleep(&pause, NULL);
    }
}

static void copy_part(struct input *input) {
    if (options.marked)
        copy_from(input);
    else
        copy_last(input);
    if (options.follows)
        follow(input);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    part_read_options(&options, '+');
    part_of_each(&options, copy_part);
    follow_all();
    return tool_finish(0);
}
