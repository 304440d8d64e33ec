// free: how much memory there is, and how much is used.
#include <parley/machine.h>
#include <parley/status.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "free",
    .usage = "usage: free [-bkm]\n"
             "Shows memory in KiB: all, used, free, and how much of the used the kernel itself holds.\n"
             "  -b  in bytes   -k  in KiB   -m  in MiB\n",
    .options = "bkm",
    .failure = 1,
};

enum { COLUMN = 12, PAGE = 4096 };

int main(int argument_count, char **arguments) {
    struct machine_information machine;
    uint64_t unit = 1024;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        unit = option == 'b' ? 1 : option == 'm' ? 1 << 20 : 1024;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "no operands are wanted");
    enum status status = machine_information(&machine);
    if (status < 0)
        tool_fail("memory", status_text(status));
    const uint64_t figures[] = {machine.memory_total, machine.memory_total - machine.memory_free, machine.memory_free,
                                machine.kernel_pages * PAGE};
    output_text(&standard_output, "              total        used        free      kernel\nMem:   ");
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        output_number_padded(&standard_output, figures[i] / unit, COLUMN, ' ');
    output_character(&standard_output, '\n');
    return tool_finish(0);
}
