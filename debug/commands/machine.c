// Commands on the machine as a whole: locks, log, interrupts, clock, ports, restart.
#include "kernel/arch/machine.h"
#include "debug/commands/commands.h"
#include "ipc/interrupt.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/log.h"
#include "kernel/base/symbols.h"
#include "kernel/boot/boot.h"
#include "kernel/process/process.h"

enum { LOG_PART = 512, LOG_LAST = 4096 };
#define NANOSECONDS_PER_MILLISECOND 1000000ULL
#define NANOSECONDS_PER_SECOND 1000000000ULL

// ---- locks ----

static void write_lock(struct writer *out, const struct lock *lock) {
    uint64_t at = 0;
    struct object *object;
    writer_format(out, "lock %#llx of rank %u", (unsigned long long)(uintptr_t)lock, lock->rank);
    while ((object = object_peek(OBJECT_ANY, at)) != 0) {
        at = object->id;
        uint64_t offset = (uint64_t)lock - (uint64_t)object;
        if (offset >= object->type->size)
            continue;
        writer_format(out, " in %s %llu \"%s\"", object->type->name, (unsigned long long)object->id, object->name);
        return;
    }
}

// What a CPU asked for last, and does not hold, is what it waits for.
static void write_locks(struct writer *out, uint32_t cpu) {
    const struct processor *processor = &processors[cpu];
    for (uint32_t i = 0; i < processor->lock_count; i++) {
        const struct lock *lock = processor->locks[i];
        bool is_held = lock->held && lock->processor == cpu + 1;
        writer_format(out, "CPU %u %s ", cpu, is_held ? "holds" : "waits for");
        write_lock(out, lock);
        if (!is_held && lock->processor != 0)
            writer_format(out, ", which CPU %u holds", lock->processor - 1u);
        writer_text(out, "\n");
    }
    if (processor->lock_count == 0)
        writer_format(out, "CPU %u holds no lock\n", cpu);
}

static void run_locks(const struct command_call *call) {
    if (!BUILD_CHECKS) {
        writer_text(call->out, "a release kernel does not note who holds what: boot the debug kernel\n");
        return;
    }
    for (uint32_t cpu = 0; cpu < processor_count; cpu++)
        write_locks(call->out, cpu);
}

// ---- log ----

static void copy_log(void *argument) {
    const struct command_call *call = argument;
    char part[LOG_PART];
    uint64_t position = UINT64_MAX, end = 0, size = 0;
    log_copy(&end, part, 0); // moved up to the oldest byte that is kept
    for (position = end; (size = log_copy(&position, part, sizeof(part))) > 0; position += size)
        end = position + size;
    uint64_t wanted = LOG_LAST;
    if (call->count > 0 && !command_value(call, call->words[0], &wanted))
        return;
    for (position = end > wanted ? end - wanted : 0; (size = log_copy(&position, part, sizeof(part))) > 0;
         position += size)
        call->out->put(call->out, part, size);
}

static void run_log(const struct command_call *call) {
    if (!lend_locks(copy_log, (void *)(uintptr_t)call))
        writer_text(call->out, "the log cannot be read\n");
}

// ---- interrupts and clock ----

static void run_irq(const struct command_call *call) {
    uint64_t at = 0;
    struct object *object;
    writer_text(call->out, "line      count state        driver\n");
    while ((object = object_peek(OBJECT_INTERRUPT, at)) != 0) {
        const struct interrupt *interrupt = (const struct interrupt *)object;
        at = object->id;
        const char *state = !interrupt->live          ? "gone"
                            : interrupt->arrived != 0 ? "being served"
                            : interrupt->masked       ? "masked"
                                                      : "waits";
        writer_format(call->out, "%4u %10llu %-12s ", interrupt->line, (unsigned long long)interrupt->count, state);
        if (interrupt->process != 0)
            writer_format(call->out, "%s[%u]\n", interrupt->process->object.name, interrupt->process->id);
        else
            writer_text(call->out, "not bound\n");
    }
}

static void run_clock(const struct command_call *call) {
    uint64_t now = machine_time();
    writer_format(call->out, "%llu.%03llu s since the boot; the counter has %llu MHz\n",
                  (unsigned long long)(now / NANOSECONDS_PER_SECOND),
                  (unsigned long long)(now % NANOSECONDS_PER_SECOND / NANOSECONDS_PER_MILLISECOND),
                  (unsigned long long)(clock_counter_frequency() / 1000000));
}

static void write_timer(struct writer *out, const struct processor *processor, const struct timer *timer) {
    uint64_t now = machine_time();
    bool is_due = timer->when <= now;
    uint64_t distance = is_due ? now - timer->when : timer->when - now;
    writer_format(out, "CPU %u: %s%llu ms, ", processor->index, is_due ? "due since " : "in ",
                  (unsigned long long)(distance / NANOSECONDS_PER_MILLISECOND));
    symbol_write(out, (uint64_t)timer->expire);
    writer_text(out, "\n");
}

static void run_timers(const struct command_call *call) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        const struct timer *timer = timer_peek(&processors[cpu], 0);
        for (; timer != 0; timer = timer_peek(&processors[cpu], timer))
            write_timer(call->out, &processors[cpu], timer);
    }
}

static void run_boot(const struct command_call *call) {
    const struct boot_framebuffer *screen = &boot_information.framebuffer;
    writer_format(call->out, "Parley, %s kernel, %u CPUs\ncommand line: %s\n", BUILD_CHECKS ? "debug" : "release",
                  processor_count, boot_information.command_line);
    for (uint32_t i = 0; i < boot_information.memory_count; i++)
        writer_format(call->out, "memory: %#llx, %llu KiB\n", (unsigned long long)boot_information.memory[i].base,
                      (unsigned long long)boot_information.memory[i].size / 1024);
    writer_format(call->out, "ramdisk: %#llx, %llu bytes\n", (unsigned long long)boot_information.ramdisk.base,
                  (unsigned long long)boot_information.ramdisk.size);
    if (screen->address != 0)
        writer_format(call->out, "screen: %#llx, %u x %u, %u bits\n", (unsigned long long)screen->address,
                      screen->width, screen->height, screen->bits);
}

// ---- ports ----

static void run_in(const struct command_call *call) {
    uint64_t port;
    if (call->count != 1) {
        writer_text(call->out, "in/SIZE PORT: size b h w\n");
        return;
    }
    if (!command_value(call, call->words[0], &port))
        return;
    uint32_t value = call->format[0] == 'w'   ? io_port_read_32((uint16_t)port)
                     : call->format[0] == 'h' ? io_port_read_16((uint16_t)port)
                                              : io_port_read_8((uint16_t)port);
    writer_format(call->out, "port %#x: %#x\n", (uint16_t)port, value);
}

static void run_out(const struct command_call *call) {
    uint64_t port, value;
    if (call->count != 2) {
        writer_text(call->out, "out PORT VALUE: one byte\n");
        return;
    }
    if (command_value(call, call->words[0], &port) && command_value(call, call->words[1], &value))
        io_port_write_8((uint16_t)port, (uint8_t)value);
}

// ---- the end ----

static void run_reboot(const struct command_call *call) {
    (void)call;
    machine_reboot();
}

static void run_power_off(const struct command_call *call) {
    if (machine_power_off() != STATUS_OK)
        writer_text(call->out, "the firmware offers no way\n");
}

const struct command machine_commands[] = {
    {"locks", "", "which CPU holds which locks, or waits for one; and their ranks", run_locks},
    {"log", "[BYTES]", "the end of the kernel's log", run_log},
    {"irq", "", "interrupt lines: how often they came, and who serves them", run_irq},
    {"clock", "", "the time since the boot", run_clock},
    {"timers", "", "what is to happen when, by CPU", run_timers},
    {"boot", "", "what the boot loader told", run_boot},
    {"in", "/SIZE PORT", "reads an I/O port", run_in},
    {"out", "PORT VALUE", "writes a byte to an I/O port", run_out},
    {"reboot", "", "starts the machine anew, at once", run_reboot},
    {"poweroff", "", "switches the machine off, at once", run_power_off},
    {0, 0, 0, 0},
};
