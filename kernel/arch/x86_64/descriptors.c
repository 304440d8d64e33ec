// The descriptor tables.
#include "kernel/arch/x86_64/descriptors.h"

#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"
#include "kernel/thread/processor.h"

enum {
    GATE_INTERRUPT = 0x8e00,  // present, for the kernel alone, interrupts off
    GATE_BREAKPOINT = 0xee00, // as that, and programs may use `int3`
    TASK_AVAILABLE = 0x89,
    STUB_SIZE = 16,
};

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t stack_and_type[2]; // IST number, type
    uint32_t offset_high;
    uint32_t reserved;
};

// What lgdt and lidt read.
struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const char trap_stubs[];

static struct gate gates[VECTOR_COUNT] __attribute__((aligned(16)));

// Offset and type share the gate's second word: low half of the offset's middle is the upper 16 bits of it.
static void gate_set(uint32_t vector, uint16_t type) {
    uint64_t address = (uint64_t)trap_stubs + vector * STUB_SIZE;
    gates[vector] = (struct gate){
        .offset_low = (uint16_t)address,
        .selector = SELECTOR_KERNEL_CODE,
        .stack_and_type = {type, (uint16_t)(address >> 16)},
        .offset_high = (uint32_t)(address >> 32),
    };
}

void descriptors_start(void) {
    for (uint32_t vector = 0; vector < VECTOR_COUNT; vector++)
        gate_set(vector, GATE_INTERRUPT);
    gate_set(VECTOR_BREAKPOINT, GATE_BREAKPOINT);
}

void descriptors_use_stacks(void) {
    static const uint8_t vectors[] = {VECTOR_DOUBLE_FAULT, VECTOR_NMI, VECTOR_DEBUG, VECTOR_MACHINE_CHECK,
                                      VECTOR_BREAKPOINT};
    for (uint32_t i = 0; i < sizeof(vectors); i++)
        gates[vectors[i]].stack_and_type[0] |= (uint16_t)(i + 1); // the same as before where it was done
}

void descriptors_set_stack(struct processor *processor, uint32_t stack, uint64_t top) {
    processor->arch.task.interrupt_stack[stack - 1] = top;
}

static void segments_fill(struct arch_cpu *cpu) {
    uint64_t task = (uint64_t)&cpu->task;
    uint64_t *segments = cpu->descriptors;
    segments[SELECTOR_KERNEL_CODE / 8] = 0x00af9b000000ffff;
    segments[SELECTOR_KERNEL_DATA / 8] = 0x00cf93000000ffff;
    segments[SELECTOR_USER_DATA / 8] = 0x00cff3000000ffff;
    segments[SELECTOR_USER_CODE / 8] = 0x00affb000000ffff;
    segments[SELECTOR_TASK / 8] =
        (sizeof(cpu->task) - 1) | (task & 0xffffff) << 16 | (uint64_t)TASK_AVAILABLE << 40 | (task >> 24 & 0xff) << 56;
    segments[SELECTOR_TASK / 8 + 1] = task >> 32;
}

static void segments_load(const struct arch_cpu *cpu) {
    struct table_pointer pointer = {sizeof(cpu->descriptors) - 1, (uint64_t)cpu->descriptors};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1: movl %2, %%eax\n\t"
                     "movl %%eax, %%ss\n\t"
                     "xorl %%eax, %%eax\n\t"
                     "movl %%eax, %%ds\n\t"
                     "movl %%eax, %%es\n\t"
                     "lldt %%ax\n\t"
                     :
                     : "m"(pointer), "i"(SELECTOR_KERNEL_CODE), "i"(SELECTOR_KERNEL_DATA)
                     : "rax", "memory");
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TASK));
}

void descriptors_load(struct processor *processor) {
    struct arch_cpu *cpu = &processor->arch;
    memset(cpu->task.port_map, 0xff, sizeof(cpu->task.port_map));
    cpu->task.port_map_offset = sizeof(struct task_state); // beyond the limit
    segments_fill(cpu);
    segments_load(cpu);
    struct table_pointer pointer = {sizeof(gates) - 1, (uint64_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}
