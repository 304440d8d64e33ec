// scandir and alphasort: a directory's entries as a sorted list.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct entry_list {
    struct dirent **entries;
    size_t count;
    size_t capacity;
};

int alphasort(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void list_free(struct entry_list *list) {
    while (list->count > 0)
        free(list->entries[--list->count]);
    free(list->entries);
}

static int list_add(struct entry_list *list, const struct dirent *entry) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct dirent **larger = reallocarray(list->entries, capacity, sizeof *larger);
        if (!larger)
            return -1;
        list->entries = larger;
        list->capacity = capacity;
    }
    struct dirent *copy = malloc(sizeof *copy);
    if (!copy)
        return -1;
    *copy = *entry;
    list->entries[list->count++] = copy;
    return 0;
}

int scandir(const char *path, struct dirent ***result, int (*wants)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **)) {
    struct entry_list list = {0};
    DIR *stream = opendir(path);
    if (!stream)
        return -1;
    for (struct dirent *entry; (entry = readdir(stream));)
        if ((!wants || wants(entry)) && list_add(&list, entry) < 0) {
            list_free(&list);
            closedir(stream);
            return -1;
        }
    closedir(stream);
    if (compare && list.count > 1)
        qsort(list.entries, list.count, sizeof *list.entries, (int (*)(const void *, const void *))compare);
    *result = list.entries;
    return (int)list.count;
}
