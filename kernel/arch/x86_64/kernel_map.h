// The kernel's own half of every address space: its image (W^X), the alias of physical memory, kernel stacks with unmapped
// guard pages, and device registers.
//
// Order at boot: features_start, gs base set, frame_start (frames below EARLY_ALIAS_SIZE), kernel_map_start (final tables,
// loaded on this CPU), frame_start_rest. Other CPUs load kernel_map_root() as soon as they run in the upper half; the boot
// code's tables stay as they are for the starting of CPUs.
// Rules: the top-level entries of the upper half are made by kernel_map_start, before the first address space copies them,
// and never change, so that all address spaces share what is below. Takes RANK_HEAP itself.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

struct account;
struct writer;

#define KERNEL_IMAGE_BASE UINT64_C(0xffffffff80000000) // the image lies at this distance from its physical address
#define KERNEL_STACK_REGION UINT64_C(0xffffc00000000000)
#define KERNEL_DEVICE_REGION UINT64_C(0xffffc80000000000)

enum { KERNEL_STACK_SIZE = 4 * PAGE_SIZE };

// Builds the final tables of boot_information and the image's sections, and loads them. Patches the copy routines for SMAP
// before text becomes read-only. Once, on the first CPU.
void kernel_map_start(void);

// Loads the final tables on the calling CPU, and sets what their caching bits mean. kernel_map_start does it for the first.
void kernel_map_enable(void);

// Physical address of the kernel's own top-level table.
uint64_t kernel_map_root(void);

// Maps one page of the two regions with enum page_flag; never user, never executable. NO_MEMORY for tables.
enum status kernel_map_page(uint64_t address, uint64_t physical, uint32_t flags);

// Takes a page out again and says its frame. Does not flush.
uint64_t kernel_unmap_page(uint64_t address);

// Maps device registers uncached; null: no memory. Never unmapped. Any alignment.
volatile void *kernel_map_device(uint64_t physical, uint64_t size);

// The same for memory of a device that its driver maps too.
volatile void *kernel_map_shared_device(uint64_t physical, uint64_t size);

// A kernel stack of KERNEL_STACK_SIZE with an unmapped page on both sides, charged to `account` by pages; says its lowest
// address. Stacks given back are kept mapped for the next, up to a number. NO_MEMORY, LIMIT_REACHED.
enum status kernel_stack_create(struct account *account, uint64_t *base);
void kernel_stack_destroy(struct account *account, uint64_t base);

// Whether the address lies in a guard page of the stack region (for double faults).
bool kernel_stack_is_guard(uint64_t address);

// Whether a part of this physical memory holds the kernel's text or constants: the alias shows it read-only.
bool kernel_map_is_constant(uint64_t physical, uint64_t size);

// Walks the live tables below `root`: how many pages (leaf entries) are both writable and executable, or executable in the
// alias, or the kernel's text or constants writable there. 0 is right.
uint64_t kernel_map_count_unsound(uint64_t root);
