// The table of registers, and the description made of it.
#include "debug/protocol/registers.h"

#include "kernel/base/writer.h"

struct register_group {
    const char *feature;      // that begins with this group; null: the one before goes on
    const char *const *names; // of its registers
    unsigned first, count;
    unsigned size; // of each, in bytes
    size_t place;  // of the first one in struct register_file
    const char *type;
};

static const char *const general_names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
                                            "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
static const char *const instruction_name[] = {"rip"};
static const char *const flags_name[] = {"eflags"};
static const char *const segment_names[] = {"cs", "ss", "ds", "es", "fs", "gs"};
static const char *const x87_names[] = {"st0", "st1", "st2", "st3", "st4", "st5", "st6", "st7"};
static const char *const x87_control_names[] = {"fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"};
static const char *const xmm_names[] = {"xmm0", "xmm1", "xmm2",  "xmm3",  "xmm4",  "xmm5",  "xmm6",  "xmm7",
                                        "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"};
static const char *const mxcsr_name[] = {"mxcsr"};
static const char *const base_names[] = {"fs_base", "gs_base"};
static const char *const control_names[] = {"cr0", "cr2", "cr3", "cr4", "efer"};

#define PLACE(member) offsetof(struct register_file, member)

static const struct register_group groups[] = {
    {"org.gnu.gdb.i386.core", general_names, REGISTER_RAX, 16, 8, PLACE(general), "int64"},
    {0, instruction_name, REGISTER_RIP, 1, 8, PLACE(instruction), "code_ptr"},
    {0, flags_name, REGISTER_FLAGS, 1, 4, PLACE(flags), "flags_type"},
    {0, segment_names, REGISTER_CS, 6, 4, PLACE(segments), "int32"},
    {0, x87_names, REGISTER_ST0, 8, 10, PLACE(x87), "i387_ext"},
    {0, x87_control_names, REGISTER_X87_CONTROL, 8, 4, PLACE(x87_control), "int"},
    {"org.gnu.gdb.i386.sse", xmm_names, REGISTER_XMM0, 16, 16, PLACE(xmm), "vec128"},
    {0, mxcsr_name, REGISTER_MXCSR, 1, 4, PLACE(mxcsr), "int"},
    {"org.gnu.gdb.i386.segments", base_names, REGISTER_FS_BASE, 2, 8, PLACE(fs_base), "int"},
    {"org.parley.control", control_names, REGISTER_CR0, 5, 8, PLACE(control), "uint64"},
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]), BITS_PER_BYTE = 8 };

// What the features' own types are: GDB wants them told in the description.
static const char flag_types[] = "<flags id=\"flags_type\" size=\"4\"><field name=\"CF\" start=\"0\" end=\"0\"/><field "
                                 "name=\"\" start=\"1\" end=\"1\"/>"
                                 "<field name=\"PF\" start=\"2\" end=\"2\"/><field name=\"AF\" start=\"4\" "
                                 "end=\"4\"/><field name=\"ZF\" start=\"6\" end=\"6\"/>"
                                 "<field name=\"SF\" start=\"7\" end=\"7\"/><field name=\"TF\" start=\"8\" "
                                 "end=\"8\"/><field name=\"IF\" start=\"9\" end=\"9\"/>"
                                 "<field name=\"DF\" start=\"10\" end=\"10\"/><field name=\"OF\" start=\"11\" "
                                 "end=\"11\"/><field name=\"NT\" start=\"14\" end=\"14\"/>"
                                 "<field name=\"RF\" start=\"16\" end=\"16\"/><field name=\"AC\" start=\"18\" "
                                 "end=\"18\"/><field name=\"ID\" start=\"21\" "
                                 "end=\"21\"/></flags>";
static const char vector_types[] =
    "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/><vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
    "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/><vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
    "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
    "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>"
    "<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>"
    "<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>"
    "<field name=\"uint128\" type=\"uint128\"/></union>";

void *register_place(struct register_file *file, uint64_t number, size_t *size) {
    for (unsigned i = 0; i < GROUP_COUNT; i++) {
        const struct register_group *group = &groups[i];
        if (number < group->first || number - group->first >= group->count)
            continue;
        *size = group->size;
        return (char *)file + group->place + (number - group->first) * group->size;
    }
    *size = 0;
    return 0;
}

const char *register_name(uint64_t number) {
    for (int i = 0; i < GROUP_COUNT; i++)
        if (number >= groups[i].first && number - groups[i].first < groups[i].count)
            return groups[i].names[number - groups[i].first];
    return 0;
}

void registers_know(struct register_file *file, unsigned first, unsigned last) {
    for (unsigned i = first; i <= last; i++)
        file->known[i] = true;
}

static void feature_begin(struct writer *out, const struct register_group *group) {
    writer_format(out, "%s<feature name=\"%s\">", group->first > 0 ? "</feature>" : "", group->feature);
    if (group->first == REGISTER_RAX)
        writer_text(out, flag_types);
    if (group->first == REGISTER_XMM0)
        writer_text(out, vector_types);
}

void registers_describe(struct writer *out) {
    writer_text(out, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                     "<target version=\"1.0\"><architecture>i386:x86-64</architecture><osabi>none</osabi>");
    for (unsigned i = 0; i < GROUP_COUNT; i++) {
        const struct register_group *group = &groups[i];
        if (group->feature != 0)
            feature_begin(out, group);
        for (unsigned r = 0; r < group->count; r++)
            writer_format(out, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"/>", group->names[r],
                          group->size * BITS_PER_BYTE, group->type, group->first + r);
    }
    writer_text(out, "</feature></target>");
}
