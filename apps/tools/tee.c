// tee: standard input to standard output and to files.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"append", 'a'}, {0}};
static const struct tool tool = {
    .name = "tee",
    .usage = "usage: tee [-a] [FILE]...\n"
             "Copies standard input to standard output and to each file.\n"
             "  -a  adds to the files\n",
    .options = "a",
    .names = names,
    .failure = 1,
};

struct target {
    const char *name;
    int descriptor; // below 0: none any more
};

static void write_target(struct target *target, const char *block, size_t size) {
    if (target->descriptor < 0)
        return;
    errno = write_fully(target->descriptor, block, size);
    if (errno) {
        tool_complain_errno(target->name);
        target->descriptor = -1;
    }
}

int main(int argument_count, char **arguments) {
    static struct input input;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, count;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    char **names = tool_operands(&count);
    struct target *targets = tool_allocate((unsigned long)count + 1, sizeof(*targets));
    targets[0] = (struct target){.name = "standard output", .descriptor = 1};
    for (int i = 0; i < count; i++) {
        targets[i + 1] = (struct target){names[i], open(names[i], flags, 0666)};
        if (targets[i + 1].descriptor < 0)
            tool_complain_errno(names[i]);
    }
    input_open(&input, "-");
    size_t size;
    for (char *block; input_block(&input, &block, &size);)
        for (int i = 0; i <= count; i++)
            write_target(&targets[i], block, size);
    return tool_finish(0);
}
