// Which CPU has which page table loaded, and how all of them forget a range: each flushes for itself when asked.
//
// One request at a time. Its maker spins until every addressed CPU has answered; all spin with machine_relax, which serves, so
// two makers cannot wait for each other.
//
//   flusher                              CPU that loads the table
//   clears the entry                     sets its bit in table->active
//   (fence)                              (the locked instruction is a fence)
//   reads table->active                  loads CR3, walks the table
//
// Either the flusher sees the bit and asks that CPU, or that CPU sees the cleared entry.
#include <arch/page_table.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/sync/lock.h"
#include "kernel/thread/processor.h"

enum { FLUSH_PAGES_MAX = 32 }; // above it, everything is flushed

static struct lock flush_lock = LOCK_INITIAL(RANK_FLUSH);
static uint64_t flush_address, flush_end; // [flush_lock]

static void write_root(uint64_t root) {
    __asm__ volatile("movq %0, %%cr3" : : "r"(root) : "memory");
}

static void flush_local(uint64_t address, uint64_t end) {
    if (end - address > FLUSH_PAGES_MAX * PAGE_SIZE) {
        struct page_table *table = processor_current()->arch.loaded;
        write_root(table != 0 ? table->root : kernel_map_root());
        return;
    }
    for (; address < end; address += PAGE_SIZE)
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void page_table_flush_serve(void) {
    uint32_t *pending = &processor_current()->arch.flush_pending;
    if (__atomic_load_n(pending, __ATOMIC_ACQUIRE) == 0)
        return;
    flush_local(flush_address, flush_end);
    __atomic_store_n(pending, 0, __ATOMIC_RELEASE);
}

// Has the CPUs of the mask flush, and waits for them.
static void flush_others(uint32_t mask, uint64_t address, uint64_t end) {
    lock_acquire(&flush_lock);
    flush_address = address;
    flush_end = end;
    for (uint32_t i = 0; i < PROCESSOR_MAX; i++)
        if (mask & 1u << i)
            __atomic_store_n(&processors[i].arch.flush_pending, 1, __ATOMIC_RELEASE);
    machine_send_flush(mask);
    for (uint32_t i = 0; i < PROCESSOR_MAX; i++)
        while ((mask & 1u << i) && __atomic_load_n(&processors[i].arch.flush_pending, __ATOMIC_ACQUIRE) != 0)
            machine_relax();
    lock_release(&flush_lock);
}

static uint32_t running_mask(void) {
    return (1u << __atomic_load_n(&processor_count, __ATOMIC_ACQUIRE)) - 1;
}

void page_table_flush(struct page_table *table, uint64_t address, uint64_t end) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint32_t mask = table != 0 ? __atomic_load_n(&table->active, __ATOMIC_RELAXED) : running_mask();
    uint32_t self = 1u << processor_index();
    if (end - address == PAGE_SIZE)
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
    else
        flush_local(address, end);
    if (__builtin_expect(mask & ~self, 0))
        flush_others(mask & ~self, address, end);
}

void page_table_load(struct page_table *table) {
    struct arch_cpu *cpu = &processor_current()->arch;
    struct page_table *before = cpu->loaded;
    if (table == before)
        return;
    if (table != 0)
        __atomic_fetch_or(&table->active, cpu->mask, __ATOMIC_SEQ_CST);
    cpu->loaded = table;
    write_root(table != 0 ? table->root : kernel_map_root());
    if (before != 0)
        __atomic_fetch_and(&before->active, ~cpu->mask, __ATOMIC_RELEASE);
}
