// From the entries of a tar archive to directories and files that belong to user 0.
#include "os/files/seed.h"

#include "os/tar.h"

#include <string.h>

enum { SEED_USER = 0, SEED_DIRECTORY_MODE = 0755, SEED_SHARED_MODE = TREE_STICKY | 0777, SEED_NULL_MODE = 0666 };

// Directories that every user may write in.
static const char *const shared_directories[] = {"/tmp", "/home"};

// The directory at a path, made if it is not there.
static enum status make_directory(struct tree *tree, struct tree_path path, uint32_t mode) {
    struct node *node = NULL;
    enum status status = tree_make(tree, path, FILES_TYPE_DIRECTORY, mode, SEED_USER, &node);
    return status == STATUS_EXISTS ? STATUS_OK : status;
}

static enum status make_null(struct tree *tree) {
    struct node *node = NULL;
    enum status status = make_directory(tree, (struct tree_path){"/dev", 4}, SEED_DIRECTORY_MODE);
    if (status == STATUS_OK) {
        status = tree_make(tree, (struct tree_path){"/dev/null", 9}, FILES_TYPE_FILE, SEED_NULL_MODE, SEED_USER, &node);
    }
    if (status == STATUS_OK) {
        tree_make_null(tree, node);
    }
    return status;
}

// Archives need not list a file's directories.
static enum status make_parents(struct tree *tree, const char *path) {
    enum status status = STATUS_OK;
    for (const char *slash = strchr(path + 1, '/'); slash && status == STATUS_OK; slash = strchr(slash + 1, '/')) {
        status = make_directory(tree, (struct tree_path){path, slash - path}, SEED_DIRECTORY_MODE);
    }
    return status;
}

// A name that comes twice: the later one counts, as with tar.
static enum status add_file(struct tree *tree, struct tree_path path, const struct tar_entry *entry) {
    struct node *node = NULL;
    enum status status = tree_make(tree, path, FILES_TYPE_FILE, entry->mode, SEED_USER, &node);
    if (status == STATUS_EXISTS) {
        status = tree_remove(tree, path, FILES_TYPE_FILE, SEED_USER);
        status = status == STATUS_OK ? tree_make(tree, path, FILES_TYPE_FILE, entry->mode, SEED_USER, &node) : status;
    }
    if (status == STATUS_OK) {
        status = entry->type == TAR_PACKED ? tree_borrow_packed(tree, node, entry->data) : STATUS_OK;
    }
    if (status == STATUS_OK && entry->type == TAR_FILE) {
        tree_borrow(tree, node, entry->data, entry->size);
    }
    return status;
}

static enum status add_entry(struct tree *tree, const struct tar_entry *entry) {
    char text[TAR_NAME_MAX + 1] = "/";
    strcpy(text + 1, entry->name);
    struct tree_path path = {text, strlen(text)};
    enum status status = make_parents(tree, text);
    if (status != STATUS_OK || path.size == 1) {
        return status;
    }
    return entry->type == TAR_DIRECTORY ? make_directory(tree, path, entry->mode) : add_file(tree, path, entry);
}

static enum status make_shared_directories(struct tree *tree) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(shared_directories) / sizeof(shared_directories[0]) && status == STATUS_OK; i++) {
        struct tree_path path = {shared_directories[i], strlen(shared_directories[i])};
        status = make_directory(tree, path, SEED_SHARED_MODE);
    }
    return status;
}

enum status seed_tree(struct tree *tree, const void *archive, size_t size, const char **problem, size_t *offset) {
    struct tar_reader reader = {.bytes = archive, .size = size};
    struct tar_entry entry;
    enum status status = STATUS_OK;
    tree->archive = archive;
    status = make_shared_directories(tree);
    status = status == STATUS_OK ? make_null(tree) : status;
    while (status == STATUS_OK) {
        status = tar_next(&reader, &entry);
        if (status == STATUS_OK) {
            status = add_entry(tree, &entry);
            tree_finish(tree);
        }
    }
    const char *other =
        status == STATUS_CORRUPT ? "a packed file reaches beyond the end" : "an entry fits no directory";
    *problem = reader.problem ? reader.problem : other;
    *offset = reader.offset;
    return status == STATUS_NOTHING ? STATUS_OK : status;
}
