// Physical memory: 4 KiB frames, counted, charged, and handed out without an earlier owner's bytes where asked.
//
// Rules: takes RANK_FRAMES itself, and mostly no lock at all: each CPU keeps a few free frames. The last reserve (1/64 of
// all) is for essential accounts, so that a program that eats memory stops itself, not the system. What the kernel takes
// without an account counts as taken by the calling thread's process.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

struct account;
struct boot_range;

enum {
    FRAME_ZEROED = 1 << 0,
    FRAME_SPARING = 1 << 1, // who can wait for memory gets no frame (NO_MEMORY) before those that cannot get none
};

// Starts with the usable ranges, of which what lies above EARLY_ALIAS_SIZE (arch/alias.h) cannot be touched
// yet; frame_start_rest adds that, once the final tables are loaded.
void frame_start(const struct boot_range *usable, uint32_t count);
void frame_start_rest(const struct boot_range *usable, uint32_t count);

// One frame, charged ACCOUNT_MEMORY_PAGES, with one reference. NO_MEMORY, LIMIT_REACHED.
enum status frame_allocate(struct account *account, uint32_t flags, uint64_t *physical);
// The same for a page that the account is charged for already.
enum status frame_allocate_charged(struct account *account, uint32_t flags, uint64_t *physical);
void frame_retain(uint64_t physical);
uint32_t frame_references(uint64_t physical);
// Gives one reference back; with the last one the frame is free. `account`: who was charged and is discharged then.
void frame_release(struct account *account, uint64_t physical);
// The same where each that holds the frame is charged for it: `account` is discharged in any case.
void frame_release_own(struct account *account, uint64_t physical);
// The same, and nobody is discharged.
void frame_drop(uint64_t physical);

// 2^order contiguous frames for the kernel itself, uncharged.
enum status frames_allocate(uint32_t order, uint64_t *physical);
void frames_release(uint32_t order, uint64_t physical);
uint32_t frames_order(uint64_t physical); // of a block in use

// Whether the kernel manages any byte of it as RAM, or it is not to be given to drivers (APIC, tables).
bool frame_range_is_managed(uint64_t physical, uint64_t size);

// From now on frame_range_is_managed says yes to this range too (what the kernel drives itself). At most 16 ranges.
void frame_exclude(uint64_t physical, uint64_t size);

// How many frames more than the last reserve FRAME_SPARING leaves to others, for accounts whose pages may be taken out. 0 at first.
void frame_set_margin(uint64_t frames);

uint64_t frame_total(void); // frames managed
uint64_t frame_free(void);
// Whether there is more than the last reserve, or the account may use that too.
bool frame_is_plenty(const struct account *account);
uint64_t frame_kernel(void); // frames in use that no account is charged for

// Takes over frames that boot filled and never gave to the allocator (the ramdisk): used, with one reference each.
void frame_adopt(uint64_t physical, uint64_t count);

// The kernel's view of a physical address (the alias mapping; never executable).
void *physical_pointer(uint64_t physical);
uint64_t physical_address(const void *alias);

// A page for kernel use through its alias, charged to `account` (null: kernel). ZEROED by flag.
enum status page_allocate(struct account *account, uint32_t flags, void **page);
void page_free(struct account *account, void *page);
