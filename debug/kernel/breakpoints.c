// Breakpoints in text: a table, put into memory when the machine is let go and taken out when it stands.
//
// So the stub never runs into one, and memory shows what is meant to be there. One in a program holds in its process alone: a page that
// others may see is replaced in that process by a private copy, out of a few pages that lie ready, as long as the machine runs.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/memory/space_layout.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"

enum { BREAKPOINTS_MAX = 2048, COPIES_MAX = 32, INSTRUCTION_BREAK = 0xcc };

struct breakpoint {
    uint64_t address;    // 0: the place is free
    uint32_t process;    // GDB's process that it was set for
    bool is_in;          // in memory now
    uint8_t instruction; // what lies under it
    uint64_t physical;   // where
};

// A page of a process that is replaced by a private copy.
struct copy {
    uint64_t *entry; // the process's page table entry; null: the copy is free
    uint64_t original;
    uint64_t page; // the address of the page in the process
    uint32_t process;
};

static struct breakpoint breakpoints[BREAKPOINTS_MAX];
static uint32_t breakpoint_count; // places in use lie below
static struct copy copies[COPIES_MAX];
static uint8_t copy_pages[COPIES_MAX][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

// What of an entry says whose frame it is.
#define ENTRY_FRAME (ENTRY_ADDRESS | PAGE_NO_FRAME | PAGE_OF_MEMORY)

// ---- the table ----

static struct breakpoint *find(uint32_t process, uint64_t address) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].address == address && breakpoints[i].process == process)
            return &breakpoints[i];
    return 0;
}

// One in the kernel's text holds for all, whichever of GDB's processes it was set for.
static bool holds_for(const struct breakpoint *breakpoint, const struct debug_thread *thread) {
    return !address_is_user(breakpoint->address) || breakpoint->process == thread->process;
}

bool breakpoint_is_at(const struct debug_thread *thread, uint64_t address) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].address == address && address != 0 && holds_for(&breakpoints[i], thread))
            return true;
    return false;
}

static struct breakpoint *place_free(void) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].address == 0)
            return &breakpoints[i];
    return breakpoint_count < BREAKPOINTS_MAX ? &breakpoints[breakpoint_count++] : 0;
}

// The stub's own way must not meet one, nor the code that leads to it.
static bool is_of_stub(uint64_t address) {
    extern char debugger_text_start[], debugger_text_end[], trap_stubs[], trap_entry_end[];
    return (address >= (uint64_t)debugger_text_start && address < (uint64_t)debugger_text_end) ||
           (address >= (uint64_t)trap_stubs && address < (uint64_t)trap_entry_end) ||
           address == (uint64_t)trap_handle || address == (uint64_t)trap_handle_paranoid;
}

static enum status software_set(const struct debug_thread *thread, uint64_t address) {
    uint8_t byte;
    if (find(thread->process, address) != 0)
        return STATUS_OK;
    if (is_of_stub(address))
        return STATUS_NO_RIGHT;
    if (target_memory_read(thread, address, &byte, 1) != 1)
        return STATUS_BAD_ADDRESS;
    struct breakpoint *place = place_free();
    if (place == 0)
        return STATUS_LIMIT_REACHED;
    *place = (struct breakpoint){.address = address, .process = thread->process};
    return STATUS_OK;
}

enum status break_set(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size) {
    if (thread->process == KERNEL_PROCESS && address_is_user(address))
        return STATUS_WRONG_TYPE; // no program would ever meet it
    return kind == BREAK_SOFTWARE ? software_set(thread, address) : hardware_set(thread, kind, address, size);
}

enum status break_clear(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size) {
    if (kind != BREAK_SOFTWARE)
        return hardware_clear(thread, kind, address, size);
    struct breakpoint *breakpoint = find(thread->process, address);
    if (breakpoint != 0)
        breakpoint->address = 0;
    return STATUS_OK;
}

void break_clear_all(void) {
    breakpoint_count = 0;
    hardware_clear_all();
}

// As the kernel's text is everybody's, so is a point in it.
bool break_holds_for(const struct break_point *point, const struct debug_thread *thread) {
    return !address_is_user(point->address) || point->process == thread->process;
}

bool break_next(uint32_t *at, struct break_point *point) {
    for (; *at < breakpoint_count; ++*at) {
        const struct breakpoint *breakpoint = &breakpoints[*at];
        if (breakpoint->address == 0)
            continue;
        *point = (struct break_point){BREAK_SOFTWARE, breakpoint->address, 1, breakpoint->process};
        return true;
    }
    // The places of hardware points lie behind all of the table, so that a point's number stays while others come and go.
    uint32_t hardware = *at > BREAKPOINTS_MAX ? *at - BREAKPOINTS_MAX : 0;
    bool found = hardware_next(&hardware, point);
    *at = BREAKPOINTS_MAX + hardware;
    return found;
}

// ---- private copies ----

static uint64_t copy_physical(const struct copy *copy) {
    return (uint64_t)copy_pages[copy - copies] - KERNEL_IMAGE_BASE;
}

static struct copy *copy_find(uint32_t process, uint64_t page) {
    for (uint32_t i = 0; i < COPIES_MAX; i++)
        if (copies[i].entry != 0 && copies[i].process == process && copies[i].page == page)
            return &copies[i];
    return 0;
}

static struct copy *copy_free(void) {
    for (uint32_t i = 0; i < COPIES_MAX; i++)
        if (copies[i].entry == 0)
            return &copies[i];
    return 0;
}

static struct copy *copy_make(uint32_t process, uint64_t page, uint64_t *entry) {
    struct copy *copy = copy_free();
    if (copy == 0)
        return 0;
    *copy = (struct copy){.entry = entry, .original = *entry, .page = page, .process = process};
    memcpy(copy_pages[copy - copies], alias_pointer(*entry & ENTRY_ADDRESS), PAGE_SIZE);
    *entry = (*entry & ~ENTRY_FRAME) | copy_physical(copy) | PAGE_NO_FRAME;
    return copy;
}

// Unless the program has unmapped the page meanwhile: then the entry is another's by now.
static void copy_drop(struct copy *copy) {
    if ((*copy->entry & ENTRY_ADDRESS) == copy_physical(copy))
        *copy->entry = (*copy->entry & ~ENTRY_FRAME) | (copy->original & ENTRY_FRAME);
    copy->entry = 0;
}

// Where the byte lies that is to be patched; null: nowhere yet. A page that is the process's own is patched as it is.
static uint8_t *patch_place(const struct breakpoint *breakpoint, uint64_t *physical) {
    struct debug_thread thread = {breakpoint->process, 0};
    uint64_t page = breakpoint->address & ~((uint64_t)PAGE_SIZE - 1);
    struct copy *copy = copy_find(breakpoint->process, page);
    if (copy == 0) {
        uint64_t *entry = memory_entry(thread_root(&thread), breakpoint->address, physical);
        if (entry == 0)
            return 0;
        if (!address_is_user(breakpoint->address) || !(*entry & PAGE_OF_MEMORY))
            return alias_pointer(*physical);
        copy = copy_make(breakpoint->process, page, entry);
        if (copy == 0)
            return 0;
    }
    *physical = copy_physical(copy) + (breakpoint->address - page);
    return alias_pointer(*physical);
}

// ---- into memory, and out of it ----

static bool is_in_for_another(const struct breakpoint *breakpoint) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].is_in && breakpoints[i].address == breakpoint->address &&
            !address_is_user(breakpoint->address))
            return true;
    return false;
}

static void put_in(struct breakpoint *breakpoint) {
    static const uint8_t instruction = INSTRUCTION_BREAK;
    const uint8_t *place = patch_place(breakpoint, &breakpoint->physical);
    if (place == 0)
        return;
    breakpoint->instruction = *place;
    breakpoint->is_in = physical_write(breakpoint->physical, &instruction, sizeof(instruction));
}

// A process that has none of its pages yet is told of when they come (debugger_page_came).
static bool can_be_put_in(const struct breakpoint *breakpoint) {
    if (breakpoint->address == 0 || breakpoint->is_in)
        return false;
    return address_is_user(breakpoint->address) ? process_peek(breakpoint->process) != 0
                                                : !is_in_for_another(breakpoint);
}

void breakpoints_apply_but(const struct debug_thread *thread, uint64_t address) {
    bool is_pending = false;
    for (uint32_t i = 0; i < breakpoint_count; i++) {
        struct breakpoint *breakpoint = &breakpoints[i];
        if (breakpoint->address == address && holds_for(breakpoint, thread))
            continue;
        if (can_be_put_in(breakpoint))
            put_in(breakpoint);
        is_pending |= address_is_user(breakpoint->address) && !breakpoint->is_in && breakpoint->address != 0;
    }
    debugger_wants_pages = is_pending;
}

void breakpoints_apply(void) {
    static const struct debug_thread nobody = {0, 0};
    breakpoints_apply_but(&nobody, 0);
}

// What was written over it in the meantime (the kernel patches itself at boot) stays.
static void take_out(struct breakpoint *breakpoint) {
    const uint8_t *place = alias_pointer(breakpoint->physical);
    if (*place == INSTRUCTION_BREAK)
        physical_write(breakpoint->physical, &breakpoint->instruction, 1);
    breakpoint->is_in = false;
}

void breakpoints_withdraw(void) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].is_in)
            take_out(&breakpoints[i]);
    for (uint32_t i = 0; i < COPIES_MAX; i++)
        if (copies[i].entry != 0)
            copy_drop(&copies[i]);
}

// ---- the end of a process ----

// Its pages are about to be given back: the originals must be in their places. A breakpoint in the kernel that was set from it stays.
static void process_ended(struct process *process) {
    for (uint32_t i = 0; i < breakpoint_count; i++)
        if (address_is_user(breakpoints[i].address) && breakpoints[i].process == process->id && breakpoints[i].is_in)
            take_out(&breakpoints[i]);
    for (uint32_t i = 0; i < COPIES_MAX; i++)
        if (copies[i].entry != 0 && copies[i].process == process->id)
            copy_drop(&copies[i]);
}

SUBSYSTEM(debugger_subsystem) = {
    .name = "debugger",
    .process_ended = process_ended,
};
