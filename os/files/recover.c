// Reading the records of nodes back: each is checked, becomes a node, gets its part of the contents, and goes to its directory.
#include "os/files/recover.h"

#include <stdlib.h>
#include <string.h>

// Follows the directories up: to one that has none, in no more steps than there are nodes.
static bool leads_up(const struct store *store, const struct store_node *record) {
    uint32_t end = store->header->node_end;
    for (uint32_t steps = 0; steps <= end; steps++) {
        if (record->parent == 0) {
            return true;
        }
        if (record->parent > end) {
            return false;
        }
        record = &store->nodes[record->parent - 1];
    }
    return false;
}

static bool record_is_sound(const struct store *store, const struct store_node *record) {
    bool is_known = record->type == FILES_TYPE_FILE || record->type == FILES_TYPE_DIRECTORY;
    return is_known && memchr(record->name, 0, sizeof(record->name)) && leads_up(store, record);
}

// What lies packed in the ramdisk has its size there too.
static enum status recover_packed(const struct tree *tree, struct node *node) {
    const struct store_node *record = node->record;
    struct packed_archive archive = {tree->archive, tree->store->header->archive_size};
    struct packed_header header;
    uint64_t place = (uint64_t)(record->packed - 1) * STORE_ARCHIVE_BLOCK;
    if (place == 0 || packed_read(&archive, place, &header) != STATUS_OK || header.size != record->size) {
        return STATUS_CORRUPT;
    }
    node->packed = place;
    node->size = record->size;
    return STATUS_OK;
}

static enum status recover_content(struct tree *tree, struct node *node) {
    const struct store_node *record = node->record;
    uint64_t end = record->capacity ? record->capacity : record->size;
    uint64_t room = record->capacity ? tree->store->contents_size : tree->store->header->archive_size;
    if (node->type == FILES_TYPE_DIRECTORY || (record->size == 0 && record->capacity == 0)) {
        return STATUS_OK;
    }
    enum status packed = record->packed ? recover_packed(tree, node) : STATUS_OK;
    if (packed != STATUS_OK || (record->packed && !record->capacity)) {
        return packed;
    }
    if (record->size > end || record->content > room || end > room - record->content) {
        return STATUS_CORRUPT;
    }
    if (record->capacity) {
        struct extents *extents = tree_extents(tree, record->capacity);
        enum status status = extents_claim(extents, record->content, record->capacity);
        if (status != STATUS_OK) {
            return status;
        }
    }
    node->bytes = (uint8_t *)(record->capacity ? tree->store->contents : tree->archive) + record->content;
    node->size = record->size;
    node->capacity = record->capacity;
    node->lent = record->capacity != 0; // nothing says that it is not
    tree->bytes += node->capacity;
    return STATUS_OK;
}

static struct node *make_node(struct tree *tree, struct store_node *record) {
    struct node *node = calloc(1, sizeof(*node));
    if (node) {
        *node = (struct node){
            .record = record,
            .name = record->name,
            .position = record->position,
            .next_position = record->next_position,
            .id = record->id,
            .modified = record->modified,
            .type = record->type,
            .mode = record->mode & TREE_MODE_BITS,
            .user = record->user,
            .holders = 1, // until recover_end
            .discards = record->flags & STORE_NODE_DISCARDS,
            .is_root = record->flags & STORE_NODE_ROOT && record->parent == 0,
        };
        RB_INIT(&node->names);
        TAILQ_INIT(&node->order);
        tree->nodes++;
    }
    return node;
}

static enum status recover_node(struct tree *tree, struct recovered *recovered, uint32_t index) {
    struct store_header *header = tree->store->header;
    struct store_node *record = &tree->store->nodes[index];
    if (!record_is_sound(tree->store, record)) {
        record->id = 0;
        recovered->left_out++;
        return STATUS_OK;
    }
    struct node *node = recovered->nodes[index] = make_node(tree, record);
    if (!node) {
        return STATUS_NO_MEMORY;
    }
    enum status status = recover_content(tree, node);
    if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
        recovered->left_out++;
        tree_save(tree, node);
        tree_finish(tree);
        status = STATUS_OK;
    }
    header->next_id = header->next_id > node->id ? header->next_id : node->id + 1;
    if (node->is_root && node->type == FILES_TYPE_DIRECTORY && !tree->root) {
        tree->root = node;
        tree_hold(node);
    }
    return status;
}

// ---- into their directories ----

static int compare_places(const void *a, const void *b) {
    const struct store_node *one = (*(struct node *const *)a)->record, *other = (*(struct node *const *)b)->record;
    if (one->parent != other->parent) {
        return one->parent < other->parent ? -1 : 1;
    }
    return one->position < other->position ? -1 : one->position > other->position;
}

static void attach(struct tree *tree, struct recovered *recovered, struct node *node) {
    struct node *directory = recovered->nodes[node->record->parent - 1];
    bool fits = directory && directory->type == FILES_TYPE_DIRECTORY && node->name[0] && tree_attach(directory, node);
    if (!fits) {
        recovered->left_out++;
        return;
    }
    if (directory->next_position <= node->position) {
        directory->next_position = node->position + 1;
    }
}

static enum status attach_all(struct tree *tree, struct recovered *recovered) {
    struct node **list = calloc(recovered->count + 1, sizeof(struct node *));
    size_t count = 0;
    if (!list) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < recovered->count; i++) {
        if (recovered->nodes[i] && recovered->nodes[i]->record->parent) {
            list[count++] = recovered->nodes[i];
        }
    }
    qsort(list, count, sizeof(struct node *), compare_places);
    for (size_t i = 0; i < count; i++) {
        attach(tree, recovered, list[i]);
    }
    free(list);
    return STATUS_OK;
}

enum status recover_tree(struct tree *tree, struct store *store, uint64_t bytes_max, const uint8_t *archive,
                         struct recovered *recovered) {
    store_roll_back(store);
    *recovered = (struct recovered){.count = store->header->node_end};
    if (recovered->count > store->header->nodes_max) {
        return STATUS_CORRUPT;
    }
    recovered->nodes = calloc(recovered->count + 1, sizeof(struct node *));
    enum status status = recovered->nodes ? tree_prepare(tree, store, bytes_max) : STATUS_NO_MEMORY;
    tree->archive = archive;
    for (uint32_t i = 0; i < recovered->count && status == STATUS_OK; i++) {
        if (store->nodes[i].id) {
            status = recover_node(tree, recovered, i);
        }
    }
    status = status == STATUS_OK ? attach_all(tree, recovered) : status;
    return status == STATUS_OK && !tree->root ? STATUS_CORRUPT : status;
}

void recover_end(struct tree *tree, struct recovered *recovered) {
    for (uint32_t i = 0; i < recovered->count; i++) {
        struct node *node = recovered->nodes[i];
        if (node) {
            tree_release(tree, node);
            tree_finish(tree);
        }
    }
    free(recovered->nodes);
    recovered->nodes = NULL;
}
