// The kernel's log: a ring of the newest text.
#include "kernel/base/log.h"

#include <stdarg.h>

#include <arch/current.h>

#include "kernel/arch/machine.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/thread/processor.h"

enum { LOG_SIZE = 64 << 10, NANOSECONDS_PER_SECOND = 1000000000, NANOSECONDS_PER_MICROSECOND = 1000 };

static struct lock log_lock = {.rank = RANK_LOG};
static char ring[LOG_SIZE]; // [log_lock] as are the next two
static uint64_t ring_end;   // bytes ever added; the newest LOG_SIZE of them are kept
static int to_serial = 1;

static void put_locked(struct writer *writer, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        ring[(ring_end + i) % LOG_SIZE] = text[i];
    ring_end += size;
    __atomic_or_fetch(&processor_current()->attention, ATTENTION_LOG, __ATOMIC_RELAXED);
    if (to_serial)
        console_early_put(text, size);
}

static void put_locking(struct writer *writer, const char *text, size_t size) {
    log_text(text, size);
}

struct writer *log_writer(void) {
    static struct writer writer = {.put = put_locking};
    return &writer;
}

void log_text(const char *text, size_t size) {
    lock_acquire(&log_lock);
    put_locked(0, text, size);
    lock_release(&log_lock);
}

void log_line(const char *format, ...) {
    struct writer writer = {.put = put_locked};
    uint64_t now = clock_now();
    va_list arguments;
    va_start(arguments, format);
    lock_acquire(&log_lock);
    writer_format(&writer, "[%3lu.%06lu] ", now / NANOSECONDS_PER_SECOND,
                  now % NANOSECONDS_PER_SECOND / NANOSECONDS_PER_MICROSECOND);
    writer_format_list(&writer, format, arguments);
    put_locked(&writer, "\n", 1);
    lock_release(&log_lock);
    va_end(arguments);
}

size_t log_copy(uint64_t *position, char *buffer, size_t size) {
    lock_acquire(&log_lock);
    uint64_t oldest = ring_end > LOG_SIZE ? ring_end - LOG_SIZE : 0;
    if (*position < oldest)
        *position = oldest;
    size_t copied = 0;
    for (; copied < size && *position + copied < ring_end; copied++)
        buffer[copied] = ring[(*position + copied) % LOG_SIZE];
    lock_release(&log_lock);
    return copied;
}

void log_set_serial(int on) {
    __atomic_store_n(&to_serial, on, __ATOMIC_RELAXED);
}

void log_break_lock(void) {
    log_lock = LOCK_INITIAL(RANK_LOG);
    to_serial = 1;
}
