// cmp: whether two files are the same, and where they differ first.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "cmp",
    .usage =
        "usage: cmp [-ls] [-n COUNT] FILE [FILE]\n"
        "Compares two files byte by byte; one that is not given is standard input.\n"
        "  -l  all bytes that differ: place, and both in octal   -s  nothing but the status   -n  at most COUNT bytes\n"
        "Status: 0 they are the same, 1 they differ, 2 trouble.\n",
    .options = "lsn:",
    .failure = 2,
};

static bool list, silent;
static uint64_t most = UINT64_MAX;

static void open_file(struct input *input, const char *name) {
    struct stat information;
    if (strcmp(name, "-") != 0 && !stat(name, &information) && S_ISDIR(information.st_mode)) {
        errno = EISDIR;
        tool_fail_errno(name);
    }
    if (!input_open(input, name))
        tool_fail(NULL, "nothing was compared");
}

static void put_octal(unsigned char byte) {
    char text[] = {(char)('0' + (byte >> 6)), (char)('0' + (byte >> 3 & 7)), (char)('0' + (byte & 7)), 0};
    for (int i = 0; i < 2 && text[i] == '0'; i++)
        text[i] = ' ';
    output_text(&standard_output, text);
}

static void tell_place(char **names, const char *before, uint64_t byte, uint64_t line) {
    struct output *out = &standard_output;
    output_text(out, names[0]);
    output_character(out, ' ');
    output_text(out, names[1]);
    output_text(out, before);
    output_number(out, byte);
    output_text(out, ", line ");
    output_number(out, line);
    output_character(out, '\n');
}

static void list_difference(uint64_t byte, unsigned char left, unsigned char right) {
    output_number(&standard_output, byte);
    output_character(&standard_output, ' ');
    put_octal(left);
    output_character(&standard_output, ' ');
    put_octal(right);
    output_character(&standard_output, '\n');
}

static size_t part(const struct input *left, const struct input *right, uint64_t seen) {
    size_t first = left->end - left->start, second = right->end - right->start, size = first < second ? first : second;
    return most - seen < size ? (size_t)(most - seen) : size;
}

static bool has_bytes(struct input *input) {
    return input->start < input->end || input_fill(input);
}

static int end_early(const char *name) {
    if (!silent) {
        tool_complain(name, "ends before the other file");
        return 1;
    }
    return 1;
}

// Looks at `size` bytes of both. False: that decides.
static bool compare_part(const char *left, const char *right, size_t size, char **names, uint64_t seen, uint64_t *line,
                         bool *differ) {
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            *differ = true;
            if (list && !silent)
                list_difference(seen + i + 1, (unsigned char)left[i], (unsigned char)right[i]);
            else if (!silent)
                tell_place(names, " differ: char ", seen + i + 1, *line);
            if (!list)
                return false;
        }
        *line += left[i] == '\n';
    }
    return true;
}

static int compare(char **names) {
    static struct input left, right;
    uint64_t seen = 0, line = 1;
    bool differ = false;
    open_file(&left, names[0]);
    open_file(&right, names[1]);
    while (seen < most) {
        bool more_left = has_bytes(&left), more_right = has_bytes(&right);
        if (!more_left || !more_right) {
            if (more_left != more_right)
                return end_early(names[more_left]);
            break;
        }
        size_t size = part(&left, &right, seen);
        if (!compare_part(left.buffer + left.start, right.buffer + right.start, size, names, seen, &line, &differ))
            return 1;
        left.start += size;
        right.start += size;
        seen += size;
    }
    return differ;
}

int main(int argument_count, char **arguments) {
    int count;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        list |= option == 'l';
        silent |= option == 's';
        if (option == 'n')
            most = tool_value_number();
    }
    char **names = tool_operands(&count);
    if (!count || count > 2)
        tool_misused(NULL, "two files are wanted");
    char *both[] = {names[0], count > 1 ? names[1] : (char *)"-"};
    int status = compare(both), end = tool_finish(status);
    return status == 1 && end == tool.failure ? 1 : end;
}
