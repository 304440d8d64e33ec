// Memory that is not a program's to write, execute or see.
#include "tests/guest/guest.h"

enum { VECTOR_STACK = 12, VECTOR_PROTECTION = 13, VECTOR_PAGE_FAULT = 14, CANARY_PAGES = 256 };

static const uint8_t constant_return = 0xc3;
static uint8_t data_return = 0xc3;
static uint8_t *volatile target;

static void call(const void *address) {
    ((void (*)(void))(uintptr_t)address)();
}

static void poke(uint64_t address) {
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what is tested
    *(volatile uint8_t *)address = 1; // cppcheck-suppress nullPointer
}

static uint8_t peek(uint64_t address) {
    return *(volatile uint8_t *)address;
}

// ---- what ends a program ----

static void write_text(void) {
    poke((uint64_t)write_text);
}

static void write_constant(void) {
    poke((uint64_t)&constant_return);
}

static void execute_data(void) {
    call(&data_return);
}

static void execute_constant(void) {
    call(&constant_return);
}

static void execute_stack(void) {
    volatile uint8_t code[16] = {0xc3};
    call((const void *)code);
}

static void execute_heap(void) {
    target = malloc(64);
    target[0] = 0xc3;
    call(target);
}

static void execute_mapped(void) {
    uint64_t base;
    memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base);
    *(uint8_t *)base = 0xc3;
    memory_protect(base, PAGE_SIZE, PROTECTION_READ);
    call((void *)base);
}

static void touch_below_the_stack(void) {
    poke(start_information()->stack_base - 8);
}

static int recurse(int depth) { // as good as for ever
    volatile char frame[512];
    frame[0] = (char)depth;
    return depth < 1000000 ? recurse(depth + 1) + frame[0] : 0;
}

static void overflow_the_stack(void) {
    recurse(0);
}

static void write_null(void) {
    poke(0);
}

static void read_alias(void) {
    peek(0xffff800000000000);
}

static void read_alias_of_a_mebibyte(void) {
    peek(0xffff800000100000);
}

static void read_kernel_text(void) {
    peek(0xffffffff80100000);
}

static void write_kernel_text(void) {
    poke(0xffffffff80100000);
}

static void read_kernel_stacks(void) {
    peek(0xffffc00000000000);
}

static void read_last_page(void) {
    peek(0xfffffffffffff000);
}

static void read_above_the_user_half(void) {
    peek(0x00007ffffffff000);
}

static void read_non_canonical(void) {
    peek(0x0000800000000000);
}

static void jump_to_the_kernel(void) {
    call((void *)0xffffffff80100000);
}

static void jump_to_non_canonical(void) {
    call((void *)0x0000800000000000);
}

static void return_to_non_canonical(void) {
    __asm__ volatile("pushq %0\n ret" ::"r"(UINT64_C(0x8000000000000000)));
}

static void stack_in_the_kernel(void) {
    __asm__ volatile("mov %0, %%rsp\n pushq %%rax" ::"r"(UINT64_C(0xffffffff80200000)));
}

static void stack_non_canonical(void) {
    __asm__ volatile("mov %0, %%rsp\n pushq %%rax" ::"r"(UINT64_C(0x0000900000000000)));
}

struct attempt {
    const char *name;
    void (*act)(void);
    uint32_t vector;  // of a stack fault: QEMU reports a protection fault
    uint64_t address; // that must be told, or 0
};

static const struct attempt attempts[] = {
    {"write to text", write_text, VECTOR_PAGE_FAULT, 0},
    {"write to a constant", write_constant, VECTOR_PAGE_FAULT, 0},
    {"execute data", execute_data, VECTOR_PAGE_FAULT, 0},
    {"execute a constant", execute_constant, VECTOR_PAGE_FAULT, 0},
    {"execute the stack", execute_stack, VECTOR_PAGE_FAULT, 0},
    {"execute the heap", execute_heap, VECTOR_PAGE_FAULT, 0},
    {"execute mapped memory", execute_mapped, VECTOR_PAGE_FAULT, 0},
    {"touch below the stack", touch_below_the_stack, VECTOR_PAGE_FAULT, 0},
    {"overflow the stack", overflow_the_stack, VECTOR_PAGE_FAULT, 0},
    {"write to address 0", write_null, VECTOR_PAGE_FAULT, 0},
    {"read the alias of memory", read_alias, VECTOR_PAGE_FAULT, 0xffff800000000000},
    {"read the alias of memory at 1 MiB", read_alias_of_a_mebibyte, VECTOR_PAGE_FAULT, 0xffff800000100000},
    {"read the kernel's text", read_kernel_text, VECTOR_PAGE_FAULT, 0xffffffff80100000},
    {"write to the kernel's text", write_kernel_text, VECTOR_PAGE_FAULT, 0xffffffff80100000},
    {"read the kernel's stacks", read_kernel_stacks, VECTOR_PAGE_FAULT, 0xffffc00000000000},
    {"read the last page", read_last_page, VECTOR_PAGE_FAULT, 0xfffffffffffff000},
    {"read above the user half", read_above_the_user_half, VECTOR_PAGE_FAULT, 0x7ffffffff000},
    {"read a non-canonical address", read_non_canonical, VECTOR_PROTECTION, 0},
    {"jump to the kernel", jump_to_the_kernel, VECTOR_PAGE_FAULT, 0xffffffff80100000},
    {"jump to a non-canonical address", jump_to_non_canonical, VECTOR_PROTECTION, 0},
    {"return to a non-canonical address", return_to_non_canonical, VECTOR_PROTECTION, 0},
    {"a stack in the kernel's half", stack_in_the_kernel, VECTOR_PAGE_FAULT, 0},
    {"a non-canonical stack", stack_non_canonical, VECTOR_STACK, 0},
};

ROLE(attempts) {
    attempts[atoi(arguments[0])].act();
    return 0;
}

TEST(memory_that_is_not_the_programs_to_touch_ends_it) {
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        char text[8];
        snprintf(text, sizeof(text), "%zu", i);
        struct process_end end = guest_await(guest_start("attempts", text, NULL));
        bool as_protection = attempts[i].vector == VECTOR_STACK && end.vector == VECTOR_PROTECTION;
        if (end.reason != END_FAULTED || (end.vector != attempts[i].vector && !as_protection))
            FAIL("%s: ended for reason %u with vector %u, code %d", attempts[i].name, end.reason, end.vector, end.code);
        if (attempts[i].address != 0)
            EXPECT_EQUAL(end.address, attempts[i].address);
    }
}

// ---- never writable and executable ----

static void expect_refused(enum status status, const char *what) {
    if (status >= 0)
        FAIL("%s was allowed", what);
}

TEST(anonymous_memory_is_never_executable) {
    uint64_t base;
    expect_refused(memory_map(0, PAGE_SIZE, PROTECTION_EXECUTE, 0, &base), "mapping executable");
    expect_refused(memory_map(0, PAGE_SIZE, PROTECTION_READ | PROTECTION_EXECUTE, 0, &base), "mapping executable");
    expect_refused(memory_map(0, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE, 0, &base), "mapping both");
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base));
    expect_refused(memory_protect(base, PAGE_SIZE, PROTECTION_EXECUTE), "making executable");
    expect_refused(memory_protect(base, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE), "making both");
    EXPECT_OK(memory_protect(base, PAGE_SIZE, PROTECTION_READ));
    expect_refused(memory_protect(base, PAGE_SIZE, PROTECTION_EXECUTE), "making read-only memory executable");
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
}

TEST(the_programs_own_parts_cannot_be_made_otherwise) {
    uint64_t text = (uint64_t)write_text & ~(uint64_t)(PAGE_SIZE - 1);
    uint64_t data = (uint64_t)&data_return & ~(uint64_t)(PAGE_SIZE - 1);
    uint64_t stack = start_information()->stack_base;
    expect_refused(memory_protect(text, PAGE_SIZE, PROTECTION_WRITE), "making text writable");
    expect_refused(memory_protect(text, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE), "making text both");
    expect_refused(memory_protect(data, PAGE_SIZE, PROTECTION_EXECUTE), "making data executable");
    expect_refused(memory_protect(stack, PAGE_SIZE, PROTECTION_EXECUTE), "making the stack executable");
}

static int32_t sealed_code(void) {
    int32_t number;
    uint64_t base;
    EXPECT_OK(shared_create(PAGE_SIZE, &number));
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    *(uint8_t *)base = 0xc3;
    expect_refused(shared_map(number, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &base), "executing unsealed memory");
    expect_refused(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE, 0, 0, &base),
                   "mapping both");
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    EXPECT_OK(shared_seal(number));
    return number;
}

TEST(sealed_memory_is_executable_or_copied_but_not_both) {
    int32_t number = sealed_code();
    uint64_t base, copy;
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &base));
    call((void *)base);
    expect_refused(memory_protect(base, PAGE_SIZE, PROTECTION_WRITE), "writing to executable memory");
    expect_refused(memory_protect(base, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE), "making both");
    expect_refused(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE, 0, MAP_COPY, &copy), "both");
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, MAP_COPY, &copy));
    *(uint8_t *)copy = 0x90;
    expect_refused(memory_protect(copy, PAGE_SIZE, PROTECTION_EXECUTE), "executing a changed copy");
    EXPECT_OK(memory_protect(copy, PAGE_SIZE, PROTECTION_READ));
    expect_refused(memory_protect(copy, PAGE_SIZE, PROTECTION_EXECUTE), "executing a changed copy");
    EXPECT_EQUAL(*(uint8_t *)base, 0xc3);
    EXPECT_OK(memory_unmap(copy, PAGE_SIZE));
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    EXPECT_OK(number_close(number));
}

// A copy that was never written still shows the sealed page: it must not become executable and then be written either.
TEST(an_executable_copy_cannot_be_made_writable_again) {
    int32_t number = sealed_code();
    uint64_t copy;
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_READ, 0, MAP_COPY, &copy));
    if (memory_protect(copy, PAGE_SIZE, PROTECTION_EXECUTE) >= 0)
        expect_refused(memory_protect(copy, PAGE_SIZE, PROTECTION_WRITE), "writing to an executable copy");
    EXPECT_OK(memory_unmap(copy, PAGE_SIZE));
    EXPECT_OK(number_close(number));
}

// ---- the page tables themselves ----

// What the caller's process object says of itself; only a debug kernel walks the page tables for it.
static bool own_description(char *text, size_t size) {
    struct object_information list[16];
    uint64_t after = 0;
    size_t count, length;
    char own[32];
    snprintf(own, sizeof(own), "process: %u\n", guest_self());
    do {
        EXPECT_OK(object_list(OBJECT_PROCESS, after, list, 16, &count));
        for (size_t i = 0; i < count; i++) {
            after = list[i].id;
            if (object_describe(after, text, size - 1, &length) != STATUS_OK)
                continue;
            text[length] = 0;
            if (strstr(text, own) != NULL)
                return true;
        }
    } while (count > 0);
    return false;
}

static void expect_sound_page_tables(const char *when) {
    char text[1024];
    EXPECT(own_description(text, sizeof(text)));
    if (strstr(text, "page tables sound") == NULL)
        return;
    if (strstr(text, "page tables sound: yes") == NULL)
        FAIL("a page is writable and executable %s", when);
    printf("# the page tables were walked %s\n", when);
}

TEST(live_page_tables_hold_no_page_that_is_writable_and_executable) {
    int32_t sealed = sealed_code(), shared;
    uint64_t code, copy, plain, both;
    expect_sound_page_tables("at the start");
    EXPECT_OK(shared_map(sealed, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &code));
    EXPECT_OK(shared_map(sealed, 0, PAGE_SIZE, PROTECTION_WRITE, 0, MAP_COPY, &copy));
    EXPECT_OK(memory_map(0, 16 * PAGE_SIZE, PROTECTION_WRITE, 0, &plain));
    EXPECT_OK(shared_create(16 * PAGE_SIZE, &shared));
    EXPECT_OK(shared_map(shared, 0, 16 * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &both));
    call((void *)code);
    *(uint8_t *)copy = 0x90;
    memset((void *)plain, 1, 16 * PAGE_SIZE);
    memset((void *)both, 1, 16 * PAGE_SIZE);
    EXPECT_OK(memory_protect(plain, 8 * PAGE_SIZE, PROTECTION_READ));
    EXPECT_OK(memory_protect(both, 8 * PAGE_SIZE, PROTECTION_NONE));
    expect_sound_page_tables("with memory of every kind");
    EXPECT_OK(memory_unmap(code, PAGE_SIZE));
    EXPECT_OK(memory_unmap(copy, PAGE_SIZE));
    EXPECT_OK(memory_unmap(plain, 16 * PAGE_SIZE));
    EXPECT_OK(memory_unmap(both, 16 * PAGE_SIZE));
    EXPECT_OK(number_close(sealed));
    EXPECT_OK(number_close(shared));
}

// ---- bytes of others ----

ROLE(fills_memory_with_a_canary) {
    uint64_t base;
    ROLE_EXPECT(memory_map(0, CANARY_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, &base) == STATUS_OK);
    for (size_t i = 0; i < CANARY_PAGES * PAGE_SIZE / 8; i++)
        ((uint64_t *)base)[i] = 0x0ca4a47ca4a47ca4;
    int32_t number;
    ROLE_EXPECT(shared_create(16 * PAGE_SIZE, &number) == STATUS_OK);
    ROLE_EXPECT(shared_map(number, 0, 16 * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK);
    memset((void *)base, 0xa4, 16 * PAGE_SIZE);
    return 0;
}

static void expect_zeros(uint64_t base, size_t pages) {
    for (size_t i = 0; i < pages * PAGE_SIZE / 8; i++)
        EXPECT(((uint64_t *)base)[i] == 0);
}

TEST(freed_pages_never_show_an_earlier_owners_bytes) {
    for (int round = 0; round < 5; round++) {
        uint64_t base;
        int32_t number;
        guest_expect_success(guest_start("fills_memory_with_a_canary", NULL));
        EXPECT_OK(memory_map(0, CANARY_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, &base));
        expect_zeros(base, CANARY_PAGES);
        EXPECT_OK(memory_unmap(base, CANARY_PAGES * PAGE_SIZE));
        EXPECT_OK(shared_create(CANARY_PAGES * PAGE_SIZE, &number));
        EXPECT_OK(shared_map(number, 0, CANARY_PAGES * PAGE_SIZE, PROTECTION_READ, 0, 0, &base));
        expect_zeros(base, CANARY_PAGES);
        EXPECT_OK(memory_unmap(base, CANARY_PAGES * PAGE_SIZE));
        EXPECT_OK(number_close(number));
    }
}
