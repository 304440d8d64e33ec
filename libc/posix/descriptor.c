// The table of file descriptors and the open files that they refer to.
#include "libc/posix/descriptor.h"

#include <errno.h>
#include <string.h>

#include "libc/posix/inherited.h"
#include "libc/posix/posix.h"
#include "libc/signal/hold.h"
#include "libc/thread/lock.h"

struct descriptor {
    struct open_file *file; // null: free
    bool closes_on_spawn;
};

static struct descriptor table[DESCRIPTORS_MAX];
static struct open_file files[DESCRIPTORS_MAX];
static bool is_reading, is_read;
static int table_end; // one above the highest descriptor that was ever open
static _LOCK_T table_lock;

// Called with the lock, which is recursive, so that reading the start block may call back into here.
static void read_inherited(void) {
    if (is_reading)
        return;
    is_reading = true;
    inherited_open();
    __atomic_store_n(&is_read, true, __ATOMIC_RELEASE);
}

static void lock_table(void) {
    signals_hold();
    __lock_acquire(table_lock);
    read_inherited();
}

static void unlock_table(void) {
    __lock_release(table_lock);
    signals_let();
}

static bool is_open(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX && table[descriptor].file;
}

struct open_file *descriptor_peek(int descriptor) {
    if (!__atomic_load_n(&is_read, __ATOMIC_ACQUIRE)) {
        lock_table();
        unlock_table();
    }
    return is_open(descriptor) ? table[descriptor].file : NULL;
}

struct open_file *descriptor_file(int descriptor) {
    struct open_file *file = descriptor_peek(descriptor);
    if (!file)
        errno = EBADF;
    return file;
}

int descriptor_end(void) {
    descriptor_peek(0);
    return table_end;
}

static int find_free(int lowest) {
    for (int i = lowest < 0 ? 0 : lowest; i < DESCRIPTORS_MAX; i++)
        if (!table[i].file)
            return i;
    return posix_fail(EMFILE);
}

static struct open_file *file_create(const struct open_file *like) {
    for (size_t i = 0; i < DESCRIPTORS_MAX; i++)
        if (!files[i].kind) {
            files[i] = *like;
            files[i].references = 0;
            return &files[i];
        }
    errno = ENFILE;
    return NULL;
}

static void refer(int descriptor, struct open_file *file, bool closes_on_spawn) {
    file->references++;
    if (descriptor >= table_end)
        table_end = descriptor + 1;
    table[descriptor] = (struct descriptor){.file = file, .closes_on_spawn = closes_on_spawn};
}

int descriptor_open(const struct open_file *like, int lowest, bool closes_on_spawn) {
    lock_table();
    int descriptor = find_free(lowest);
    struct open_file *file = descriptor < 0 ? NULL : file_create(like);
    if (file)
        refer(descriptor, file, closes_on_spawn);
    unlock_table();
    return file ? descriptor : -1;
}

int descriptor_duplicate(int descriptor, int lowest, bool closes_on_spawn) {
    lock_table();
    int copy = is_open(descriptor) ? find_free(lowest) : posix_fail(EBADF);
    if (copy >= 0)
        refer(copy, table[descriptor].file, closes_on_spawn);
    unlock_table();
    return copy;
}

// Takes the descriptor out of the table; the open file is to be closed where this was its last.
static bool unrefer(int descriptor, struct open_file *last) {
    struct open_file *file = table[descriptor].file;
    table[descriptor] = (struct descriptor){0};
    if (--file->references > 0)
        return false;
    *last = *file;
    file->kind = NULL;
    return true;
}

int descriptor_duplicate_to(int descriptor, int wanted) {
    struct open_file replaced;
    bool was_last = false;
    lock_table();
    bool is_possible = is_open(descriptor) && wanted >= 0 && wanted < DESCRIPTORS_MAX;
    if (is_possible && wanted != descriptor) {
        struct open_file *file = table[descriptor].file;
        if (table[wanted].file)
            was_last = unrefer(wanted, &replaced);
        refer(wanted, file, false);
    }
    unlock_table();
    if (was_last)
        replaced.kind->close(&replaced);
    return is_possible ? wanted : posix_fail(EBADF);
}

int descriptor_close(int descriptor) {
    struct open_file closed;
    lock_table();
    bool was_open = is_open(descriptor);
    bool was_last = was_open && unrefer(descriptor, &closed);
    unlock_table();
    if (!was_open)
        return posix_fail(EBADF);
    return was_last ? closed.kind->close(&closed) : 0;
}

bool descriptor_closes_on_spawn(int descriptor) {
    return table[descriptor].closes_on_spawn;
}

void descriptor_set_close_on_spawn(int descriptor, bool closes) {
    table[descriptor].closes_on_spawn = closes;
}
