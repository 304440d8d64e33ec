// Registers and flags: what a program sets does not disturb the kernel, and what it holds is not shown to another.
#include "tests/guest/guest.h"
#include "tests/guest/guest_image.h"
#include "tests/guest/raw_call.h"

enum {
    VECTOR_DEBUG = 1,
    FLAG_TRAP = 1 << 8,
    FLAG_INTERRUPT = 1 << 9,
    FLAG_DIRECTION = 1 << 10,
    FLAG_IO_PRIVILEGE = 3 << 12,
    FLAG_NESTED = 1 << 14,
    FLAG_ALIGNMENT = 1 << 18,
    FLAG_IDENTIFICATION = 1 << 21,
    CODE_NULL = 0,
    CODE_RANDOM_READ = 6,
    CODE_YIELD = 27,
    CODE_SLEEP = 28,
};

// ---- flags at the entry ----

// A call made with these flags set: they are set right before the instruction and cleared right after it.
static struct result call_with_flags(uint64_t flags, uint64_t code, uint64_t first, uint64_t second) {
    struct result result;
    __asm__ volatile(
        "subq $256, %%rsp\n"
        "pushfq\n orq %[flags], (%%rsp)\n popfq\n"
        "syscall\n"
        "pushfq\n andq %[clear], (%%rsp)\n popfq\n"
        "addq $256, %%rsp\n"
        : "=a"(result.status), "=d"(result.value), "+D"(first), "+S"(second)
        : "a"(code), [flags] "r"(flags), [clear] "i"(~(FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_TRAP))
        : "rcx", "r8", "r9", "r10", "r11", "memory");
    return result;
}

TEST(flags_set_at_the_entry_do_not_disturb_the_kernel) {
    static const uint64_t flags[] = {
        FLAG_DIRECTION, FLAG_NESTED, FLAG_ALIGNMENT, FLAG_IDENTIFICATION, FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT,
    };
    static uint8_t buffer[3 * 512];
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        EXPECT_OK((enum status)call_with_flags(flags[i], CODE_NULL, 0, 0).status);
        memset(buffer, 0, sizeof(buffer));
        uint64_t middle = (uint64_t)buffer + 512;
        EXPECT_OK((enum status)call_with_flags(flags[i], CODE_RANDOM_READ, middle, 512).status);
        uint32_t before = 0, within = 0, behind = 0;
        for (size_t k = 0; k < 512; k++) {
            before += buffer[k];
            within += buffer[512 + k];
            behind += buffer[1024 + k];
        }
        EXPECT(before == 0 && within != 0 && behind == 0);
        EXPECT_OK((enum status)call_with_flags(flags[i], CODE_SLEEP, guest_shortly(), 0).status);
        EXPECT_OK((enum status)call_with_flags(flags[i], CODE_YIELD, 0, 0).status);
    }
}

// A page fault and a timer interrupt come while these are set, too.
TEST(flags_set_at_a_page_fault_do_not_disturb_the_kernel) {
    uint64_t base;
    EXPECT_OK(memory_map(0, 16 * PAGE_SIZE, PROTECTION_WRITE, 0, &base));
    for (uint64_t page = 0; page < 16; page++)
        __asm__ volatile("subq $256, %%rsp\n pushfq\n orq %1, (%%rsp)\n popfq\n"
                         "movq $1, (%0)\n"
                         "pushfq\n andq %2, (%%rsp)\n popfq\n addq $256, %%rsp\n" ::"r"(base + page * PAGE_SIZE),
                         "r"((uint64_t)(FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT)),
                         "i"(~(FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT))
                         : "memory");
    for (uint64_t page = 0; page < 16; page++)
        EXPECT_EQUAL(*(uint64_t *)(base + page * PAGE_SIZE), 1);
    EXPECT_OK(memory_unmap(base, 16 * PAGE_SIZE));
}

TEST(a_program_cannot_turn_interrupts_off_or_raise_its_input_output_privilege) {
    uint64_t flags;
    __asm__ volatile("subq $256, %%rsp\n pushfq\n orq %1, (%%rsp)\n andq %2, (%%rsp)\n popfq\n pushfq\n popq %0\n"
                     "addq $256, %%rsp\n"
                     : "=&r"(flags)
                     : "r"((uint64_t)FLAG_IO_PRIVILEGE), "i"(~FLAG_INTERRUPT)
                     : "memory");
    EXPECT(flags & FLAG_INTERRUPT);
    EXPECT_EQUAL(flags & FLAG_IO_PRIVILEGE, 0);
}

// ---- single steps ----

ROLE(steps_through_a_call) {
    call_with_flags(FLAG_TRAP, (uint64_t)atoi(arguments[0]), 1, 0);
    return 0;
}

ROLE(steps_through_an_interrupt) {
    __asm__ volatile("subq $256, %%rsp\n pushfq\n orq %0, (%%rsp)\n popfq\n int $0x80\n" ::"r"((uint64_t)FLAG_TRAP)
                     : "memory");
    return 0;
}

ROLE(steps_through_sysenter) {
    __asm__ volatile("subq $256, %%rsp\n pushfq\n orq %0, (%%rsp)\n popfq\n sysenter\n" ::"r"((uint64_t)FLAG_TRAP)
                     : "memory");
    return 0;
}

ROLE(steps_at_a_fault) {
    __asm__ volatile("subq $256, %%rsp\n pushfq\n orq %0, (%%rsp)\n popfq\n movq $1, 8\n" ::"r"((uint64_t)FLAG_TRAP)
                     : "memory");
    return 0;
}

// It is ended by the step itself, wherever the processor reports it: nobody listens to single steps.
TEST(single_stepping_through_the_entries_of_the_kernel_ends_the_program_alone) {
    static const char *const codes[] = {"0", "1", "27", "28", "200"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct process_end end = guest_await(guest_start("steps_through_a_call", codes[i], NULL));
        EXPECT_EQUAL(end.reason, END_FAULTED);
        EXPECT_EQUAL(end.vector, VECTOR_DEBUG);
    }
    static const char *const roles[] = {"steps_through_an_interrupt", "steps_through_sysenter", "steps_at_a_fault"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        EXPECT_EQUAL(guest_await(guest_start(roles[i], NULL)).reason, END_FAULTED);
    EXPECT_OK(null_call());
}

// ---- what a new program finds ----

// Ends with a bit for each group of registers that held something. It must run as the first instructions of all.
__asm__(".section .text\n"
        "probe_start:\n"
        "    orq %rcx, %rax\n orq %rdx, %rax\n orq %rbx, %rax\n orq %rsi, %rax\n orq %rbp, %rax\n"
        "    orq %r8, %rax\n orq %r9, %rax\n orq %r10, %rax\n orq %r11, %rax\n orq %r12, %rax\n"
        "    orq %r13, %rax\n orq %r14, %rax\n orq %r15, %rax\n"
        "    xorl %edi, %edi\n"
        "    testq %rax, %rax\n jz 1f\n orl $1, %edi\n"
        "1:  pushfq\n popq %rax\n testl $0x47500, %eax\n jz 1f\n orl $2, %edi\n"
        "1:  por %xmm1, %xmm0\n por %xmm2, %xmm0\n por %xmm3, %xmm0\n por %xmm4, %xmm0\n por %xmm5, %xmm0\n"
        "    por %xmm6, %xmm0\n por %xmm7, %xmm0\n por %xmm8, %xmm0\n por %xmm9, %xmm0\n por %xmm10, %xmm0\n"
        "    por %xmm11, %xmm0\n por %xmm12, %xmm0\n por %xmm13, %xmm0\n por %xmm14, %xmm0\n por %xmm15, %xmm0\n"
        "    movq %xmm0, %rax\n psrldq $8, %xmm0\n movq %xmm0, %rcx\n orq %rcx, %rax\n jz 1f\n orl $4, %edi\n"
        "1:  pushq $0\n stmxcsr (%rsp)\n cmpl $0x1f80, (%rsp)\n je 1f\n orl $8, %edi\n"
        "1:  fnstcw (%rsp)\n cmpw $0x37f, (%rsp)\n je 1f\n orl $16, %edi\n"
        "1:  fnstsw %ax\n testw %ax, %ax\n jz 1f\n orl $16, %edi\n"
        "1:  subq $128, %rsp\n fnsave (%rsp)\n movl $20, %ecx\n leaq 28(%rsp), %rsi\n xorl %eax, %eax\n"
        "2:  orl (%rsi), %eax\n addq $4, %rsi\n loop 2b\n testl %eax, %eax\n jz 1f\n orl $32, %edi\n"
        "1:  movl $17, %eax\n syscall\n ud2\n"
        "probe_end:\n");
extern const char probe_start[] __attribute__((visibility("hidden")));
extern const char probe_end[] __attribute__((visibility("hidden")));

static void fill_vector_registers(void) {
    static const uint64_t pattern[2] = {0x1111222233334444, 0x5555666677778888};
    __asm__ volatile("movdqu %0, %%xmm0\n movdqa %%xmm0, %%xmm1\n movdqa %%xmm0, %%xmm2\n movdqa %%xmm0, %%xmm3\n"
                     "movdqa %%xmm0, %%xmm4\n movdqa %%xmm0, %%xmm5\n movdqa %%xmm0, %%xmm6\n movdqa %%xmm0, %%xmm7\n"
                     "movdqa %%xmm0, %%xmm8\n movdqa %%xmm0, %%xmm9\n movdqa %%xmm0, %%xmm10\n"
                     "movdqa %%xmm0, %%xmm11\n movdqa %%xmm0, %%xmm12\n movdqa %%xmm0, %%xmm13\n"
                     "movdqa %%xmm0, %%xmm14\n movdqa %%xmm0, %%xmm15\n fldpi\n fldpi\n fldpi\n" ::"m"(pattern)
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
                       "xmm12", "xmm13", "xmm14", "xmm15");
}

ROLE(fills_its_vector_registers_for_ever) {
    for (;;) {
        fill_vector_registers();
        thread_yield();
        __asm__ volatile("fninit");
    }
}

TEST(a_new_program_finds_no_registers_of_another) {
    for (int i = 0; i < 3; i++)
        guest_start("fills_its_vector_registers_for_ever", NULL);
    for (int round = 0; round < 30; round++) {
        struct process_end end = {0};
        fill_vector_registers();
        __asm__ volatile("fninit");
        EXPECT_OK(guest_image_run(probe_start, (uintptr_t)probe_end - (uintptr_t)probe_start, NULL, &end));
        EXPECT_EQUAL(end.reason, END_EXITED);
        EXPECT_EQUAL(end.code, 0);
    }
}

// ---- registers across switches ----

struct vectors {
    uint64_t words[32];
};

// Loads all sixteen from `in`, makes the call, stores all to `out`.
static void across_call(const struct vectors *in, struct vectors *out, uint64_t code) {
    __asm__ volatile(
        "movdqu (%1), %%xmm0\n movdqu 16(%1), %%xmm1\n movdqu 32(%1), %%xmm2\n movdqu 48(%1), %%xmm3\n"
        "movdqu 64(%1), %%xmm4\n movdqu 80(%1), %%xmm5\n movdqu 96(%1), %%xmm6\n movdqu 112(%1), %%xmm7\n"
        "movdqu 128(%1), %%xmm8\n movdqu 144(%1), %%xmm9\n movdqu 160(%1), %%xmm10\n movdqu 176(%1), %%xmm11\n"
        "movdqu 192(%1), %%xmm12\n movdqu 208(%1), %%xmm13\n movdqu 224(%1), %%xmm14\n movdqu 240(%1), %%xmm15\n"
        "syscall\n"
        "movdqu %%xmm0, (%2)\n movdqu %%xmm1, 16(%2)\n movdqu %%xmm2, 32(%2)\n movdqu %%xmm3, 48(%2)\n"
        "movdqu %%xmm4, 64(%2)\n movdqu %%xmm5, 80(%2)\n movdqu %%xmm6, 96(%2)\n movdqu %%xmm7, 112(%2)\n"
        "movdqu %%xmm8, 128(%2)\n movdqu %%xmm9, 144(%2)\n movdqu %%xmm10, 160(%2)\n movdqu %%xmm11, 176(%2)\n"
        "movdqu %%xmm12, 192(%2)\n movdqu %%xmm13, 208(%2)\n movdqu %%xmm14, 224(%2)\n movdqu %%xmm15, 240(%2)\n"
        : "+a"(code)
        : "b"(in), "r"((uint64_t)out)
        : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
          "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

ROLE(keeps_its_vector_registers) {
    struct vectors in, out;
    uint64_t seed = (uint64_t)guest_self() << 32;
    uint32_t mode = 0x1f80 | (guest_self() % 4) << 13, found;
    uint16_t control = (uint16_t)(0x37f | (guest_self() % 4) << 10), word;
    __asm__ volatile("ldmxcsr %0\n fldcw %1\n" ::"m"(mode), "m"(control));
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < 32; i++)
            in.words[i] = seed + (uint64_t)round * 32 + i;
        across_call(&in, &out, CODE_YIELD);
        ROLE_EXPECT(memcmp(&in, &out, sizeof(in)) == 0);
        __asm__ volatile("stmxcsr %0\n fnstcw %1\n" : "=m"(found), "=m"(word));
        ROLE_EXPECT((found & ~0x3fu) == mode && word == control);
    }
    return 0;
}

TEST(vector_and_floating_point_registers_are_kept_across_switches) {
    struct spawned children[6];
    for (int i = 0; i < 6; i++)
        children[i] = guest_start("keeps_its_vector_registers", NULL);
    for (int i = 0; i < 6; i++)
        guest_expect_success(children[i]);
}

static void *spin_with_registers(void *argument) {
    uint64_t kept[4] = {(uint64_t)argument, 2, 3, 4}, end = deadline_after(20 * NANOSECONDS_PER_MILLISECOND);
    while (clock_now() < end)
        __asm__ volatile("movq %0, %%xmm5\n movq %1, %%xmm15\n movl $20000, %%ecx\n1: loop 1b\n"
                         "movq %%xmm5, %0\n movq %%xmm15, %1\n"
                         : "+m"(kept[0]), "+m"(kept[1])
                         :
                         : "rcx", "xmm5", "xmm15");
    return (void *)(uintptr_t)(kept[0] == (uint64_t)argument && kept[1] == 2);
}

// More spinning threads than processors: they are switched by the timer's interrupt.
TEST(vector_registers_are_kept_across_interrupts) {
    struct thread *threads[8];
    for (uintptr_t i = 0; i < 8; i++)
        EXPECT_OK(thread_start(spin_with_registers, (void *)(i + 100), NULL, &threads[i]));
    bool all = true;
    for (int i = 0; i < 8; i++) {
        void *kept;
        EXPECT_OK(thread_join(threads[i], &kept));
        all &= kept != NULL;
    }
    EXPECT(all);
}
