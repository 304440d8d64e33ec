// The tree's names: finding, making, removing and renaming.
#include "os/files/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TREE_NODE_COST = 3 * TREE_PAGE }; // the most memory that a node and its record may touch anew

static int compare_names(const struct node *a, const struct node *b) {
    return strcmp(a->name, b->name);
}

RB_GENERATE_STATIC(node_names, node, by_name, compare_names)

// The part of a path up to the next slash, as a name.
struct part {
    char text[FILES_NAME_MAX + 1];
};

// A record that is free. There is one: nodes are counted.
static struct store_node *find_record(struct tree *tree) {
    struct store_header *header = tree->store->header;
    struct store_node *nodes = tree->store->nodes;
    if (tree->nodes == header->node_end) {
        return &nodes[header->node_end++];
    }
    while (nodes[tree->free_hint % header->node_end].id) {
        tree->free_hint++;
    }
    return &nodes[tree->free_hint % header->node_end];
}

void tree_save(struct tree *tree, const struct node *node) {
    struct store *store = tree->store;
    const uint8_t *base = node->capacity ? store->contents : tree->archive;
    struct store_node now = {
        .id = node->id,
        .modified = node->modified,
        .position = node->position,
        .next_position = node->next_position,
        .size = node->size,
        .capacity = node->capacity,
        .content = node->bytes ? (uint64_t)(node->bytes - base) : 0,
        .parent = node->parent ? tree_index(tree, node->parent) + 1 : 0,
        .type = node->type,
        .mode = node->mode,
        .user = node->user,
        .packed = (uint32_t)(node->packed ? node->packed / STORE_ARCHIVE_BLOCK + 1 : 0),
        .flags = (node->discards ? STORE_NODE_DISCARDS : 0) | (node->is_root ? STORE_NODE_ROOT : 0),
    };
    store_write(store, node->record, &now, offsetof(struct store_node, name));
}

void tree_save_name(struct tree *tree, struct node *node, const char *name) {
    store_write(tree->store, node->record->name, name, strlen(name) + 1);
}

static struct node *node_create(struct tree *tree, uint32_t type, uint32_t mode, uint32_t user, const char *name) {
    struct store_header *header = tree->store->header;
    struct node *node = calloc(1, sizeof(*node));
    uint64_t next_id = header->next_id + 1;
    if (!node) {
        return NULL;
    }
    node->record = find_record(tree);
    node->name = node->record->name;
    node->id = header->next_id;
    node->type = type;
    node->mode = mode & TREE_MODE_BITS;
    node->user = user;
    node->modified = tree->now;
    RB_INIT(&node->names);
    TAILQ_INIT(&node->order);
    tree->nodes++;
    tree_save_name(tree, node, name);
    store_write(tree->store, &header->next_id, &next_id, sizeof(next_id));
    tree_save(tree, node);
    return node;
}

static void node_destroy(struct tree *tree, struct node *node) {
    static const uint64_t none;
    tree_drop_content(tree, node);
    store_write(tree->store, &node->record->id, &none, sizeof(none));
    tree->free_hint = tree_index(tree, node);
    free(node);
    tree->nodes--;
}

enum status tree_prepare(struct tree *tree, struct store *store, uint64_t bytes_max) {
    uint64_t small = store->contents_size / STORE_SMALL_SHARE / TREE_PAGE * TREE_PAGE;
    *tree = (struct tree){.store = store, .bytes_max = bytes_max, .nodes_max = store->header->nodes_max};
    enum status status = extents_create(&tree->small, 0, small, TREE_GRANULE);
    if (status == STATUS_OK) {
        status = extents_create(&tree->large, small, store->contents_size - small, TREE_PAGE);
    }
    return status;
}

enum status tree_create(struct tree *tree, struct store *store, uint64_t bytes_max) {
    enum status status = tree_prepare(tree, store, bytes_max);
    if (status != STATUS_OK) {
        return status;
    }
    tree->root = node_create(tree, FILES_TYPE_DIRECTORY, TREE_STICKY | 0777, 0, "");
    if (!tree->root) {
        return STATUS_NO_MEMORY;
    }
    tree->root->is_root = true;
    tree->root->holders = 1;
    tree_save(tree, tree->root);
    tree_finish(tree);
    return STATUS_OK;
}

void tree_settle(struct tree *tree) {
    if (extents_has_left(&tree->small)) {
        extents_settle(&tree->small, NULL);
    }
    if (extents_has_left(&tree->large)) {
        extents_settle(&tree->large, tree->give_back);
    }
}

void tree_finish(struct tree *tree) {
    if (store_is_changing(tree->store)) {
        store_finish(tree->store);
    }
    tree_settle(tree);
}

bool tree_attach(struct node *directory, struct node *node) {
    assert(!node->parent && directory->type == FILES_TYPE_DIRECTORY);
    if (RB_INSERT(node_names, &directory->names, node)) {
        return false;
    }
    node->parent = directory;
    TAILQ_INSERT_TAIL(&directory->order, node, in_order);
    directory->count++;
    return true;
}

static void link_node(struct tree *tree, struct node *directory, struct node *node) {
    bool is_new = tree_attach(directory, node);
    assert(is_new);
    node->position = directory->next_position++;
    directory->modified = tree->now;
    tree_save(tree, node);
    tree_save(tree, directory);
}

static void unlink_node(struct tree *tree, struct node *node) {
    struct node *directory = node->parent;
    assert(directory && directory->count > 0);
    RB_REMOVE(node_names, &directory->names, node);
    TAILQ_REMOVE(&directory->order, node, in_order);
    directory->count--;
    directory->modified = tree->now;
    node->parent = NULL;
    tree_save(tree, node);
    tree_save(tree, directory);
}

static void destroy_if_unused(struct tree *tree, struct node *node) {
    if (node->parent == NULL && node->holders == 0) {
        node_destroy(tree, node);
    }
}

void tree_hold(struct node *node) {
    node->holders++;
}

void tree_release(struct tree *tree, struct node *node) {
    assert(node->holders > 0);
    node->holders--;
    if (node->holders == 0 && node->packed && node->capacity) {
        tree_pack_again(tree, node);
    }
    destroy_if_unused(tree, node);
}

// Always the first of the deepest directory, so that no stack is needed.
void tree_destroy(struct tree *tree) {
    struct node *node = tree->root;
    while (tree->root) {
        struct node *child = TAILQ_FIRST(&node->order), *parent = node->parent;
        if (child) {
            node = child;
            continue;
        }
        if (parent) {
            unlink_node(tree, node);
        } else {
            tree->root = NULL;
        }
        node_destroy(tree, node);
        tree_finish(tree);
        node = parent;
    }
    extents_destroy(&tree->small);
    extents_destroy(&tree->large);
}

static struct node *child_of(struct node *directory, const char *name) {
    struct node key = {.name = name};
    return RB_FIND(node_names, &directory->names, &key);
}

// Takes the next part off the path. INVALID_ARGUMENT where it is none.
static enum status take_part(struct tree_path *path, struct part *part) {
    if (path->size < 2 || path->text[0] != '/') {
        return STATUS_INVALID_ARGUMENT;
    }
    const char *slash = memchr(path->text + 1, '/', path->size - 1);
    size_t size = slash ? (size_t)(slash - path->text) - 1 : path->size - 1;
    if (size == 0 || size > FILES_NAME_MAX || memchr(path->text + 1, 0, size)) {
        return STATUS_INVALID_ARGUMENT;
    }
    memcpy(part->text, path->text + 1, size);
    part->text[size] = 0;
    path->text += size + 1;
    path->size -= size + 1;
    bool is_dots = strcmp(part->text, ".") == 0 || strcmp(part->text, "..") == 0;
    return is_dots ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

// Checks the whole path, so that its form alone decides about INVALID_ARGUMENT.
static enum status check_path(struct tree_path path) {
    struct part part;
    if (path.size > FILES_PATH_MAX) {
        return STATUS_INVALID_ARGUMENT;
    }
    while (path.size > 0) {
        enum status status = take_part(&path, &part);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static bool is_root(struct tree_path path) {
    return path.size == 1 && path.text[0] == '/';
}

// Walks to the directory that holds the last part, which is left in `last`. The path is not the root's.
static enum status find_directory(struct tree *tree, struct tree_path path, struct node **directory,
                                  struct part *last) {
    struct node *node = tree->root;
    enum status status = path.size == 0 ? STATUS_INVALID_ARGUMENT : check_path(path);
    if (status != STATUS_OK) {
        return status;
    }
    for (;;) {
        take_part(&path, last);
        if (path.size == 0) {
            *directory = node;
            return STATUS_OK;
        }
        node = child_of(node, last->text);
        if (!node || node->type != FILES_TYPE_DIRECTORY) {
            return node ? STATUS_NOT_DIRECTORY : STATUS_NOT_FOUND;
        }
    }
}

enum status tree_find(struct tree *tree, struct tree_path path, struct node **node) {
    struct node *directory = NULL;
    struct part last;
    if (is_root(path)) {
        *node = tree->root;
        return STATUS_OK;
    }
    enum status status = find_directory(tree, path, &directory, &last);
    if (status == STATUS_OK) {
        *node = child_of(directory, last.text);
        status = *node ? STATUS_OK : STATUS_NOT_FOUND;
    }
    return status;
}

bool tree_may(const struct node *node, uint32_t user, uint32_t what) {
    uint32_t shift = node->user == user ? 6 : 0;
    return user == 0 || (node->mode >> shift & what) == what;
}

enum status tree_make(struct tree *tree, struct tree_path path, uint32_t type, uint32_t mode, uint32_t user,
                      struct node **node) {
    struct node *directory = NULL;
    struct part last;
    enum status status = is_root(path) ? STATUS_EXISTS : find_directory(tree, path, &directory, &last);
    if (status != STATUS_OK) {
        return status;
    }
    if (child_of(directory, last.text)) {
        return STATUS_EXISTS;
    }
    if (!tree_may(directory, user, TREE_MAY_WRITE)) {
        return STATUS_DENIED;
    }
    if (tree->nodes >= tree->nodes_max || (tree->has_room && !tree->has_room(TREE_NODE_COST))) {
        return STATUS_LIMIT_REACHED;
    }
    *node = node_create(tree, type, mode, user, last.text);
    if (!*node) {
        return STATUS_NO_MEMORY;
    }
    link_node(tree, directory, *node);
    return STATUS_OK;
}

// Whether `user` may take the node out of its directory.
static enum status may_unlink(const struct node *node, uint32_t user) {
    const struct node *directory = node->parent;
    if (!directory) {
        return STATUS_BUSY;
    }
    bool owns = user == 0 || node->user == user || directory->user == user;
    if (!tree_may(directory, user, TREE_MAY_WRITE) || (directory->mode & TREE_STICKY && !owns)) {
        return STATUS_DENIED;
    }
    return STATUS_OK;
}

static enum status may_remove(const struct node *node, uint32_t type, uint32_t user) {
    if (node->type != type) {
        return type == FILES_TYPE_FILE ? STATUS_IS_DIRECTORY : STATUS_NOT_DIRECTORY;
    }
    if (node->count > 0) {
        return STATUS_NOT_EMPTY;
    }
    return may_unlink(node, user);
}

enum status tree_remove(struct tree *tree, struct tree_path path, uint32_t type, uint32_t user) {
    struct node *node = NULL;
    enum status status = tree_find(tree, path, &node);
    status = status == STATUS_OK ? may_remove(node, type, user) : status;
    if (status == STATUS_OK) {
        unlink_node(tree, node);
        destroy_if_unused(tree, node);
    }
    return status;
}

static bool is_inside(const struct node *node, const struct node *directory) {
    while (node && node != directory) {
        node = node->parent;
    }
    return node != NULL;
}

// Where a rename goes: the directory, the new name, and what it replaces (or null).
struct target {
    struct node *directory;
    struct node *old;
    struct part name;
};

static enum status find_target(struct tree *tree, struct tree_path to, uint32_t user, const struct node *moved,
                               struct target *target) {
    enum status status = is_root(to) ? STATUS_BUSY : find_directory(tree, to, &target->directory, &target->name);
    if (status != STATUS_OK) {
        return status;
    }
    if (is_inside(target->directory, moved)) {
        return STATUS_INVALID_ARGUMENT;
    }
    if (!tree_may(target->directory, user, TREE_MAY_WRITE)) {
        return STATUS_DENIED;
    }
    target->old = child_of(target->directory, target->name.text);
    return target->old && target->old != moved ? may_remove(target->old, moved->type, user) : STATUS_OK;
}

enum status tree_rename(struct tree *tree, struct tree_path from, struct tree_path to, uint32_t user) {
    struct node *node = NULL;
    struct target target;
    enum status status = tree_find(tree, from, &node);
    status = status == STATUS_OK ? may_unlink(node, user) : status;
    status = status == STATUS_OK ? find_target(tree, to, user, node, &target) : status;
    if (status != STATUS_OK || target.old == node) {
        return status;
    }
    if (target.old) {
        unlink_node(tree, target.old);
        destroy_if_unused(tree, target.old);
    }
    unlink_node(tree, node);
    tree_save_name(tree, node, target.name.text);
    link_node(tree, target.directory, node);
    return STATUS_OK;
}

enum status tree_set_mode(struct tree *tree, struct node *node, uint32_t mode, uint32_t user) {
    if (user != 0 && user != node->user) {
        return STATUS_DENIED;
    }
    if (mode & ~(uint32_t)TREE_MODE_BITS) {
        return STATUS_INVALID_ARGUMENT;
    }
    node->mode = mode;
    tree_save(tree, node);
    return STATUS_OK;
}

enum status tree_set_time(struct tree *tree, struct node *node, uint64_t modified, uint32_t user) {
    if (user != node->user && !tree_may(node, user, TREE_MAY_WRITE)) {
        return STATUS_DENIED;
    }
    node->modified = modified;
    tree_save(tree, node);
    return STATUS_OK;
}

void tree_stat(const struct node *node, struct files_stat *stat) {
    *stat = (struct files_stat){
        .id = node->id,
        .size = node->type == FILES_TYPE_DIRECTORY ? node->count : node->size,
        .modified = node->modified,
        .type = node->type,
        .mode = node->mode,
        .links = node->parent || node->is_root ? 1 : 0,
        .user = node->user,
    };
}

static size_t entry_size(const struct node *node) {
    return sizeof(struct files_entry) + (strlen(node->name) + 7) / 8 * 8;
}

static void write_entry(const struct node *node, uint8_t *place) {
    struct files_entry entry = {.id = node->id, .type = node->type, .name_size = strlen(node->name)};
    memset(place, 0, entry_size(node));
    memcpy(place, &entry, sizeof(entry));
    memcpy(place + sizeof(entry), node->name, entry.name_size);
}

enum status tree_list(const struct node *directory, uint64_t *offset, void *buffer, size_t room, size_t *written) {
    const struct node *node = NULL;
    *written = 0;
    TAILQ_FOREACH(node, &directory->order, in_order) {
        if (node->position < *offset) {
            continue;
        }
        if (entry_size(node) > room - *written) {
            return *written ? STATUS_OK : STATUS_TOO_SMALL;
        }
        write_entry(node, (uint8_t *)buffer + *written);
        *written += entry_size(node);
        *offset = node->position + 1;
    }
    return STATUS_OK;
}
