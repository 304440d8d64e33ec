// The bytes of files: borrowed from the ramdisk until they are changed, then the tree's own, as while they are unpacked.
#include "os/files/tree.h"

#include <assert.h>
#include <string.h>

enum { CONTENT_LEAST = TREE_GRANULE, COMMIT_STEP = 64 << 10 };
#define CONTENT_MAX (UINT64_C(1) << 40)

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

size_t tree_read(const struct node *file, uint64_t offset, void *buffer, size_t size) {
    assert(!tree_is_packed(file));
    if (offset >= file->size) {
        return 0;
    }
    uint64_t left = file->size - offset;
    size_t count = size < left ? size : left;
    memcpy(buffer, file->bytes + offset, count);
    return count;
}

uint32_t tree_lend(struct node *file, uint64_t offset, uint32_t limit, const void **pages) {
    if (file->capacity < TREE_LARGE || offset % TREE_PAGE || offset >= file->size) {
        return 0;
    }
    uint64_t count = (file->size - offset) / TREE_PAGE;
    file->lent = true;
    *pages = file->bytes + offset;
    return count < limit ? (uint32_t)count : limit;
}

// Whether there is memory for what is written over, where others may hold it as it was.
static bool can_overwrite(const struct tree *tree, const struct node *file, uint64_t size) {
    return !file->lent || !tree->has_room || tree->has_room(size + 2 * TREE_PAGE);
}

static void changed(struct tree *tree, struct node *file) {
    if (file->image && tree->drop_image) {
        tree->drop_image(file->image);
    }
    file->image = 0;
    file->packed = 0;
    file->modified = tree->now;
    tree_save(tree, file);
}

bool tree_commit(const struct tree *tree, uint8_t *bytes, uint64_t size) {
    for (uint64_t at = 0; at < size; at += TREE_PAGE) {
        if (at % COMMIT_STEP == 0 && tree->has_room && !tree->has_room(COMMIT_STEP)) {
            return false;
        }
        *(volatile uint8_t *)(bytes + at) = 0;
    }
    return true;
}

bool tree_can_save(struct tree *tree, uint64_t size) {
    struct store *store = tree->store;
    uint64_t needed = (STORE_JOURNAL_LEAST + size + TREE_PAGE - 1) / TREE_PAGE * TREE_PAGE;
    assert(!store_is_changing(store) && needed <= STORE_JOURNAL_SIZE);
    if (needed > store->journal_there) {
        if (!tree_commit(tree, store->journal + store->journal_there, needed - store->journal_there)) {
            return false;
        }
        store->journal_there = needed;
    }
    return true;
}

struct extents *tree_extents(struct tree *tree, uint64_t capacity) {
    return capacity < TREE_LARGE ? &tree->small : &tree->large;
}

static enum status allocate(struct tree *tree, uint64_t capacity, uint8_t **bytes) {
    uint64_t place = 0;
    enum status status = extents_take(tree_extents(tree, capacity), capacity, &place);
    *bytes = tree->store->contents + place;
    return status;
}

// Others get it when the change that it belongs to holds.
static void release(struct tree *tree, const uint8_t *bytes, uint64_t capacity) {
    extents_leave(tree_extents(tree, capacity), (uint64_t)(bytes - tree->store->contents), capacity);
}

// A capacity for `size` bytes: it grows by half of what is there, so that appending costs little.
static enum status choose_capacity(const struct tree *tree, const struct node *file, uint64_t size,
                                   uint64_t *capacity) {
    uint64_t left = tree->bytes_max - (tree->bytes - file->capacity);
    if (size > CONTENT_MAX) {
        return STATUS_TOO_LARGE;
    }
    if (size > left) {
        return STATUS_LIMIT_REACHED;
    }
    *capacity = file->capacity + file->capacity / 2;
    *capacity = *capacity > size ? *capacity : size;
    *capacity = *capacity > CONTENT_LEAST ? *capacity : CONTENT_LEAST;
    *capacity = *capacity < left ? *capacity : left;
    return STATUS_OK;
}

static struct packed_archive archive_of(const struct tree *tree) {
    return (struct packed_archive){tree->archive, tree->store->header->archive_size};
}

enum status tree_unpack_to(const struct tree *tree, const struct node *file, uint8_t *target) {
    struct packed_archive archive = archive_of(tree);
    struct packed_header header;
    enum status status = packed_read(&archive, file->packed, &header);
    status = status == STATUS_OK && header.size != file->size ? STATUS_CORRUPT : status;
    return status == STATUS_OK ? packed_unpack(&archive, file->packed, target) : status;
}

// What the file holds goes to where it is the tree's own.
static enum status copy_content(const struct tree *tree, const struct node *file, uint8_t *bytes) {
    if (tree_is_packed(file)) {
        return tree_unpack_to(tree, file, bytes);
    }
    if (file->size > 0) {
        memcpy(bytes, file->bytes, file->size);
    }
    return STATUS_OK;
}

// Room for `size` bytes that are the tree's own, of which so many are about to be written.
static enum status reserve(struct tree *tree, struct node *file, uint64_t size, uint64_t written) {
    uint64_t capacity = 0;
    assert(file->capacity <= tree->bytes && tree->bytes <= tree->bytes_max);
    if (file->capacity >= size && file->capacity > 0) {
        return can_overwrite(tree, file, written) ? STATUS_OK : STATUS_LIMIT_REACHED;
    }
    enum status status = choose_capacity(tree, file, size, &capacity);
    if (status != STATUS_OK) {
        return status;
    }
    if (tree->has_room && !tree->has_room(capacity)) {
        return STATUS_LIMIT_REACHED;
    }
    uint8_t *bytes = NULL;
    status = allocate(tree, capacity, &bytes);
    if (status != STATUS_OK) {
        return status;
    }
    status = tree_commit(tree, bytes, capacity) ? copy_content(tree, file, bytes) : STATUS_LIMIT_REACHED;
    if (status != STATUS_OK) {
        release(tree, bytes, capacity);
        tree_settle(tree);
        return status;
    }
    if (file->capacity) {
        release(tree, file->bytes, file->capacity);
    }
    tree->bytes += capacity - file->capacity;
    file->bytes = bytes;
    file->capacity = capacity;
    file->lent = false;
    return STATUS_OK;
}

static void fill_gap(struct node *file, uint64_t until) {
    if (until > file->size) {
        memset(file->bytes + file->size, 0, until - file->size);
        file->size = until;
    }
}

// What lies behind a file's end is nobody's yet.
static void save_overwritten(const struct tree *tree, const struct node *file, uint64_t offset, uint64_t end) {
    uint64_t limit = end < file->size ? end : file->size;
    if (offset < limit) {
        store_save(tree->store, file->bytes + offset, limit - offset);
    }
}

enum status tree_write(struct tree *tree, struct node *file, uint64_t offset, const void *data, size_t size) {
    uint64_t end = 0;
    if (__builtin_add_overflow(offset, size, &end)) {
        return STATUS_TOO_LARGE;
    }
    if (size == 0 || file->discards) {
        return STATUS_OK;
    }
    enum status status = reserve(tree, file, end > file->size ? end : file->size, end - least(offset, file->size));
    if (status != STATUS_OK) {
        return status;
    }
    save_overwritten(tree, file, offset, end);
    fill_gap(file, offset);
    memcpy(file->bytes + offset, data, size);
    file->size = end > file->size ? end : file->size;
    changed(tree, file);
    return STATUS_OK;
}

enum status tree_truncate(struct tree *tree, struct node *file, uint64_t size) {
    if (file->discards) {
        return STATUS_OK;
    }
    if (size == 0) {
        tree_drop_content(tree, file);
        changed(tree, file);
        return STATUS_OK;
    }
    uint64_t most = size > file->size ? size : file->size;
    enum status status = size == file->size ? STATUS_OK : reserve(tree, file, most, most - file->size);
    if (status != STATUS_OK) {
        return status;
    }
    fill_gap(file, size);
    file->size = size;
    changed(tree, file);
    return STATUS_OK;
}

void tree_borrow(struct tree *tree, struct node *file, const uint8_t *bytes, uint64_t size) {
    assert(file->size == 0 && file->capacity == 0);
    file->bytes = (uint8_t *)bytes;
    file->size = size;
    file->capacity = 0;
    tree_save(tree, file);
}

enum status tree_borrow_packed(struct tree *tree, struct node *file, const uint8_t *bytes) {
    struct packed_archive archive = archive_of(tree);
    struct packed_header header;
    assert(file->size == 0 && file->capacity == 0);
    enum status status = packed_read(&archive, (uint64_t)(bytes - tree->archive), &header);
    if (status == STATUS_OK) {
        file->packed = (uint64_t)(bytes - tree->archive);
        file->size = header.size;
        tree_save(tree, file);
    }
    return status;
}

enum status tree_unpack(struct tree *tree, struct node *file) {
    assert(file->holders > 0);
    if (!tree_is_packed(file)) {
        return STATUS_OK;
    }
    enum status status = reserve(tree, file, file->size, 0);
    if (status == STATUS_OK) {
        tree_save(tree, file);
    }
    return status;
}

void tree_pack_again(struct tree *tree, struct node *file) {
    release(tree, file->bytes, file->capacity);
    tree->bytes -= file->capacity;
    file->bytes = NULL;
    file->capacity = 0;
    file->lent = false;
    tree_save(tree, file);
}

void tree_make_null(struct tree *tree, struct node *file) {
    file->discards = true;
    tree_save(tree, file);
}

void tree_drop_content(struct tree *tree, struct node *file) {
    if (file->capacity) {
        release(tree, file->bytes, file->capacity);
    }
    if (file->image && tree->drop_image) {
        tree->drop_image(file->image);
    }
    tree->bytes -= file->capacity;
    file->bytes = NULL;
    file->size = file->capacity = file->packed = 0;
    file->lent = false;
    file->image = 0;
}
