// malloc and its family, and newlib's names for it: the heap under one lock, with regions mapped by the kernel.
#include <errno.h>
#include <malloc.h>
#include <parley/calls.h>
#include <reent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libc/heap/heap.h"
#include "libc/signal/hold.h"
#include "libc/thread/lock.h"

static struct heap heap;
static _LOCK_T heap_lock;

// A handler of a signal may use the heap, so none runs in here.
static void lock(void) {
    signals_hold();
    __lock_acquire(heap_lock);
}

static void unlock(void) {
    __lock_release(heap_lock);
    signals_let();
}

void *heap_region_map(size_t size) {
    uint64_t base;
    return memory_map(0, size, PROTECTION_WRITE, 0, &base) < 0 ? NULL : (void *)base;
}

void heap_region_unmap(void *region, size_t size) {
    memory_unmap((uint64_t)region, size);
}

_Noreturn void heap_fail(const char *what) {
    static const char before[] = "heap: a block was ";
    log_write(before, sizeof before - 1);
    log_write(what, strlen(what));
    abort();
}

static void *told(void *pointer) {
    if (!pointer)
        errno = ENOMEM;
    return pointer;
}

void *malloc(size_t size) {
    lock();
    void *pointer = heap_allocate(&heap, size);
    unlock();
    return told(pointer);
}

void free(void *pointer) {
    lock();
    heap_free(&heap, pointer);
    unlock();
}

void *realloc(void *pointer, size_t size) {
    lock();
    void *resized = heap_resize(&heap, pointer, size);
    unlock();
    return told(resized);
}

void *calloc(size_t count, size_t size) {
    size_t whole;
    void *pointer = __builtin_mul_overflow(count, size, &whole) ? told(NULL) : malloc(whole);
    return pointer ? memset(pointer, 0, whole) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size) {
    bool is_power = alignment && (alignment & (alignment - 1)) == 0;
    lock();
    void *pointer = is_power ? heap_allocate_aligned(&heap, alignment, size) : NULL;
    unlock();
    return told(pointer);
}

void *memalign(size_t alignment, size_t size) {
    return aligned_alloc(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
        return EINVAL;
    *result = aligned_alloc(alignment, size);
    return *result ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *pointer) {
    return heap_usable_size(pointer);
}

void *_malloc_r(struct _reent *reent, size_t size) {
    return malloc(size);
}

void _free_r(struct _reent *reent, void *pointer) {
    free(pointer);
}

void *_realloc_r(struct _reent *reent, void *pointer, size_t size) {
    return realloc(pointer, size);
}

void *_calloc_r(struct _reent *reent, size_t count, size_t size) {
    return calloc(count, size);
}
