// The way from the kernel's first instruction to main: relocation, read-only data, the first thread, arguments.
//
// Rules: until relocate() is done nothing may go through an address that the linker stored. library_start never returns,
// so it may draw the guard of stacks; but it, and what it inlines, is compiled without one.
#include <elf.h>
#include <parley/calls.h>
#include <parley/start.h>
#include <stdlib.h>

#include "libc/start/start.h"
#include "libc/thread/control.h"

typedef void initialiser(int argument_count, char **arguments, char **environment);

extern const Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));
extern initialiser *const __init_array_start[] __attribute__((visibility("hidden")));
extern initialiser *const __init_array_end[] __attribute__((visibility("hidden")));
extern int main(int argument_count, char **arguments, char **environment);
extern char **environ;

// Only there in a program that uses descriptors.
void inherited_adopt(void) __attribute__((weak));

static const struct process_start *told;

// What compiled code puts on stacks and looks at again (-fstack-protector). Its lowest byte stays 0: that stops strings.
uintptr_t __stack_chk_guard;

const struct process_start *start_information(void) {
    return told;
}

// A static PIE has relocations of one kind: a word that holds an address of the program itself.
static void relocate(uint64_t base) {
    uint64_t table = 0, size = 0;
    for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_RELA)
            table = entry->d_un.d_val;
        if (entry->d_tag == DT_RELASZ)
            size = entry->d_un.d_val;
    }
    const Elf64_Rela *end = (const Elf64_Rela *)(base + table + size);
    for (const Elf64_Rela *entry = (const Elf64_Rela *)(base + table); entry < end; entry++)
        if (ELF64_R_TYPE(entry->r_info) == R_X86_64_RELATIVE)
            *(uint64_t *)(base + entry->r_offset) = base + (uint64_t)entry->r_addend;
}

static const Elf64_Phdr *find_header(const struct process_start *start, uint32_t type) {
    const Elf64_Phdr *header = (const Elf64_Phdr *)start->image_headers;
    for (uint64_t i = 0; i < start->image_header_count; i++)
        if (header[i].p_type == type)
            return &header[i];
    return NULL;
}

// What the relocations wrote is constant from now on.
static void make_relocated_read_only(const struct process_start *start) {
    const Elf64_Phdr *header = find_header(start, PT_GNU_RELRO);
    if (!header)
        return;
    uint64_t first = header->p_vaddr & ~(uint64_t)(PAGE_SIZE - 1);
    uint64_t end = (header->p_vaddr + header->p_memsz) & ~(uint64_t)(PAGE_SIZE - 1);
    if (end > first && memory_protect(start->image_base + first, end - first, PROTECTION_READ) < 0)
        process_exit(EXIT_START_FAILED);
}

static void find_thread_image(const struct process_start *start) {
    const Elf64_Phdr *header = find_header(start, PT_TLS);
    if (!header)
        return;
    thread_image = (struct thread_image){
        .start = (const void *)(start->image_base + header->p_vaddr),
        .file_size = header->p_filesz,
        .memory_size = header->p_memsz,
        .alignment = header->p_align,
    };
}

static void run_initialisers(int argument_count, char **arguments) {
    for (initialiser *const *each = __init_array_start; each < __init_array_end; each++)
        (*each)(argument_count, arguments, environ);
}

_Noreturn void library_start(const struct process_start *start) {
    relocate(start->image_base);
    told = start;
    __stack_chk_guard = start->random[0] & ~(uintptr_t)0xff;
    make_relocated_read_only(start);
    find_thread_image(start);
    if (!thread_control_install_first())
        process_exit(EXIT_START_FAILED);
    static char *nothing[1];
    struct start_strings strings = {.arguments = nothing, .environment = nothing};
    start_block_open((void *)start->start_block, start->start_block_size, &strings);
    environ = strings.environment;
    if (inherited_adopt)
        inherited_adopt();
    run_initialisers(strings.argument_count, strings.arguments);
    exit(main(strings.argument_count, strings.arguments, environ));
}
