// Normalising paths: parts are appended one by one, and ".." takes the last one away.
#include "libc/posix/path.h"

#include <parley/files.h>
#include <string.h>

struct path_text {
    char *text;
    size_t length; // 0 stands for the root
    size_t capacity;
};

static bool add_part(struct path_text *path, const char *part, size_t size) {
    if (size > FILES_NAME_MAX || path->length + size + 2 > path->capacity)
        return false;
    path->text[path->length++] = '/';
    memcpy(path->text + path->length, part, size);
    path->length += size;
    return true;
}

static void drop_part(struct path_text *path) {
    while (path->length > 0 && path->text[--path->length] != '/')
        ;
}

static bool is_part(const char *part, size_t size, const char *name) {
    return strlen(name) == size && memcmp(part, name, size) == 0;
}

static bool add_parts(struct path_text *path, const char *from) {
    while (*from) {
        size_t size = strcspn(from, "/");
        if (is_part(from, size, ".."))
            drop_part(path);
        else if (size > 0 && !is_part(from, size, ".") && !add_part(path, from, size))
            return false;
        from += size;
        from += strspn(from, "/");
    }
    return true;
}

bool path_normalise(const char *directory, const char *path, char *result, size_t capacity) {
    struct path_text text = {.text = result, .capacity = capacity};
    if (!*path || capacity < 2)
        return false;
    if (*path != '/' && !add_parts(&text, directory))
        return false;
    if (!add_parts(&text, path))
        return false;
    if (text.length == 0)
        result[text.length++] = '/';
    result[text.length] = '\0';
    return true;
}
