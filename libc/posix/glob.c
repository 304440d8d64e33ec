// glob: names of files that match a pattern, one directory level at a time.
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <parley/files.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// How far a pattern has been matched: the path so far, and what is left of the pattern.
struct search {
    glob_t *result;
    int flags;
    int (*on_error)(const char *path, int error);
    char path[FILES_PATH_MAX];
};

static int match_from(struct search *search, size_t length, const char *pattern);

static int add(struct search *search, size_t length) {
    glob_t *result = search->result;
    size_t index = result->gl_offs + result->gl_pathc;
    char **larger = reallocarray(result->gl_pathv, index + 2, sizeof *larger);
    if (!larger)
        return GLOB_NOSPACE;
    result->gl_pathv = larger;
    larger[index] = strndup(search->path, length);
    larger[index + 1] = NULL;
    if (!larger[index])
        return GLOB_NOSPACE;
    result->gl_pathc++;
    return 0;
}

static int add_existing(struct search *search, size_t length) {
    struct stat facts;
    search->path[length] = '\0';
    if (length == 0 || stat(search->path, &facts) < 0)
        return 0;
    if ((search->flags & GLOB_MARK) && S_ISDIR(facts.st_mode) && search->path[length - 1] != '/')
        search->path[length++] = '/';
    return add(search, length);
}

// Appends one part of a path and goes on behind it.
static int descend(struct search *search, size_t length, const char *part, size_t size, const char *rest) {
    if (length + size + 3 > sizeof search->path)
        return 0;
    memcpy(search->path + length, part, size);
    return match_from(search, length + size, rest);
}

static int match_directory(struct search *search, size_t length, const char *part, size_t size, const char *rest) {
    char pattern[FILES_NAME_MAX + 1];
    if (size >= sizeof pattern)
        return 0;
    memcpy(pattern, part, size);
    pattern[size] = '\0';
    search->path[length] = '\0';
    DIR *stream = opendir(length ? search->path : ".");
    if (!stream) {
        bool is_fatal = search->on_error && search->on_error(search->path, errno);
        return is_fatal || (search->flags & GLOB_ERR) ? GLOB_ABORTED : 0;
    }
    int error = 0;
    int flags = FNM_PERIOD | (search->flags & GLOB_NOESCAPE ? FNM_NOESCAPE : 0);
    for (struct dirent *entry; !error && (entry = readdir(stream));)
        if (fnmatch(pattern, entry->d_name, flags) == 0)
            error = descend(search, length, entry->d_name, strlen(entry->d_name), rest);
    closedir(stream);
    return error;
}

static int match_from(struct search *search, size_t length, const char *pattern) {
    for (; *pattern == '/' && length + 2 < sizeof search->path; pattern++)
        search->path[length++] = '/';
    if (!*pattern)
        return add_existing(search, length);
    size_t size = strcspn(pattern, "/");
    const char *rest = pattern + size;
    bool is_pattern = strcspn(pattern, "*?[\\") < size;
    return is_pattern ? match_directory(search, length, pattern, size, rest)
                      : descend(search, length, pattern, size, rest);
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void start(glob_t *result, int flags) {
    if (flags & GLOB_APPEND)
        return;
    result->gl_pathc = 0;
    result->gl_pathv = NULL;
    if (!(flags & GLOB_DOOFFS))
        result->gl_offs = 0;
}

static int add_pattern_itself(struct search *search, const char *pattern) {
    size_t size = strlen(pattern);
    if (size >= sizeof search->path)
        return GLOB_NOSPACE;
    memcpy(search->path, pattern, size + 1);
    return add(search, size);
}

int glob(const char *restrict pattern, int flags, int (*on_error)(const char *, int), glob_t *restrict result) {
    start(result, flags);
    struct search *search = malloc(sizeof *search);
    if (!search)
        return GLOB_NOSPACE;
    search->result = result;
    search->flags = flags;
    search->on_error = on_error;
    size_t before = result->gl_pathc;
    int error = match_from(search, 0, pattern);
    size_t found = result->gl_pathc - before;
    if (!error && found == 0)
        error = flags & GLOB_NOCHECK ? add_pattern_itself(search, pattern) : GLOB_NOMATCH;
    else if (found > 1 && !(flags & GLOB_NOSORT))
        qsort(result->gl_pathv + result->gl_offs + before, found, sizeof(char *), compare);
    free(search);
    return error;
}

void globfree(glob_t *result) {
    for (size_t i = 0; i < result->gl_pathc; i++)
        free(result->gl_pathv[result->gl_offs + i]);
    free(result->gl_pathv);
    result->gl_pathv = NULL;
    result->gl_pathc = 0;
}
