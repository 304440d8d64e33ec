// Instructions that are not a program's to execute: each ends the program that tries, with the right exception, and no more.
#include "tests/guest/guest.h"

#include <cpuid.h>

enum {
    VECTOR_BREAKPOINT = 3,
    VECTOR_OVERFLOW = 4,
    VECTOR_INVALID_OPCODE = 6,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_COUNT = 256,
    STUB_SIZE = 4,
    CPUID_UMIP = 1 << 2,
};

// ---- every interrupt vector ----

// 256 functions of four bytes: int n; ret; nop.
__asm__(".section .text\n"
        "interrupt_stubs:\n"
        ".set vector, 0\n"
        ".rept 256\n"
        ".byte 0xcd, vector, 0xc3, 0x90\n"
        ".set vector, vector + 1\n"
        ".endr\n");
extern const char interrupt_stubs[] __attribute__((visibility("hidden")));

ROLE(interrupts_with) {
    ((void (*)(void))(interrupt_stubs + STUB_SIZE * atoi(arguments[0])))();
    return 0;
}

TEST(every_interrupt_vector_ends_the_program_that_raises_it) {
    for (int vector = 0; vector < VECTOR_COUNT; vector++) {
        char text[8];
        snprintf(text, sizeof(text), "%d", vector);
        struct process_end end = guest_await(guest_start("interrupts_with", text, NULL));
        bool own = (vector == VECTOR_BREAKPOINT || vector == VECTOR_OVERFLOW) && end.vector == (uint32_t)vector;
        if (end.reason != END_FAULTED || (end.vector != VECTOR_PROTECTION && !own))
            FAIL("int %d: ended for reason %u with vector %u", vector, end.reason, end.vector);
    }
}

// ---- privileged instructions ----

struct act {
    const char *name;
    void (*act)(void);
    uint32_t vector, other_vector; // either is right; 0: none
    bool needs_umip;
};

static uint64_t scratch[8];

#define ACT(name, ...)                                                                                                 \
    static void act_##name(void) {                                                                                     \
        __asm__ volatile(__VA_ARGS__);                                                                                 \
    }

ACT(cli, "cli")
ACT(sti, "sti")
ACT(hlt, "hlt")
ACT(in, "inb $0x60, %%al" ::: "rax")
ACT(out, "outb %%al, $0x80" ::: "memory")
ACT(in_dx, "inl %%dx, %%eax" ::"d"(0xcf8) : "rax")
ACT(out_dx, "outl %%eax, %%dx" ::"d"(0xcf8), "a"(0))
ACT(ins, "insb" ::"d"(0x60), "D"(scratch) : "memory")
ACT(outs, "outsb" ::"d"(0x60), "S"(scratch))
ACT(read_cr0, "mov %%cr0, %%rax" ::: "rax")
ACT(write_cr0, "mov %%rax, %%cr0" ::"a"(0))
ACT(read_cr2, "mov %%cr2, %%rax" ::: "rax")
ACT(read_cr3, "mov %%cr3, %%rax" ::: "rax")
ACT(write_cr3, "mov %%rax, %%cr3" ::"a"(0))
ACT(read_cr4, "mov %%cr4, %%rax" ::: "rax")
ACT(write_cr4, "mov %%rax, %%cr4" ::"a"(0))
ACT(write_cr8, "mov %%rax, %%cr8" ::"a"(0))
ACT(read_dr0, "mov %%db0, %%rax" ::: "rax")
ACT(write_dr0, "mov %%rax, %%db0" ::"a"(0))
ACT(read_dr6, "mov %%db6, %%rax" ::: "rax")
ACT(write_dr7, "mov %%rax, %%db7" ::"a"(0x403))
ACT(lgdt, "lgdt %0" ::"m"(scratch))
ACT(lidt, "lidt %0" ::"m"(scratch))
ACT(lldt, "lldt %%ax" ::"a"(0))
ACT(ltr, "ltr %%ax" ::"a"(0))
ACT(lmsw, "lmsw %%ax" ::"a"(0))
ACT(clts, "clts")
ACT(invlpg, "invlpg %0" ::"m"(scratch))
ACT(invd, "invd")
ACT(wbinvd, "wbinvd")
ACT(rdmsr, "rdmsr" ::"c"(0xc0000080) : "rax", "rdx")
ACT(wrmsr, "wrmsr" ::"c"(0xc0000082), "a"(0), "d"(0))
ACT(rdpmc, "rdpmc" ::"c"(0) : "rax", "rdx")
ACT(swapgs, "swapgs")
ACT(sysret, "sysretq" ::"c"(0), "r"(scratch))
ACT(sysenter, "sysenter")
ACT(sysexit, "sysexit")
ACT(xsetbv, "xsetbv" ::"c"(0), "a"(7), "d"(0))
ACT(monitor, "monitor" ::"a"(scratch), "c"(0), "d"(0))
ACT(mwait, "mwait" ::"a"(0), "c"(0))
ACT(vmcall, "vmcall")
ACT(vmrun, "vmrun" ::"a"(0))
ACT(stac, "stac")
ACT(clac, "clac")
ACT(rsm, "rsm")
ACT(ud2, "ud2")
ACT(sgdt, "sgdt %0" : "=m"(scratch))
ACT(sidt, "sidt %0" : "=m"(scratch))
ACT(sldt, "sldt %0" : "=m"(scratch))
ACT(str, "str %0" : "=m"(scratch))
ACT(smsw, "smsw %%rax" ::: "rax")
ACT(kernel_cs, "pushq %%rax\n pushq %1\n lretq" ::"a"(8), "r"(act_cli))
ACT(kernel_ss, "mov %%eax, %%ss" ::"a"(0x10))
ACT(null_ss, "mov %%eax, %%ss" ::"a"(0))
ACT(tss_as_ds, "mov %%eax, %%ds" ::"a"(0x28))
ACT(beyond_gdt, "mov %%eax, %%es" ::"a"(0xfffb))
ACT(local_table, "mov %%eax, %%fs" ::"a"(7))
ACT(iret_to_kernel, "pushq $0x10\n pushq %%rsp\n pushq $0x2\n pushq $8\n pushq %0\n iretq" ::"r"(act_cli))
ACT(iret_to_nowhere, "mov %%ss, %%ecx\n pushq %%rcx\n pushq %%rsp\n pushfq\n mov %%cs, %%ecx\n pushq %%rcx\n"
                     "pushq %0\n iretq" ::"r"(UINT64_C(0x0000800000000000))
    : "rcx")

#define PROTECTION_FAULT(name)                                                                                         \
    { #name, act_##name, VECTOR_PROTECTION, 0, false }
#define EITHER_FAULT(name)                                                                                             \
    { #name, act_##name, VECTOR_PROTECTION, VECTOR_INVALID_OPCODE, false }
// QEMU reads the stack for a far return with the processor's own rights, and SMAP forbids that.
#define FAR_RETURN_FAULT(name)                                                                                         \
    { #name, act_##name, VECTOR_PROTECTION, VECTOR_PAGE_FAULT, false }
#define UNKNOWN(name)                                                                                                  \
    { #name, act_##name, VECTOR_INVALID_OPCODE, 0, false }
#define UMIP_FAULT(name)                                                                                               \
    { #name, act_##name, VECTOR_PROTECTION, 0, true }

static const struct act acts[] = {
    PROTECTION_FAULT(cli),
    PROTECTION_FAULT(sti),
    PROTECTION_FAULT(hlt),
    PROTECTION_FAULT(in),
    PROTECTION_FAULT(out),
    PROTECTION_FAULT(in_dx),
    PROTECTION_FAULT(out_dx),
    PROTECTION_FAULT(ins),
    PROTECTION_FAULT(outs),
    PROTECTION_FAULT(read_cr0),
    PROTECTION_FAULT(write_cr0),
    PROTECTION_FAULT(read_cr2),
    PROTECTION_FAULT(read_cr3),
    PROTECTION_FAULT(write_cr3),
    PROTECTION_FAULT(read_cr4),
    PROTECTION_FAULT(write_cr4),
    PROTECTION_FAULT(write_cr8),
    PROTECTION_FAULT(read_dr0),
    PROTECTION_FAULT(write_dr0),
    PROTECTION_FAULT(read_dr6),
    PROTECTION_FAULT(write_dr7),
    PROTECTION_FAULT(lgdt),
    PROTECTION_FAULT(lidt),
    PROTECTION_FAULT(lldt),
    PROTECTION_FAULT(ltr),
    PROTECTION_FAULT(lmsw),
    PROTECTION_FAULT(clts),
    PROTECTION_FAULT(invlpg),
    PROTECTION_FAULT(invd),
    PROTECTION_FAULT(wbinvd),
    PROTECTION_FAULT(rdmsr),
    PROTECTION_FAULT(wrmsr),
    EITHER_FAULT(rdpmc),
    EITHER_FAULT(swapgs),
    EITHER_FAULT(sysret),
    EITHER_FAULT(sysenter),
    EITHER_FAULT(sysexit),
    EITHER_FAULT(xsetbv),
    EITHER_FAULT(monitor),
    EITHER_FAULT(mwait),
    EITHER_FAULT(vmcall),
    EITHER_FAULT(vmrun),
    EITHER_FAULT(stac),
    EITHER_FAULT(clac),
    EITHER_FAULT(rsm),
    UNKNOWN(ud2),
    UMIP_FAULT(sgdt),
    UMIP_FAULT(sidt),
    UMIP_FAULT(sldt),
    UMIP_FAULT(str),
    UMIP_FAULT(smsw),
    FAR_RETURN_FAULT(kernel_cs),
    PROTECTION_FAULT(kernel_ss),
    PROTECTION_FAULT(null_ss),
    PROTECTION_FAULT(tss_as_ds),
    PROTECTION_FAULT(beyond_gdt),
    PROTECTION_FAULT(local_table),
    FAR_RETURN_FAULT(iret_to_kernel),
    FAR_RETURN_FAULT(iret_to_nowhere),
};

enum { ACT_COUNT = sizeof(acts) / sizeof(acts[0]) };

static bool has_umip(void) {
    uint32_t eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ecx & CPUID_UMIP);
}

ROLE(acts) {
    acts[atoi(arguments[0])].act();
    return 0;
}

static bool is_right(const struct act *act, const struct process_end *end) {
    if (act->needs_umip && !has_umip())
        return end->reason == END_EXITED;
    return end->reason == END_FAULTED &&
           (end->vector == act->vector || (act->other_vector != 0 && end->vector == act->other_vector));
}

TEST(every_privileged_instruction_ends_the_program_that_executes_it) {
    for (int i = 0; i < ACT_COUNT; i++) {
        char text[8];
        snprintf(text, sizeof(text), "%d", i);
        struct spawned child = guest_start("acts", text, NULL);
        if (process_wait(child.number, guest_soon(), NULL) != STATUS_OK)
            FAIL("%s: did not end", acts[i].name);
        struct process_end end = guest_await(child);
        if (!is_right(&acts[i], &end))
            FAIL("%s: ended for reason %u with vector %u", acts[i].name, end.reason, end.vector);
    }
}

// ---- segments ----

static inline struct result bare_call(uint64_t code, uint64_t argument) {
    struct result result;
    __asm__ volatile("syscall"
                     : "=a"(result.status), "=d"(result.value), "+D"(argument)
                     : "a"(code)
                     : "rcx", "rsi", "r8", "r9", "r10", "r11", "memory");
    return result;
}

// With no thread pointer there is no stack guard either: nothing here may have one.
__attribute__((no_stack_protector)) static int with_selector(uint32_t selector) {
    uint64_t pointer;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(pointer));
    __asm__ volatile("mov %0, %%ds\n mov %0, %%es\n mov %0, %%fs\n mov %0, %%gs" ::"r"(selector) : "memory");
    int wrong = bare_call(0, 0).status != STATUS_OK;
    wrong |= bare_call(28, 1000).status != STATUS_OK; // thread_sleep: through the scheduler and back
    wrong |= bare_call(27, 0).status != STATUS_OK;
    wrong |= bare_call(29, pointer).status != STATUS_OK;
    return wrong;
}

ROLE(loads_segments_with) {
    return with_selector((uint32_t)atoi(arguments[0]));
}

// Null selectors are allowed, and so is the program's own data segment: the kernel must not mind either.
TEST(segment_registers_loaded_oddly_do_not_disturb_the_kernel) {
    for (uint32_t selector = 0; selector < 64; selector++) {
        char text[8];
        snprintf(text, sizeof(text), "%u", selector);
        struct process_end end = guest_await(guest_start("loads_segments_with", text, NULL));
        bool refused = end.reason == END_FAULTED && end.vector == VECTOR_PROTECTION;
        if (!refused && (end.reason != END_EXITED || end.code != 0))
            FAIL("selector %u: ended for reason %u with code %d", selector, end.reason, end.code);
        if (selector < 4)
            EXPECT(!refused);
    }
}
