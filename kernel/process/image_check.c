// Checks an ELF64 program's headers and makes the plan by which it is mapped.
#include "kernel/process/image_check.h"

#include "kernel/abi/memory.h"
#include "kernel/abi/types.h"
#include "kernel/base/string.h"

enum {
    ELF_CLASS_64 = 2,
    ELF_LITTLE_ENDIAN = 1,
    ELF_VERSION = 1,
    ELF_TYPE_FIXED = 2,
    ELF_TYPE_SHARED = 3,
    ELF_MACHINE_X86_64 = 62,
};

enum segment_type { SEGMENT_LOAD = 1, SEGMENT_INTERPRETER = 3, SEGMENT_STACK = 0x6474e551 };
enum segment_flag { SEGMENT_EXECUTE = 1, SEGMENT_WRITE = 2, SEGMENT_READ = 4, SEGMENT_FLAGS = 7 };

struct elf_header {
    uint8_t magic[4];
    uint8_t class, data, ident_version, abi, padding[8];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, section_names;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, address, physical_address, file_size, memory_size, alignment;
};

_Static_assert(sizeof(struct elf_header) == 64 && sizeof(struct elf_segment) == 56, "the file format's sizes");

// No program's address is above this: page arithmetic below it cannot wrap.
#define ADDRESS_LIMIT (UINT64_C(1) << 47)

static uint64_t page_down(uint64_t address) {
    return address & ~(uint64_t)(PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t address) {
    return page_down(address + PAGE_SIZE - 1);
}

static bool header_is_sound(const struct elf_header *header) {
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    return memcmp(header->magic, magic, sizeof(magic)) == 0 && header->class == ELF_CLASS_64 &&
           header->data == ELF_LITTLE_ENDIAN && header->ident_version == ELF_VERSION &&
           (header->type == ELF_TYPE_FIXED || header->type == ELF_TYPE_SHARED) &&
           header->machine == ELF_MACHINE_X86_64 && header->version == ELF_VERSION &&
           header->header_size == sizeof(struct elf_header) &&
           header->program_header_size == sizeof(struct elf_segment) && header->program_header_count > 0 &&
           header->program_header_count <= IMAGE_HEADERS_MAX;
}

// Whether the program headers lie in the bytes that are here.
static bool headers_fit(const struct elf_header *header, size_t size) {
    uint64_t end, length = (uint64_t)header->program_header_count * sizeof(struct elf_segment);
    return !__builtin_add_overflow(header->program_headers, length, &end) && end <= size &&
           header->program_headers >= sizeof(struct elf_header) && header->program_headers % 8 == 0;
}

static bool segment_is_sound(const struct elf_segment *segment, uint64_t file_size) {
    uint64_t file_end, end;
    bool writable = segment->flags & SEGMENT_WRITE, executable = segment->flags & SEGMENT_EXECUTE;
    return (segment->flags & ~(uint32_t)SEGMENT_FLAGS) == 0 && !(writable && executable) &&
           segment->file_size <= segment->memory_size && segment->memory_size > 0 &&
           !__builtin_add_overflow(segment->offset, segment->file_size, &file_end) && file_end <= file_size &&
           !__builtin_add_overflow(segment->address, segment->memory_size, &end) && end <= ADDRESS_LIMIT &&
           segment->offset % PAGE_SIZE == segment->address % PAGE_SIZE;
}

static uint32_t segment_protection(uint32_t flags) {
    uint32_t protection = flags & SEGMENT_READ ? PROTECTION_READ : PROTECTION_NONE;
    protection |= flags & SEGMENT_WRITE ? PROTECTION_WRITE | PROTECTION_READ : 0;
    return protection | (flags & SEGMENT_EXECUTE ? PROTECTION_EXECUTE | PROTECTION_READ : 0);
}

// Segments that only the kernel could fill with zeros are writable ones.
static bool fill_is_sound(const struct elf_segment *segment) {
    return segment->file_size == segment->memory_size || (segment->flags & SEGMENT_WRITE);
}

static enum status segment_add(struct image_plan *plan, const struct elf_segment *segment, uint64_t file_size) {
    if (!segment_is_sound(segment, file_size) || !fill_is_sound(segment) || plan->segment_count == IMAGE_SEGMENTS_MAX)
        return STATUS_BAD_IMAGE;
    struct image_segment added = {
        .base = page_down(segment->address),
        .end = page_up(segment->address + segment->memory_size),
        .file_offset = page_down(segment->offset),
        .file_end = segment->address + segment->file_size,
        .protection = segment_protection(segment->flags),
    };
    if (segment->file_size == 0)
        added.file_end = added.base;
    if (plan->segment_count > 0 && added.base < plan->end)
        return STATUS_BAD_IMAGE;
    if (plan->segment_count == 0)
        plan->base = added.base;
    plan->end = added.end;
    plan->segments[plan->segment_count++] = added;
    return STATUS_OK;
}

static enum status segment_read(struct image_plan *plan, const struct elf_segment *segment, uint64_t file_size) {
    if (segment->type == SEGMENT_LOAD)
        return segment_add(plan, segment, file_size);
    bool wants_loader = segment->type == SEGMENT_INTERPRETER;
    bool wants_executable_stack = segment->type == SEGMENT_STACK && (segment->flags & SEGMENT_EXECUTE);
    return wants_loader || wants_executable_stack ? STATUS_BAD_IMAGE : STATUS_OK;
}

// Whether [address, address + size) lies in what the file fills of one segment with this protection.
static bool is_in_segment(const struct image_plan *plan, uint64_t address, uint64_t size, uint32_t protection) {
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct image_segment *segment = &plan->segments[i];
        if (address >= segment->base && address < segment->file_end && size <= segment->file_end - address)
            return (segment->protection & protection) == protection;
    }
    return false;
}

// Where the program headers are in memory: by the segment whose part of the file they lie in. 0: in none.
static uint64_t headers_address(const struct image_plan *plan, uint64_t offset, uint64_t size) {
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct image_segment *segment = &plan->segments[i];
        uint64_t length = segment->file_end - segment->base;
        if (offset >= segment->file_offset && offset - segment->file_offset < length &&
            size <= length - (offset - segment->file_offset))
            return segment->base + (offset - segment->file_offset);
    }
    return 0;
}

enum status image_check(const void *start, size_t size, uint64_t file_size, struct image_plan *plan) {
    struct elf_header header;
    *plan = (struct image_plan){0};
    if (size < sizeof(header) || size > file_size)
        return STATUS_BAD_IMAGE;
    memcpy(&header, start, sizeof(header));
    if (!header_is_sound(&header) || !headers_fit(&header, size))
        return STATUS_BAD_IMAGE;
    for (uint32_t i = 0; i < header.program_header_count; i++) {
        struct elf_segment segment;
        memcpy(&segment, (const char *)start + header.program_headers + i * sizeof(segment), sizeof(segment));
        enum status status = segment_read(plan, &segment, file_size);
        if (status != STATUS_OK)
            return status;
    }
    plan->is_fixed = header.type == ELF_TYPE_FIXED;
    plan->entry = header.entry;
    plan->header_count = header.program_header_count;
    plan->headers = headers_address(plan, header.program_headers, plan->header_count * sizeof(struct elf_segment));
    bool entry_is_sound = is_in_segment(plan, plan->entry, 1, PROTECTION_EXECUTE);
    return entry_is_sound && plan->headers != 0 ? STATUS_OK : STATUS_BAD_IMAGE;
}
