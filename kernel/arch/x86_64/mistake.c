// Mistakes of the kernel's own, made on purpose: what each protection of the processor's is there to stop.
//
// Only debug kernels make one, at the end of the boot, when their command line asks for it. Whatever is not stopped is told.
#include <build_kind.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"
#include "kernel/boot/stack_guard.h"
#include "kernel/memory/frame.h"

enum { RETURN_INSTRUCTION = 0xc3, CANARY_DISTANCE = 96 };

#define PROGRAM_ADDRESS UINT64_C(0x400000)
#define NON_CANONICAL UINT64_C(0x0000900000000000)

extern char kernel_text_start[], kernel_rodata_start[];

static uint8_t data[16] __attribute__((aligned(16))) = {RETURN_INSTRUCTION};

static void write_to(uint64_t address) {
    *(volatile uint8_t *)address = RETURN_INSTRUCTION;
}

static void read_from(uint64_t address) {
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what is tried
    (void)*(volatile uint8_t *)address; // cppcheck-suppress nullPointer
}

static void jump_to(uint64_t address) {
    ((void (*)(void))address)();
}

static uint64_t alias_of(const char *image) {
    return (uint64_t)alias_pointer((uint64_t)image - KERNEL_IMAGE_BASE);
}

static struct page_table program_table;

// A page of a program's, loaded on this CPU, with a function in it.
static uint64_t *program_page_make(uint32_t flags) {
    uint64_t frame, *slot;
    if (frame_allocate(0, FRAME_ZEROED, &frame) != STATUS_OK || page_table_create(&program_table, 0) != STATUS_OK ||
        page_table_slot(&program_table, PROGRAM_ADDRESS, &slot) != STATUS_OK)
        panic("no memory for a mistake");
    *(uint8_t *)alias_pointer(frame) = RETURN_INSTRUCTION;
    page_slot_fill(slot, frame, flags);
    page_table_load(&program_table);
    return slot;
}

static uint64_t program_page(uint32_t flags) {
    program_page_make(flags);
    return PROGRAM_ADDRESS;
}

static void write_text(void) {
    write_to((uint64_t)kernel_text_start);
}

static void write_constant(void) {
    write_to((uint64_t)kernel_rodata_start);
}

static void write_text_by_alias(void) {
    write_to(alias_of(kernel_text_start));
}

static void write_constant_by_alias(void) {
    write_to(alias_of(kernel_rodata_start));
}

static void execute_data(void) {
    jump_to((uint64_t)data);
}

static void execute_alias(void) {
    jump_to(alias_of(kernel_text_start));
}

static void execute_stack(void) {
    volatile uint8_t code[16] = {RETURN_INSTRUCTION};
    jump_to((uint64_t)code);
}

static void execute_program(void) {
    jump_to(program_page(PAGE_EXECUTABLE));
}

static void read_program(void) {
    read_from(program_page(0));
}

static void write_program(void) {
    write_to(program_page(PAGE_WRITABLE));
}

static void read_nothing(void) {
    read_from(0);
}

static void read_non_canonical(void) {
    read_from(NON_CANONICAL);
}

__attribute__((noinline)) static uint64_t recurse(uint64_t depth) { // as good as for ever
    volatile uint64_t frame[32];
    frame[0] = depth;
    return depth < 1000000 ? recurse(depth + 1) + frame[0] : 0;
}

static void overflow_stack_entry(void) {
    recurse(0);
    panic("the stack has no end");
}

// On a stack as threads have it: the boot stack is none.
static void overflow_stack(void) {
    uint64_t base;
    if (kernel_stack_create(0, &base) != STATUS_OK)
        panic("no memory for a mistake");
    __asm__ volatile("movq %0, %%rsp\n\tcall *%1"
                     :
                     : "r"(base + KERNEL_STACK_SIZE), "r"(overflow_stack_entry)
                     : "memory");
}

__attribute__((noinline)) static void overwrite_canary(void) {
    volatile uint8_t room[16];
    volatile uint8_t *at = room;
    for (size_t i = 0; i < CANARY_DISTANCE; i++)
        at[i] = RETURN_INSTRUCTION;
}

static void tell_whether_sound(const char *what) {
    log_line("page tables with %s are sound: %s", what, page_table_is_sound(&program_table) ? "yes" : "no");
}

// What the walk of the page tables is to find, one after the other, the alias's pages in the tables of the kernel's half.
static void fill_tables_unsoundly(void) {
    uint64_t *slot = program_page_make(PAGE_WRITABLE), text = (uint64_t)kernel_text_start - KERNEL_IMAGE_BASE;
    tell_whether_sound("a writable page");
    *slot &= ~ENTRY_NO_EXECUTE;
    tell_whether_sound("a page writable and executable");
    *slot |= ENTRY_NO_EXECUTE;
    uint64_t *entries = alias_pointer(kernel_map_root());
    for (uint32_t level = TABLE_LEVELS - 1; level > 0; level--)
        entries = entry_table(entries[entry_index(ALIAS_BASE + text, level)]);
    uint64_t *alias = &entries[entry_index(ALIAS_BASE + text, 0)];
    *alias |= ENTRY_WRITABLE;
    tell_whether_sound("text writable by its alias");
    *alias &= ~(ENTRY_WRITABLE | ENTRY_NO_EXECUTE);
    tell_whether_sound("an executable alias");
    *alias |= ENTRY_NO_EXECUTE;
    tell_whether_sound("all put right");
}

static void show_canary(void) {
    log_line("the stack canary is %016lx", (unsigned long)__stack_chk_guard);
}

static const struct mistake {
    const char *word;
    void (*make)(void);
} mistakes[] = {
    {"mistake=write-text", write_text},
    {"mistake=write-constant", write_constant},
    {"mistake=write-text-by-alias", write_text_by_alias},
    {"mistake=write-constant-by-alias", write_constant_by_alias},
    {"mistake=execute-data", execute_data},
    {"mistake=execute-alias", execute_alias},
    {"mistake=execute-stack", execute_stack},
    {"mistake=execute-program", execute_program},
    {"mistake=read-program", read_program},
    {"mistake=write-program", write_program},
    {"mistake=read-nothing", read_nothing},
    {"mistake=read-non-canonical", read_non_canonical},
    {"mistake=overflow-stack", overflow_stack},
    {"mistake=overwrite-canary", overwrite_canary},
    {"mistake=fill-tables-unsoundly", fill_tables_unsoundly},
    {"mistake=show-canary", show_canary},
};

void machine_make_mistake(void) {
    if (!BUILD_CHECKS)
        return;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        if (!boot_has_word(mistakes[i].word))
            continue;
        mistakes[i].make();
        log_line("%s: nothing stopped it", mistakes[i].word);
    }
}
