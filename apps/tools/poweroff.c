// poweroff: switches the machine off.
#include "apps/common/tool.h"
#include "apps/native/power.h"

static const struct tool tool = {
    .name = "poweroff",
    .usage = "usage: poweroff\n"
             "Stops all services and switches the machine off.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    power_ask(INIT_POWER_OFF);
    return tool_finish(0);
}
