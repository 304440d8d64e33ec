// date: tells the time of day.
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/request.h"

#include <parley/clock.h>
#include <parley/start.h>
#include <parley/wall_clock.h>
#include <time.h>

static const struct tool tool = {
    .name = "date",
    .usage = "usage: date [+FORMAT]\n"
             "Prints the date and time in UTC, by the clock's driver. FORMAT is that of strftime.\n",
    .options = "",
    .failure = 1,
};

// Seconds since 1970. The library's clock stands in while the driver has not seen a tick, or does not run.
static time_t now(void) {
    struct wall_clock_request request = {.operation = WALL_CLOCK_READ};
    struct wall_clock_reply reply = {.status = STATUS_NOT_FOUND};
    uint32_t clock = start_service("clock");
    if (clock && request_ask(clock, &request, sizeof(request), &reply, sizeof(reply), NULL) >= 0 &&
        reply.status == STATUS_OK)
        return (time_t)((reply.epoch + clock_now()) / NANOSECONDS_PER_SECOND);
    return time(NULL);
}

int main(int argument_count, char **arguments) {
    char text[256];
    int count;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **operands = tool_operands(&count);
    if (count > 1 || (count == 1 && operands[0][0] != '+'))
        tool_misused(operands[0], "is no +FORMAT");
    time_t seconds = now();
    struct tm date;
    gmtime_r(&seconds, &date);
    text[strftime(text, sizeof(text), count ? operands[0] + 1 : "%a %b %e %H:%M:%S UTC %Y", &date)] = 0;
    output_text(&standard_output, text);
    output_character(&standard_output, '\n');
    return tool_finish(0);
}
