// test: looks at files, words and numbers.
#include <string.h>

#include "apps/common/condition.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

int main(int argument_count, char **arguments) {
    const struct tool tool = {.name = "test", .usage = condition_usage, .options = "", .failure = CONDITION_WRONG};
    const char *thing, *reason;
    int count = argument_count > 0 ? argument_count - 1 : 0;
    tool_start(&tool, argument_count, arguments);
    if (count == 1 && !strcmp(arguments[1], "--help"))
        tool_option(); // says the usage and ends
    int status = condition_evaluate(arguments + 1, (size_t)count, &thing, &reason);
    if (status == CONDITION_WRONG)
        tool_complain(thing, reason);
    return tool_finish(status);
}
