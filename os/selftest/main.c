// The boot menu's self-test: runs every test program that the ramdisk has, says how many passed, and leaves a shell.
//
// A test program is /bin/test-NAME; it has passed when its exit status is 0. How each went stands in the kernel's log too, and of one
// that failed its lines "not ok ...".
#include <dirent.h>
#include <errno.h>
#include <parley/log.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int is_test(const struct dirent *entry) {
    return strncmp(entry->d_name, "test-", 5) == 0;
}

// Random calls go on for as long as one likes: here a taste of them.
static const struct { const char *name, *option, *value; } shortened[] = {{"test-fuzz", "--calls", "100000"}};

// The status with which the process ended, or -1.
static int ended_with(pid_t process, const char *name) {
    int status = 0;
    if (waitpid(process, &status, 0) < 0) {
        perror(name);
        return -1;
    }
    if (WIFSIGNALED(status))
        log_line("self-test: signal %d ended %s", WTERMSIG(status), name);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Runs it with its standard output as `files` say: its process, or -1.
static pid_t start(const char *path, const char *name, const posix_spawn_file_actions_t *files) {
    char *arguments[] = {(char *)name, NULL, NULL, NULL};
    for (size_t i = 0; i < sizeof(shortened) / sizeof(shortened[0]); i++)
        if (strcmp(name, shortened[i].name) == 0) {
            arguments[1] = (char *)shortened[i].option;
            arguments[2] = (char *)shortened[i].value;
        }
    pid_t process = -1;
    errno = posix_spawn(&process, path, files, NULL, arguments, environ);
    if (errno != 0)
        perror(name);
    return errno != 0 ? -1 : process;
}

// Shows what the test writes, until it and its children have ended.
static void show(FILE *output) {
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, output) > 0) {
        fputs(line, stdout);
        fflush(stdout);
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "not ok", strlen("not ok")) == 0)
            log_line("self-test: %s", line);
    }
    free(line);
}

static int run_shown(const char *path, const char *name) {
    int ends[2];
    if (pipe(ends) < 0) {
        perror("pipe");
        return -1;
    }
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&files, ends[0]);
    posix_spawn_file_actions_addclose(&files, ends[1]);
    pid_t process = start(path, name, &files);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    if (output != NULL) {
        show(output);
        fclose(output);
    } else {
        perror("fdopen");
        close(ends[0]);
    }
    return process < 0 ? -1 : ended_with(process, name);
}

static bool passes(const char *name) {
    char path[sizeof("/bin/") + FILENAME_MAX];
    snprintf(path, sizeof(path), "/bin/%s", name);
    printf("---- %s\n", name);
    fflush(stdout);
    bool passed = run_shown(path, name) == 0;
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
    pid_t shell = start("/bin/sh", "sh", NULL);
    return shell < 0 || ended_with(shell, "sh") < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
