// The names in a directory, read whole and sorted.
#include "apps/common/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

static int compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void add(struct names *names, const char *name) {
    if (names->count == names->capacity) {
        names->capacity = names->capacity ? names->capacity * 2 : 16;
        names->names = tool_reallocate(names->names, names->capacity, sizeof(char *));
    }
    size_t size = strlen(name) + 1;
    names->names[names->count++] = memcpy(tool_allocate(size, 1), name, size);
}

bool directory_list(const char *path, struct names *names) {
    *names = (struct names){0};
    DIR *directory = opendir(path);
    if (!directory)
        return false;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(directory)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            add(names, entry->d_name);
    int error = errno;
    closedir(directory);
    if (error)
        names_free(names);
    else if (names->count)
        qsort(names->names, names->count, sizeof(char *), compare);
    errno = error;
    return !error;
}

void names_free(struct names *names) {
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct names){0};
}

char *path_join(const char *directory, const char *name) {
    size_t length = strlen(directory), size = strlen(name) + 1;
    char *path = tool_allocate(length + 1 + size, 1);
    strcpy(path, directory);
    if (length && path[length - 1] != '/')
        path[length++] = '/';
    memcpy(path + length, name, size);
    return path;
}

const char *path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
