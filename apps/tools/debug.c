// debug: stops the machine for the debugger of its kernel.
#include "apps/common/tool.h"
#include "apps/native/power.h"

static const struct tool tool = {
    .name = "debug",
    .usage = "usage: debug\n"
             "Stops the whole machine: the kernel's debugger answers on the screen and on the first\n"
             "serial port, until `continue` is typed there.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    power_ask(INIT_DEBUG);
    return tool_finish(0);
}
