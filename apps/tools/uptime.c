// uptime: how long the machine runs.
#include <parley/machine.h>
#include <parley/status.h>
#include <stdlib.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "uptime",
    .usage = "usage: uptime\n"
             "Says how long the machine runs, and how many processors and processes it has.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    struct machine_information machine;
    char text[DURATION_TEXT_SIZE];
    size_t processes;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    enum status status = machine_information(&machine);
    if (status < 0)
        tool_fail("the machine", status_text(status));
    free(listing_processes(&processes));
    output_text(&standard_output, "up ");
    output_text(&standard_output, words_duration(machine.uptime, text));
    output_text(&standard_output, ", ");
    output_number(&standard_output, machine.processors);
    output_text(&standard_output, machine.processors == 1 ? " processor, " : " processors, ");
    output_number(&standard_output, processes);
    output_text(&standard_output, " processes\n");
    return tool_finish(0);
}
