// Memory that two sides talk through: all of it there from the start, words that the kernel writes, and its death.
#include <arch/alias.h>

#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/object/account.h"
#include "kernel/thread/futex.h"
#include "kernel/thread/scheduler.h"

enum status memory_make_resident(struct memory *memory) {
    for (uint64_t page = 0; page < memory->pages; page++) {
        uint64_t physical;
        enum status status = memory_page(memory, page, &physical);
        if (status != STATUS_OK)
            return status;
        frame_release(memory->object.account, physical);
        scheduler_preemption_point();
    }
    return STATUS_OK;
}

// Pages that are there stay, so the word can be used when the lock is gone.
static uint32_t *word_at(struct memory *memory, uint64_t offset) {
    uint64_t physical = memory_page_if_there(memory, offset / PAGE_SIZE);
    assert(physical != 0);
    frame_release(memory->object.account, physical);
    return (uint32_t *)((char *)alias_pointer(physical) + offset % PAGE_SIZE);
}

void memory_store_word(struct memory *memory, uint64_t offset, uint32_t word) {
    __atomic_store_n(word_at(memory, offset), word, __ATOMIC_SEQ_CST);
}

uint32_t memory_load_word(struct memory *memory, uint64_t offset) {
    return __atomic_load_n(word_at(memory, offset), __ATOMIC_ACQUIRE);
}

bool memory_is_sealed(struct memory *memory) {
    lock_acquire(&memory->object.lock);
    bool sealed = memory->sealed;
    lock_release(&memory->object.lock);
    return sealed;
}

void memory_mark_dead(struct memory *memory) {
    __atomic_store_n(&memory->dead, true, __ATOMIC_SEQ_CST);
    futex_wake_object(&memory->object);
}

void memory_wait_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    struct object *part_of = object_find(object_as_memory(object)->part_of);
    if (part_of == 0)
        return;
    if (part_of->type->wait_edges != 0)
        part_of->type->wait_edges(part_of, reason, edges);
    object_release(part_of);
}
