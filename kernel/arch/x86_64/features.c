// What this processor can do, and switching it on.
#include "kernel/arch/x86_64/features.h"

#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"

enum {
    LEAF_BASIC = 1,
    LEAF_STRUCTURED = 7,
    LEAF_EXTENDED_STATE = 0xd,
    COMPONENTS_SSE = 3, // x87 and SSE
    COMPONENTS_AVX = 1 << 2,
    COMPONENTS_AVX512 = 7 << 5,
};
#define LEAF_EXTENDED 0x80000000u
#define LEAF_EXTENDED_FEATURES 0x80000001u
#define LEAF_ADVANCED_POWER 0x80000007u
#define LEAF_ADDRESS_SIZES 0x80000008u

struct features features;

struct cpuid {
    uint32_t a, b, c, d;
};

static struct cpuid cpuid_read(uint32_t leaf, uint32_t part) {
    struct cpuid result;
    __asm__ volatile("cpuid" : "=a"(result.a), "=b"(result.b), "=c"(result.c), "=d"(result.d) : "a"(leaf), "c"(part));
    return result;
}

static bool bit(uint32_t word, unsigned number) {
    return word >> number & 1;
}

static void read_basic(void) {
    struct cpuid basic = cpuid_read(LEAF_BASIC, 0);
    features.apic_id = basic.b >> 24;
    features.global_pages = bit(basic.d, 13);
    features.process_context_ids = bit(basic.c, 17);
    features.tsc_deadline = bit(basic.c, 24);
    features.xsave = bit(basic.c, 26);
    features.random = bit(basic.c, 30);
    if (cpuid_read(0, 0).a < LEAF_STRUCTURED)
        return;
    struct cpuid structured = cpuid_read(LEAF_STRUCTURED, 0);
    features.smep = bit(structured.b, 7);
    features.random_seed = bit(structured.b, 18);
    features.smap = bit(structured.b, 20);
    features.umip = bit(structured.c, 2);
}

static void read_extended(void) {
    uint32_t last = cpuid_read(LEAF_EXTENDED, 0).a;
    struct cpuid extended = cpuid_read(LEAF_EXTENDED_FEATURES, 0);
    features.no_execute = bit(extended.d, 20);
    features.gigabyte_pages = bit(extended.d, 26);
    if (last >= LEAF_ADVANCED_POWER)
        features.invariant_tsc = bit(cpuid_read(LEAF_ADVANCED_POWER, 0).d, 8);
    features.physical_bits = 36;
    if (last >= LEAF_ADDRESS_SIZES)
        features.physical_bits = (uint8_t)cpuid_read(LEAF_ADDRESS_SIZES, 0).a;
}

static void fpu_control_write(uint32_t components) {
    __asm__ volatile("xsetbv" : : "c"(0), "a"(components), "d"(0));
}

// The area's size depends on the components switched on.
static void read_fpu(void) {
    features.fpu_size = FXSAVE_SIZE;
    features.fpu_components = COMPONENTS_SSE;
    if (!features.xsave)
        return;
    struct cpuid state = cpuid_read(LEAF_EXTENDED_STATE, 0);
    if (state.a & COMPONENTS_AVX)
        features.fpu_components |= COMPONENTS_AVX;
    if ((state.a & COMPONENTS_AVX512) == COMPONENTS_AVX512)
        features.fpu_components |= COMPONENTS_AVX512;
    cr4_write(cr4_read() | CR4_XSAVE);
    fpu_control_write(features.fpu_components);
    features.fpu_size = cpuid_read(LEAF_EXTENDED_STATE, 0).b;
    features.xsaveopt = bit(cpuid_read(LEAF_EXTENDED_STATE, 1).a, 0);
}

void features_start(void) {
    read_basic();
    read_extended();
    read_fpu();
}

void features_enable(void) {
    uint64_t control = cr4_read() | CR4_MACHINE_CHECK;
    const struct {
        bool present;
        uint64_t bit;
    } bits[] = {
        {features.global_pages, CR4_GLOBAL_PAGES},
        {features.umip, CR4_UMIP},
        {features.smep, CR4_SMEP},
        {features.smap, CR4_SMAP},
        {features.xsave, CR4_XSAVE},
    };
    for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        if (bits[i].present)
            control |= bits[i].bit;
    }
    cr4_write(control);
    if (features.xsave)
        fpu_control_write(features.fpu_components);
    // Debug registers 0 to 3 hold nothing: only breakpoints that somebody set could fire.
    __asm__ volatile("movq %0, %%dr7" : : "r"(UINT64_C(0x400)));
}
