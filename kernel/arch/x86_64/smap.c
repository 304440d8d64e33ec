// Patches stac and clac into the copy routines of a processor that has SMAP.
#include "kernel/arch/x86_64/smap.h"

#include <arch/alias.h>

#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/base/string.h"

struct smap_site {
    uint64_t address;
    uint64_t instruction; // three bytes
};

extern const struct smap_site __start_smap_sites[];
extern const struct smap_site __stop_smap_sites[];

void smap_patch(void) {
    if (!features.smap)
        return;
    for (const struct smap_site *site = __start_smap_sites; site != __stop_smap_sites; site++)
        memcpy(alias_pointer(site->address - KERNEL_IMAGE_BASE), &site->instruction, 3);
}
