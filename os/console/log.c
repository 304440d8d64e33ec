// Following the kernel's log by position.
#include "os/console/log.h"

#include <parley/calls.h>

enum { PART_SIZE = 512, PARTS_AT_ONCE = 128 };

// Takes the next part; the position goes behind it, and over what was dropped since.
static size_t read_part(struct session *session, char *part) {
    size_t size = 0;
    enum status status = log_read(&session->log_position, part, PART_SIZE, &size);
    return status == STATUS_OK ? size : 0;
}

bool log_watch(int32_t number) {
    return number != NUMBER_NONE && event_watch(number, WATCH_READABLE, 0) == STATUS_OK;
}

void log_skip(struct session *session) {
    char part[PART_SIZE];
    while (read_part(session, part) > 0)
        continue;
}

void log_go_on(struct session *session, uint32_t position) {
    uint32_t ahead = position - (uint32_t)session->log_position;
    session->log_shown_without_us = position != 0;
    if (position != 0 && ahead <= INT32_MAX)
        session->log_position += ahead;
}

// Not without end: a program that writes to the log all the time is not to keep the console from its other work.
void log_show_new(struct session *session) {
    char part[PART_SIZE];
    if (session->log_shown_without_us && !session->terminal_number)
        return;
    size_t size = read_part(session, part);
    bool in_line = size > 0 && session_leave_line(session);
    for (int i = 0; size > 0 && i < PARTS_AT_ONCE; i++) {
        session_show(session, part, size);
        size = read_part(session, part);
    }
    if (in_line)
        session_draw_line(session);
}
