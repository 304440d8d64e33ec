// Panic: the end of a kernel that found a mistake of its own, with all that helps to find it.
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/base/symbols.h"
#include "kernel/base/writer.h"
#include "kernel/boot/boot.h"
#include "kernel/thread/processor.h"

static uint32_t panicking_processor; // [a] index + 1 of the CPU that panics; 0: none

// Writes to the log without its lock: whoever holds it may be stopped.
static void describe_panic(const char *format, va_list arguments, uint64_t frame) {
    struct writer *out = log_writer();
    writer_format(out, "\nkernel panic on CPU %u: ", processor_index());
    writer_format_list(out, format, arguments);
    writer_text(out, "\ncalled from:\n");
    backtrace_write(out, (uint64_t)__builtin_return_address(0), frame);
    machine_describe_registers(out);
    writer_text(out, "kernel panic: the machine is stopped\n");
}

// The first CPU that panics tells it. Another one waits to be stopped; one that panics while telling stops at once.
static void claim_panic(void) {
    static const char again[] = "\nkernel panic: another panic while this one was told; the machine is stopped\n";
    uint32_t self = processor_index() + 1, owner = 0;
    if (__atomic_compare_exchange_n(&panicking_processor, &owner, self, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return;
    if (owner == self) {
        console_early_put(again, sizeof(again) - 1);
        machine_stop_all();
    }
    for (;;)
        machine_relax();
}

void panic(const char *format, ...) {
    if (!debugger_panic_begins()) {
        claim_panic();
        machine_stop_others();
    }
    log_break_lock();
    va_list arguments;
    va_start(arguments, format);
    describe_panic(format, arguments, (uint64_t)__builtin_frame_address(0));
    va_end(arguments);
    debugger_panic_told();
    if (boot_has_word("panic=reboot"))
        machine_reboot();
    machine_stop_all();
}

_Noreturn void __stack_chk_fail(void);

// What the compiler calls when a function finds the stack canary changed.
void __stack_chk_fail(void) {
    panic("the stack canary was overwritten");
}
