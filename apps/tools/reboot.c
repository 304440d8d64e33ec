// reboot: restarts the machine.
#include "apps/common/tool.h"
#include "apps/native/power.h"

static const struct tool tool = {
    .name = "reboot",
    .usage = "usage: reboot\n"
             "Stops all services and restarts the machine.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    power_ask(INIT_REBOOT);
    return tool_finish(0);
}
