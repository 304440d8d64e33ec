// posix_spawn, what a child inherits, and how its end is told.
#include "tests/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <parley/descriptor.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t spawn(char *const *arguments, const posix_spawn_file_actions_t *actions) {
    pid_t process = 0;
    EXPECT_EQUAL(posix_spawnp(&process, arguments[0], actions, NULL, arguments, environ), 0);
    return process;
}

static int await(pid_t process) {
    int status = -1;
    EXPECT_EQUAL(waitpid(process, &status, 0), process);
    return status;
}

static size_t read_all(int descriptor, char *text, size_t capacity) {
    size_t length = 0;
    for (ssize_t size; (size = read(descriptor, text + length, capacity - 1 - length)) > 0;)
        length += (size_t)size;
    text[length] = '\0';
    return length;
}

TEST(an_exit_code_reaches_waitpid) {
    int status = await(spawn((char *[]){"false", NULL}, NULL));
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    status = await(spawn((char *[]){"true", NULL}, NULL));
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(a_program_that_is_not_there_is_told_at_once) {
    pid_t process;
    char *arguments[] = {"no-such-program", NULL};
    EXPECT_EQUAL(posix_spawnp(&process, arguments[0], NULL, NULL, arguments, environ), ENOENT);
    EXPECT_EQUAL(posix_spawn(&process, "/bin", NULL, NULL, arguments, environ), EISDIR);
}

TEST(a_child_ended_by_a_signal_tells_which) {
    int status;
    pid_t process = spawn((char *[]){"sleep", "100", NULL}, NULL);
    EXPECT_EQUAL(waitpid(process, &status, WNOHANG), 0);
    EXPECT_EQUAL(kill(process, SIGTERM), 0);
    status = await(process);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    EXPECT_EQUAL(waitpid(process, &status, 0), -1);
    EXPECT_EQUAL(errno, ECHILD);
}

TEST(waiting_for_any_child_gets_all_of_them) {
    int input[2], status;
    EXPECT_EQUAL(pipe2(input, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    pid_t slow = spawn((char *[]){"cat", NULL}, &actions), fast = spawn((char *[]){"true", NULL}, NULL);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQUAL(waitpid(-1, &status, 0), fast);
    EXPECT_EQUAL(close(input[1]), 0); // the end of what cat reads
    EXPECT_EQUAL(waitpid(-1, &status, 0), slow);
    EXPECT_EQUAL(close(input[0]), 0);
    EXPECT_EQUAL(waitpid(-1, &status, 0), -1);
    EXPECT_EQUAL(errno, ECHILD);
}

TEST(a_pipeline_of_two_programs_passes_bytes_and_its_end) {
    int first[2], second[2];
    char text[64];
    EXPECT_EQUAL(pipe2(first, O_CLOEXEC), 0);
    EXPECT_EQUAL(pipe2(second, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, first[1], 1);
    pid_t writer = spawn((char *[]){"echo", "through two pipes", NULL}, &actions);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, first[0], 0);
    posix_spawn_file_actions_adddup2(&actions, second[1], 1);
    pid_t copier = spawn((char *[]){"cat", NULL}, &actions);
    posix_spawn_file_actions_destroy(&actions);
    close(first[0]);
    close(first[1]);
    close(second[1]);
    read_all(second[0], text, sizeof text);
    EXPECT(strcmp(text, "through two pipes\n") == 0);
    close(second[0]);
    EXPECT_EQUAL(await(writer), 0);
    EXPECT_EQUAL(await(copier), 0);
}

TEST(files_are_opened_for_the_child_and_their_offset_is_shared) {
    char text[64], name[64];
    snprintf(name, sizeof name, "/tmp/spawn-%u", guest_self());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    EXPECT_EQUAL(await(spawn((char *[]){"echo", "first line", NULL}, &actions)), 0);
    posix_spawn_file_actions_destroy(&actions);
    int file = open(name, O_RDONLY), ends[2];
    EXPECT_EQUAL(read(file, text, 6), 6);
    EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, file, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t process = spawn((char *[]){"cat", NULL}, &actions);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    read_all(ends[0], text, sizeof text);
    EXPECT(strcmp(text, "line\n") == 0);
    EXPECT_EQUAL(await(process), 0);
    EXPECT_EQUAL(read(file, text, sizeof text), 0);
    close(ends[0]);
    close(file);
}

TEST(spawning_leaves_no_number_behind) {
    char *arguments[] = {"true", NULL};
    await(spawn(arguments, NULL));
    guest_drain();
    uint32_t numbers = guest_figures().numbers;
    for (int i = 0; i < 10; i++)
        await(spawn(arguments, NULL));
    guest_drain();
    EXPECT_EQUAL(guest_figures().numbers, numbers);
}

ROLE(say_where) {
    char path[64];
    ROLE_EXPECT(getcwd(path, sizeof path) != NULL);
    ROLE_EXPECT(strcmp(path, "/tmp") == 0);
    const char *colour = getenv("COLOUR");
    ROLE_EXPECT(colour && strcmp(colour, "green") == 0);
    return 0;
}

TEST(directory_and_environment_are_inherited) {
    EXPECT_EQUAL(chdir("/tmp"), 0);
    EXPECT_EQUAL(setenv("COLOUR", "green", 1), 0);
    guest_expect_success(guest_start("say_where", (char *)NULL));
}

TEST(what_is_closed_on_spawn_is_not_inherited) {
    int kept[2];
    char text[8];
    EXPECT_EQUAL(pipe2(kept, O_CLOEXEC), 0);
    pid_t process = spawn((char *[]){"sleep", "100", NULL}, NULL);
    close(kept[1]);
    EXPECT_EQUAL(read(kept[0], text, sizeof text), 0); // the child has no end that would keep it open
    close(kept[0]);
    kill(process, SIGKILL);
    await(process);
}
