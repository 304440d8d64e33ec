// Normalising paths: what programs say becomes what the file server takes.
#include "libc/posix/path.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <parley/files.h>
#include <string.h>

struct path_case {
    char directory[32];
    char path[48];
    char expected[48]; // empty: refused
};

ParameterizedTestParameters(path, normalises) {
    static struct path_case cases[] = {
        {"/", "a", "/a"},
        {"/data", "a/b", "/data/a/b"},
        {"/data", "/a", "/a"},
        {"/data", ".", "/data"},
        {"/data", "..", "/"},
        {"/", "..", "/"},
        {"/a/b", "../../../c", "/c"},
        {"/a", "b/../c/./d//e/", "/a/c/d/e"},
        {"/", "//x//", "/x"},
        {"/", "/", "/"},
        {"/a", "...", "/a/..."},
        {"/a", "..b", "/a/..b"},
        {"/a", "", ""},
    };
    return cr_make_param_array(struct path_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct path_case *one, path, normalises) {
    char result[FILES_PATH_MAX];
    bool is_accepted = path_normalise(one->directory, one->path, result, sizeof result);
    cr_assert_eq(is_accepted, one->expected[0] != '\0');
    if (is_accepted)
        cr_assert_str_eq(result, one->expected);
}

Test(path, a_path_that_does_not_fit_is_refused) {
    char path[FILES_PATH_MAX + 2], result[FILES_PATH_MAX];
    for (size_t i = 0; i < sizeof path; i++)
        path[i] = i % 8 ? 'a' : '/';
    path[FILES_PATH_MAX - 1] = '\0';
    cr_assert(path_normalise("/", path, result, sizeof result));
    cr_assert_str_eq(result, path);
    path[FILES_PATH_MAX - 1] = 'a';
    path[FILES_PATH_MAX] = '\0';
    cr_assert_not(path_normalise("/", path, result, sizeof result));
}

Test(path, a_name_longer_than_names_can_be_is_refused) {
    char path[FILES_NAME_MAX + 2], result[FILES_PATH_MAX];
    memset(path, 'a', sizeof path);
    path[FILES_NAME_MAX] = '\0';
    cr_assert(path_normalise("/", path, result, sizeof result));
    path[FILES_NAME_MAX] = 'a';
    path[FILES_NAME_MAX + 1] = '\0';
    cr_assert_not(path_normalise("/", path, result, sizeof result));
}
