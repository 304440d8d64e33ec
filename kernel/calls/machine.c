// The system calls on the machine as a whole: log, clock, facts, power, random bytes.
#include "kernel/abi/machine.h"

#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/base/call.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/swap.h"
#include "kernel/object/machine.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

enum { LOG_WRITE_MAX = 1024, RANDOM_MAX = 4096, PART_SIZE = 512 };

static const char kernel_version[] = "Parley 0.1" BUILD_MARK;

struct result call_clock_read(void) {
    return result_ok(clock_now());
}

struct result call_log_write(struct user_address text, size_t size) {
    char copy[LOG_WRITE_MAX];
    if (size > sizeof(copy))
        return result_status(STATUS_TOO_LARGE);
    enum status status = user_copy_in(copy, text, size);
    if (status == STATUS_OK)
        log_text(copy, size);
    return result_status(status);
}

// In parts: the log's lock is not held over a copy to the program. What is dropped between two parts ends the call.
static enum status log_copy_out(uint64_t *position, struct user_address buffer, size_t size, size_t *done) {
    char part[PART_SIZE];
    enum status status = STATUS_OK;
    while (status == STATUS_OK && *done < size) {
        size_t wanted = size - *done < sizeof(part) ? size - *done : sizeof(part);
        uint64_t from = *position;
        size_t copied = log_copy(&from, part, wanted);
        if (*done > 0 && from != *position)
            break;
        *position = from + copied;
        if (copied == 0)
            break;
        status = user_copy_out(user_address_add(buffer, *done), part, copied);
        *done += copied;
        scheduler_preemption_point();
    }
    return status;
}

struct result call_log_read(struct user_address address, struct user_address buffer, size_t size) {
    uint64_t position;
    size_t done = 0;
    enum status status = user_range_check(buffer, size);
    if (status == STATUS_OK)
        status = user_copy_in(&position, address, sizeof(position));
    if (status == STATUS_OK)
        status = log_copy_out(&position, buffer, size, &done);
    if (status == STATUS_OK)
        status = user_copy_out(address, &position, sizeof(position));
    return result_make(status, done);
}

static uint64_t switches_sum(void) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < processor_count; i++)
        sum += __atomic_load_n(&processors[i].switches, __ATOMIC_RELAXED);
    return sum;
}

static uint64_t swap_size(void) {
    struct memory *memory = swap_hold();
    if (memory == 0)
        return 0;
    uint64_t pages = memory->pages;
    object_release(&memory->object);
    return pages * PAGE_SIZE;
}

struct result call_machine_information(struct user_address address) {
    const struct boot_framebuffer *framebuffer = &boot_information.framebuffer;
    struct machine_information information = {
        .memory_total = frame_total() * PAGE_SIZE,
        .memory_free = frame_free() * PAGE_SIZE,
        .clock_frequency = clock_counter_frequency(),
        .uptime = clock_now(),
        .boot_time = clock_boot_time(),
        .framebuffer_address = framebuffer->address,
        .framebuffer_width = framebuffer->width,
        .framebuffer_height = framebuffer->height,
        .framebuffer_pitch = framebuffer->pitch,
        .framebuffer_bits = framebuffer->bits,
        .processors = processor_count,
        .objects = object_count(),
        .kernel_pages = frame_kernel(),
        .switches = switches_sum(),
        .swap_total = swap_size(),
    };
    string_copy_padded(information.command_line, boot_information.command_line, sizeof(information.command_line));
    string_copy_padded(information.version, kernel_version, sizeof(information.version));
    return result_status(user_copy_out(address, &information, sizeof(information)));
}

struct result call_machine_power(int32_t machine, uint32_t action) {
    enum status status = machine_right_check(process_current(), machine, RIGHT_POWER);
    if (status != STATUS_OK)
        return result_status(status);
    switch (action) {
    case POWER_OFF:
        return result_status(machine_power_off());
    case POWER_REBOOT:
        return result_status(machine_reboot());
    default:
        return result_status(STATUS_INVALID_ARGUMENT);
    }
}

struct result call_machine_debug(int32_t machine) {
    enum status status = machine_right_check(process_current(), machine, RIGHT_DEBUG);
    if (status == STATUS_OK && !debugger_enter())
        status = STATUS_UNSUPPORTED;
    return result_status(status);
}

struct result call_debugger_file_next(int32_t machine, struct user_address address, struct user_address data) {
    struct debugger_file_request request;
    enum status status = machine_right_check(process_current(), machine, RIGHT_DEBUG);
    if (status == STATUS_OK)
        status = user_copy_in(&request, address, sizeof(request));
    if (status == STATUS_OK)
        status = debugger_file_next(&request, data);
    if (status == STATUS_OK)
        status = user_copy_out(address, &request, sizeof(request));
    return result_status(status);
}

struct result call_random_read(struct user_address buffer, size_t size) {
    uint64_t words[PART_SIZE / sizeof(uint64_t)];
    if (size > RANDOM_MAX)
        return result_status(STATUS_TOO_LARGE);
    enum status status = user_range_check(buffer, size);
    for (size_t done = 0; status == STATUS_OK && done < size; done += sizeof(words)) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            words[i] = machine_random();
        size_t part = size - done < sizeof(words) ? size - done : sizeof(words);
        status = user_copy_out(user_address_add(buffer, done), words, part);
    }
    return result_status(status);
}
