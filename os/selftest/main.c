// The boot menu's self-test: runs every test program that the ramdisk has, says how many passed, and leaves a shell.
//
// A test program is /bin/test-NAME; it has passed when its exit status is 0. How each went stands in the kernel's log too.
#include <dirent.h>
#include <errno.h>
#include <parley/log.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static int is_test(const struct dirent *entry) {
    return strncmp(entry->d_name, "test-", 5) == 0;
}

// Random calls go on for as long as one likes: here a taste of them.
static const struct { const char *name, *option, *value; } shortened[] = {{"test-fuzz", "--calls", "100000"}};

// The program's exit status, or -1.
static int run(const char *path, const char *name) {
    char *arguments[] = {(char *)name, NULL, NULL, NULL};
    for (size_t i = 0; i < sizeof(shortened) / sizeof(shortened[0]); i++)
        if (strcmp(name, shortened[i].name) == 0) {
            arguments[1] = (char *)shortened[i].option;
            arguments[2] = (char *)shortened[i].value;
        }
    pid_t process = 0;
    int status = 0;
    errno = posix_spawn(&process, path, NULL, NULL, arguments, environ);
    if (errno != 0 || waitpid(process, &status, 0) < 0) {
        perror(name);
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool passes(const char *name) {
    char path[sizeof("/bin/") + FILENAME_MAX];
    snprintf(path, sizeof(path), "/bin/%s", name);
    printf("---- %s\n", name);
    fflush(stdout);
    bool passed = run(path, name) == 0;
    printf("---- %s: %s\n", name, passed ? "passed" : "FAILED");
    log_line("self-test: %s %s", name, passed ? "passed" : "FAILED");
    return passed;
}

int main(void) {
    struct dirent **tests = NULL;
    int count = scandir("/bin", &tests, is_test, alphasort), passed = 0;
    if (count < 0) {
        perror("/bin");
        return EXIT_FAILURE;
    }
    for (int i = 0; i < count; i++) {
        passed += passes(tests[i]->d_name);
        free(tests[i]);
    }
    free(tests);
    printf("self-test: %d programs passed, %d failed\n\n", passed, count - passed);
    log_line("self-test: %d programs passed, %d failed", passed, count - passed);
    fflush(stdout);
    return run("/bin/sh", "sh") < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
