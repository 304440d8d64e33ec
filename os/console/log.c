// Following the kernel's log by position.
#include "os/console/log.h"

#include <parley/calls.h>

enum { PART_SIZE = 512, PARTS_AT_ONCE = 64 };

static size_t read_part(uint64_t position, char *part) {
    size_t size = 0;
    enum status status = log_read(position, part, PART_SIZE, &size);
    return status == STATUS_OK ? size : 0;
}

static bool is_before_end(uint64_t position) {
    char part[PART_SIZE];
    return read_part(position, part) > 0;
}

// The end is the first position that has nothing: found by doubling the step, then halving it.
void log_skip(struct session *session) {
    uint64_t step = 1;
    while (is_before_end(session->log_position + step)) {
        step *= 2;
    }
    for (; step > 0; step /= 2) {
        if (is_before_end(session->log_position + step - 1)) {
            session->log_position += step;
        }
    }
}

// A console that was left far behind, where the log has dropped text, cannot tell how much: it goes on at the end.
void log_show_new(struct session *session) {
    char part[PART_SIZE];
    for (int i = 0; i < PARTS_AT_ONCE; i++) {
        size_t size = read_part(session->log_position, part);
        if (size == 0) {
            return;
        }
        session_show(session, part, size);
        session->log_position += size;
    }
    log_skip(session);
}
