// The bytes of files: borrowed from the ramdisk until they are changed, then the tree's own.
#include "os/files/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CONTENT_LEAST = 64, COMMIT_STEP = 64 << 10, COMMIT_PAGE = 4096, MAPPED_LEAST = 64 << 10 };
#define CONTENT_MAX (UINT64_C(1) << 40)

size_t tree_read(const struct node *file, uint64_t offset, void *buffer, size_t size) {
    if (offset >= file->size) {
        return 0;
    }
    uint64_t left = file->size - offset;
    size_t count = size < left ? size : left;
    memcpy(buffer, file->bytes + offset, count);
    return count;
}

static void changed(struct tree *tree, struct node *file) {
    if (file->image && tree->drop_image) {
        tree->drop_image(file->image);
    }
    file->image = 0;
    file->modified = tree->now;
}

bool tree_commit(const struct tree *tree, uint8_t *bytes, uint64_t size) {
    for (uint64_t at = 0; at < size; at += COMMIT_PAGE) {
        if (at % COMMIT_STEP == 0 && tree->has_room && !tree->has_room(COMMIT_STEP)) {
            return false;
        }
        *(volatile uint8_t *)(bytes + at) = 0;
    }
    return true;
}

// Capacities from MAPPED_LEAST on are whole pages of their own.
static uint8_t *allocate(const struct tree *tree, uint64_t capacity) {
    return tree->map && capacity >= MAPPED_LEAST ? tree->map(capacity) : malloc(capacity);
}

static void release(const struct tree *tree, uint8_t *bytes, uint64_t capacity) {
    if (tree->unmap && capacity >= MAPPED_LEAST) {
        tree->unmap(bytes, capacity);
    } else {
        free(bytes);
    }
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

// Room for `size` bytes that are the tree's own.
static enum status reserve(struct tree *tree, struct node *file, uint64_t size) {
    uint64_t capacity = 0;
    assert(file->capacity <= tree->bytes && tree->bytes <= tree->bytes_max);
    if (file->capacity >= size && file->capacity > 0) {
        return STATUS_OK;
    }
    enum status status = choose_capacity(tree, file, size, &capacity);
    if (status != STATUS_OK) {
        return status;
    }
    if (tree->has_room && !tree->has_room(capacity)) {
        return STATUS_LIMIT_REACHED;
    }
    uint8_t *bytes = allocate(tree, capacity);
    if (!bytes) {
        return STATUS_NO_MEMORY;
    }
    if (!tree_commit(tree, bytes, capacity)) {
        release(tree, bytes, capacity);
        return STATUS_LIMIT_REACHED;
    }
    if (file->size > 0) {
        memcpy(bytes, file->bytes, file->size);
    }
    if (file->capacity) {
        release(tree, file->bytes, file->capacity);
    }
    tree->bytes += capacity - file->capacity;
    file->bytes = bytes;
    file->capacity = capacity;
    return STATUS_OK;
}

static void fill_gap(struct node *file, uint64_t until) {
    if (until > file->size) {
        memset(file->bytes + file->size, 0, until - file->size);
        file->size = until;
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
    enum status status = reserve(tree, file, end > file->size ? end : file->size);
    if (status != STATUS_OK) {
        return status;
    }
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
    enum status status = size == file->size ? STATUS_OK : reserve(tree, file, size > file->size ? size : file->size);
    if (status != STATUS_OK) {
        return status;
    }
    fill_gap(file, size);
    file->size = size;
    changed(tree, file);
    return STATUS_OK;
}

void tree_borrow(struct node *file, const uint8_t *bytes, uint64_t size) {
    assert(file->size == 0 && file->capacity == 0);
    file->bytes = (uint8_t *)bytes;
    file->size = size;
    file->capacity = 0;
}

void tree_make_null(struct node *file) {
    file->discards = true;
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
    file->size = file->capacity = 0;
    file->image = 0;
}
