// The memory file system's tree: names, bytes, limits, permissions, and nothing left behind.
#include "os/files/tree.h"
#include "os/files/seed.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 100, STORE_SIZE = 8 << 20 };

static _Alignas(4096) uint8_t memory[STORE_SIZE];
static struct store store;
static struct tree tree;
static int dropped_images;

static void drop_image(int32_t image) {
    dropped_images++;
}

static void setup(void) {
    cr_assert_eq(store_map(&store, memory, STORE_SIZE, NODES), STATUS_OK);
    store_clear(&store, 0);
    cr_assert_eq(tree_create(&tree, &store, 1 << 20), STATUS_OK);
    tree.drop_image = drop_image;
}

// The sanitizer's leak check is not to be relied on: the counts say whether all is gone.
static void teardown(void) {
    tree_destroy(&tree);
    cr_assert_eq(tree.nodes, 0);
    cr_assert_eq(tree.bytes, 0);
}

TestSuite(tree, .init = setup, .fini = teardown);

// What was done before holds.
static struct tree_path path(const char *text) {
    tree_finish(&tree);
    return (struct tree_path){text, strlen(text)};
}

static struct node *make_by(const char *text, uint32_t type, uint32_t mode, uint32_t user) {
    struct node *node = NULL;
    cr_assert_eq(tree_make(&tree, path(text), type, mode, user, &node), STATUS_OK, "%s", text);
    return node;
}

static struct node *file(const char *text) {
    return make_by(text, FILES_TYPE_FILE, 0644, 0);
}

static struct node *directory(const char *text) {
    return make_by(text, FILES_TYPE_DIRECTORY, 0755, 0);
}

static struct node *find(const char *text) {
    struct node *node = NULL;
    return tree_find(&tree, path(text), &node) == STATUS_OK ? node : NULL;
}

static enum status make_status(const char *text) {
    struct node *node = NULL;
    return tree_make(&tree, path(text), FILES_TYPE_FILE, 0, 0, &node);
}

static enum status remove_file(const char *text) {
    return tree_remove(&tree, path(text), FILES_TYPE_FILE, 0);
}

static enum status move(const char *from, const char *to) {
    return tree_rename(&tree, path(from), path(to), 0);
}

Test(tree, what_is_made_is_found) {
    directory("/a");
    struct node *made = file("/a/b");
    cr_assert_eq(find("/a/b"), made);
    cr_assert_eq(find("/"), tree.root);
    cr_assert_null(find("/a/c"));
    cr_assert_eq(make_status("/a/b"), STATUS_EXISTS);
    cr_assert_eq(make_status("/"), STATUS_EXISTS);
    cr_assert_eq(make_status("/x/y"), STATUS_NOT_FOUND);
    cr_assert_eq(make_status("/a/b/c"), STATUS_NOT_DIRECTORY);
}

Test(tree, paths_that_are_not_normal_are_invalid) {
    static const char *const bad[] = {"", "a", "//", "/a/", "/a//b", "/.", "/..", "/a/../b", "/a/."};
    struct node *node = NULL;
    directory("/a");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_assert_eq(tree_find(&tree, path(bad[i]), &node), STATUS_INVALID_ARGUMENT, "'%s'", bad[i]);
        cr_assert_eq(make_status(bad[i]), STATUS_INVALID_ARGUMENT, "'%s'", bad[i]);
    }
    cr_assert_eq(tree_find(&tree, (struct tree_path){"/a\0b", 4}, &node), STATUS_INVALID_ARGUMENT);
}

Test(tree, names_and_paths_have_their_longest) {
    char text[FILES_PATH_MAX + 10];
    memset(text, 'x', sizeof(text));
    text[0] = '/';
    text[FILES_NAME_MAX + 1] = 0;
    cr_assert_eq(make_status(text), STATUS_OK);
    text[FILES_NAME_MAX + 1] = 'x';
    text[FILES_NAME_MAX + 2] = 0;
    cr_assert_eq(make_status(text), STATUS_INVALID_ARGUMENT);
    for (int i = 0; i < FILES_PATH_MAX + 2; i += 2) {
        memcpy(text + i, "/a", 2);
    }
    text[FILES_PATH_MAX + 2] = 0;
    cr_assert_eq(make_status(text), STATUS_INVALID_ARGUMENT);
}

Test(tree, files_and_empty_directories_are_removed) {
    directory("/d");
    file("/d/f");
    cr_assert_eq(tree_remove(&tree, path("/d"), FILES_TYPE_DIRECTORY, 0), STATUS_NOT_EMPTY);
    cr_assert_eq(remove_file("/d"), STATUS_IS_DIRECTORY);
    cr_assert_eq(tree_remove(&tree, path("/d/f"), FILES_TYPE_DIRECTORY, 0), STATUS_NOT_DIRECTORY);
    cr_assert_eq(remove_file("/d/f"), STATUS_OK);
    cr_assert_eq(remove_file("/d/f"), STATUS_NOT_FOUND);
    cr_assert_eq(tree_remove(&tree, path("/d"), FILES_TYPE_DIRECTORY, 0), STATUS_OK);
    cr_assert_neq(tree_remove(&tree, path("/"), FILES_TYPE_DIRECTORY, 0), STATUS_OK);
    cr_assert_eq(tree.nodes, 1);
}

Test(tree, what_is_held_stays_readable_after_its_removal) {
    char text[4] = "";
    struct node *node = file("/f");
    tree_hold(node);
    cr_assert_eq(tree_write(&tree, node, 0, "abc", 3), STATUS_OK);
    cr_assert_eq(remove_file("/f"), STATUS_OK);
    cr_assert_eq(tree_read(node, 0, text, 3), 3);
    cr_assert_str_eq(text, "abc");
    struct files_stat stat;
    tree_stat(node, &stat);
    cr_assert_eq(stat.links, 0);
    tree_release(&tree, node);
    cr_assert_eq(tree.nodes, 1);
    cr_assert_eq(tree.bytes, 0);
}

Test(tree, a_rename_moves_and_replaces) {
    directory("/d");
    struct node *one = file("/one");
    file("/d/two");
    cr_assert_eq(move("/one", "/d/two"), STATUS_OK);
    cr_assert_eq(find("/d/two"), one);
    cr_assert_null(find("/one"));
    cr_assert_eq(move("/d/two", "/d/two"), STATUS_OK);
    cr_assert_eq(find("/d/two"), one);
    cr_assert_eq(move("/nothing", "/x"), STATUS_NOT_FOUND);
    cr_assert_eq(move("/d/two", "/nothing/x"), STATUS_NOT_FOUND);
}

Test(tree, a_directory_does_not_move_into_itself_or_onto_another_kind) {
    directory("/a");
    directory("/a/b");
    directory("/full");
    file("/full/f");
    file("/f");
    cr_assert_eq(move("/a", "/a/b/c"), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(move("/a", "/a/c"), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(move("/a", "/f"), STATUS_NOT_DIRECTORY);
    cr_assert_eq(move("/f", "/a"), STATUS_IS_DIRECTORY);
    cr_assert_eq(move("/a", "/full"), STATUS_NOT_EMPTY);
    cr_assert_eq(move("/", "/x"), STATUS_BUSY);
    cr_assert_eq(move("/a", "/"), STATUS_BUSY);
    directory("/empty");
    cr_assert_eq(move("/a", "/empty"), STATUS_OK);
    cr_assert_not_null(find("/empty/b"));
}

Test(tree, bytes_are_written_read_and_cut) {
    char text[16] = "";
    struct node *node = file("/f");
    cr_assert_eq(tree_write(&tree, node, 4, "tail", 4), STATUS_OK);
    cr_assert_eq(node->size, 8);
    cr_assert_eq(tree_read(node, 0, text, sizeof(text)), 8);
    cr_assert_eq(memcmp(text, "\0\0\0\0tail", 8), 0);
    cr_assert_eq(tree_read(node, 8, text, 1), 0);
    cr_assert_eq(tree_read(node, UINT64_MAX, text, 1), 0);
    cr_assert_eq(tree_truncate(&tree, node, 6), STATUS_OK);
    cr_assert_eq(tree_truncate(&tree, node, 8), STATUS_OK);
    cr_assert_eq(tree_read(node, 0, text, sizeof(text)), 8);
    cr_assert_eq(memcmp(text, "\0\0\0\0ta\0\0", 8), 0);
    cr_assert_eq(tree_truncate(&tree, node, 0), STATUS_OK);
    cr_assert_eq(tree.bytes, 0);
}

Test(tree, borrowed_bytes_are_copied_when_first_changed) {
    static const uint8_t disk[] = "ramdisk";
    char text[16] = "";
    struct node *node = file("/f");
    tree.archive = (const uint8_t *)disk;
    tree_borrow(&tree, node, disk, 7);
    cr_assert_eq(tree.bytes, 0);
    cr_assert_eq(tree_read(node, 0, text, 7), 7);
    cr_assert_eq(tree_write(&tree, node, 0, "RAM", 3), STATUS_OK);
    cr_assert_eq(tree_read(node, 0, text, 7), 7);
    cr_assert_str_eq(text, "RAMdisk");
    cr_assert_str_eq((const char *)disk, "ramdisk");
}

Test(tree, a_change_drops_the_image) {
    struct node *node = file("/f");
    node->image = 5;
    cr_assert_eq(tree_write(&tree, node, 0, "x", 1), STATUS_OK);
    cr_assert_eq(node->image, 0);
    cr_assert_eq(dropped_images, 1);
    node->image = 6;
    cr_assert_eq(tree_truncate(&tree, node, 0), STATUS_OK);
    cr_assert_eq(dropped_images, 2);
    node->image = 7;
    cr_assert_eq(remove_file("/f"), STATUS_OK);
    cr_assert_eq(dropped_images, 3);
}

Test(tree, the_limit_of_bytes_holds_and_changes_nothing) {
    static uint8_t much[1 << 20];
    struct node *node = file("/f");
    cr_assert_eq(tree_write(&tree, node, 0, "x", 1), STATUS_OK);
    cr_assert_eq(tree_write(&tree, node, 1, much, sizeof(much)), STATUS_LIMIT_REACHED);
    cr_assert_eq(node->size, 1);
    cr_assert_eq(tree_truncate(&tree, node, UINT64_MAX), STATUS_TOO_LARGE);
    cr_assert_eq(tree_write(&tree, node, UINT64_MAX, "xy", 2), STATUS_TOO_LARGE);
    cr_assert_eq(tree_write(&tree, node, 0, much, sizeof(much)), STATUS_OK);
    struct node *other = file("/g");
    cr_assert_eq(tree_write(&tree, other, 0, "x", 1), STATUS_LIMIT_REACHED);
    cr_assert_eq(remove_file("/f"), STATUS_OK);
    cr_assert_eq(tree_write(&tree, other, 0, "x", 1), STATUS_OK);
}

Test(tree, the_limit_of_nodes_holds) {
    char text[16];
    for (int i = 0; i < 99; i++) {
        snprintf(text, sizeof(text), "/%d", i);
        file(text);
    }
    cr_assert_eq(make_status("/more"), STATUS_LIMIT_REACHED);
    cr_assert_eq(remove_file("/5"), STATUS_OK);
    cr_assert_eq(make_status("/more"), STATUS_OK);
}

Test(tree, mode_bits_decide_for_all_but_user_0) {
    struct node *node = make_by("/f", FILES_TYPE_FILE, 0640, 5);
    cr_assert(tree_may(node, 0, TREE_MAY_WRITE));
    cr_assert(tree_may(node, 5, TREE_MAY_READ | TREE_MAY_WRITE));
    cr_assert_not(tree_may(node, 6, TREE_MAY_READ));
    cr_assert_eq(tree_set_mode(&tree, node, 0604, 6), STATUS_DENIED);
    cr_assert_eq(tree_set_mode(&tree, node, 0604, 5), STATUS_OK);
    cr_assert(tree_may(node, 6, TREE_MAY_READ));
    cr_assert_not(tree_may(node, 6, TREE_MAY_WRITE));
    cr_assert_eq(tree_set_time(&tree, node, 1, 6), STATUS_DENIED);
}

Test(tree, a_directory_that_is_not_ours_takes_no_names) {
    struct node *node = NULL;
    directory("/d");
    file("/d/f");
    cr_assert_eq(tree_make(&tree, path("/d/x"), FILES_TYPE_FILE, 0, 5, &node), STATUS_DENIED);
    cr_assert_eq(tree_remove(&tree, path("/d/f"), FILES_TYPE_FILE, 5), STATUS_DENIED);
    cr_assert_eq(tree_rename(&tree, path("/d/f"), path("/f"), 5), STATUS_DENIED);
    make_by("/mine", FILES_TYPE_FILE, 0644, 5);
    cr_assert_eq(tree_rename(&tree, path("/mine"), path("/d/mine"), 5), STATUS_DENIED);
}

Test(tree, in_a_sticky_directory_others_files_stay) {
    make_by("/f", FILES_TYPE_FILE, 0666, 5);
    cr_assert_eq(tree_remove(&tree, path("/f"), FILES_TYPE_FILE, 6), STATUS_DENIED);
    cr_assert_eq(tree_rename(&tree, path("/f"), path("/g"), 6), STATUS_DENIED);
    cr_assert_eq(tree_remove(&tree, path("/f"), FILES_TYPE_FILE, 5), STATUS_OK);
}

static size_t list_all(size_t room, int *pages) {
    uint64_t buffer[64], offset = 0;
    size_t written = 0, count = 0;
    *pages = 0;
    do {
        cr_assert_eq(tree_list(tree.root, &offset, buffer, room, &written), STATUS_OK);
        for (size_t at = 0; at < written; count++) {
            const struct files_entry *entry = (const void *)((const char *)buffer + at);
            at += sizeof(*entry) + (entry->name_size + 7) / 8 * 8;
        }
        ++*pages;
    } while (written > 0);
    return count;
}

Test(tree, lists_come_in_pages_whatever_their_room) {
    char text[16];
    int pages = 0;
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof(text), "/name-%d", i);
        file(text);
    }
    cr_assert_eq(list_all(24, &pages), 50);
    cr_assert_eq(pages, 51);
    cr_assert_eq(list_all(512, &pages), 50);
    uint64_t offset = 0;
    size_t written = 0;
    char small[16];
    cr_assert_eq(tree_list(tree.root, &offset, small, sizeof(small), &written), STATUS_TOO_SMALL);
}

Test(tree, a_list_goes_on_though_names_are_removed_meanwhile) {
    uint64_t buffer[3], offset = 0;
    size_t written = 0;
    file("/a");
    file("/b");
    file("/c");
    cr_assert_eq(tree_list(tree.root, &offset, buffer, sizeof(buffer), &written), STATUS_OK);
    remove_file("/a");
    remove_file("/b");
    cr_assert_eq(tree_list(tree.root, &offset, buffer, sizeof(buffer), &written), STATUS_OK);
    cr_assert_eq(memcmp((char *)buffer + sizeof(struct files_entry), "c", 2), 0);
}

Test(tree, a_broken_archive_is_told_and_what_came_before_is_kept) {
    const char *problem = NULL;
    size_t offset = 0;
    char archive[512];
    memset(archive, 'x', sizeof(archive));
    cr_assert_eq(seed_tree(&tree, archive, sizeof(archive), &problem, &offset), STATUS_CORRUPT);
    cr_assert(strstr(problem, "checksum"));
    cr_assert_not_null(find("/tmp"));
}

Test(tree, what_is_written_to_dev_null_vanishes) {
    const char *problem = NULL;
    size_t offset = 0;
    char text[4];
    cr_assert_eq(seed_tree(&tree, "", 0, &problem, &offset), STATUS_OK);
    struct node *null = find("/dev/null");
    cr_assert_not_null(null);
    cr_assert(tree_may(null, 9, TREE_MAY_READ | TREE_MAY_WRITE));
    cr_assert_eq(tree_write(&tree, null, 0, "abc", 3), STATUS_OK);
    cr_assert_eq(tree_truncate(&tree, null, 100), STATUS_OK);
    cr_assert_eq(tree_read(null, 0, text, 3), 0);
    cr_assert_eq(tree.bytes, 0);
}

static uint64_t room = UINT64_MAX;

static bool has_room(uint64_t bytes) {
    if (bytes > room) {
        return false;
    }
    room -= bytes < 65536 ? bytes : 65536;
    return true;
}

// The machine's memory runs out at every step of the growth in turn.
Test(tree, without_room_in_the_machine_nothing_grows_and_nothing_changes) {
    static uint8_t much[300000];
    struct node *node = file("/f"), *made = NULL;
    cr_assert_eq(tree_write(&tree, node, 0, "abc", 3), STATUS_OK);
    uint64_t before = tree.bytes;
    tree.has_room = has_room;
    enum status status = STATUS_LIMIT_REACHED;
    for (int step = 0; status != STATUS_OK; step++) {
        cr_assert_lt(step, 100);
        room = 65536 * (uint64_t)step;
        status = tree_write(&tree, node, 3, much, sizeof(much));
        cr_assert(status == STATUS_OK || (status == STATUS_LIMIT_REACHED && node->size == 3 && tree.bytes == before));
    }
    room = 0;
    cr_assert_eq(tree_make(&tree, path("/g"), FILES_TYPE_FILE, 0, 0, &made), STATUS_LIMIT_REACHED);
    cr_assert_eq(tree.nodes, 2);
}

static uint64_t given_back;

static void give_back(uint64_t place, uint64_t size) {
    given_back += size;
}

Test(tree, large_contents_have_pages_of_their_own_and_give_them_back) {
    static uint8_t much[100000];
    tree.give_back = give_back;
    struct node *node = file("/f");
    cr_assert_eq(tree_write(&tree, node, 0, "abc", 3), STATUS_OK);
    tree_finish(&tree);
    cr_assert_eq(given_back, 0);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(tree_write(&tree, node, 3 + (uint64_t)i * sizeof(much), much, sizeof(much)), STATUS_OK);
        tree_finish(&tree);
    }
    uint64_t capacity = node->capacity, before = given_back;
    cr_assert_eq(remove_file("/f"), STATUS_OK);
    cr_assert_eq(given_back, before, "its removal can still be undone");
    tree_finish(&tree);
    cr_assert_geq(given_back - before, capacity);
}
