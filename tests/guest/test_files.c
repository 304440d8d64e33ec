// Files and descriptors of POSIX, over the real file server.
#include "tests/guest/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 300000 };

static void expect_fails(int result, int error, const char *what) {
    if (result != -1 || errno != error)
        FAIL("%s: expected errno %d, got result %d, errno %d", what, error, result, errno);
}
#define EXPECT_ERRNO(call, error) expect_fails(call, error, #call)

// A directory of the test's own, in which it starts.
static void enter_directory(void) {
    static int count;
    char name[64];
    snprintf(name, sizeof name, "/tmp/files-%u-%d", guest_self(), count++);
    EXPECT_EQUAL(mkdir(name, 0755), 0);
    EXPECT_EQUAL(chdir(name), 0);
}

static void write_file(const char *name, const char *text) {
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    EXPECT(file >= 0);
    EXPECT_EQUAL(write(file, text, strlen(text)), strlen(text));
    EXPECT_EQUAL(close(file), 0);
}

TEST(what_was_written_is_read) {
    char text[20] = "";
    enter_directory();
    int file = open("a", O_RDWR | O_CREAT | O_EXCL, 0644);
    EXPECT(file >= 0);
    EXPECT_EQUAL(write(file, "hello world", 11), 11);
    EXPECT_EQUAL(lseek(file, 6, SEEK_SET), 6);
    EXPECT_EQUAL(read(file, text, sizeof text), 5);
    EXPECT(strcmp(text, "world") == 0);
    EXPECT_EQUAL(read(file, text, sizeof text), 0);
    EXPECT_EQUAL(lseek(file, -1, SEEK_END), 10);
    EXPECT_ERRNO((int)lseek(file, -20, SEEK_END), EINVAL);
    EXPECT_EQUAL(close(file), 0);
    EXPECT_ERRNO(close(file), EBADF);
    EXPECT_ERRNO(open("a", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
}

TEST(a_large_file_comes_back_whole) {
    enter_directory();
    char *data = malloc(LARGE);
    for (int i = 0; i < LARGE; i++)
        data[i] = (char)(i * 7 >> 3);
    int file = open("large", O_RDWR | O_CREAT, 0644);
    EXPECT_EQUAL(write(file, data, LARGE), LARGE);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    int got = 0;
    char part[5000];
    for (ssize_t size; (size = read(file, part, sizeof part)) > 0; got += (int)size)
        EXPECT(memcmp(part, data + got, (size_t)size) == 0);
    EXPECT_EQUAL(got, LARGE);
    close(file);
    free(data);
}

TEST(streams_read_lines_back) {
    enter_directory();
    FILE *stream = fopen("lines", "w");
    for (int i = 0; i < 2000; i++)
        fprintf(stream, "line %d\n", i);
    EXPECT_EQUAL(fclose(stream), 0);
    stream = fopen("lines", "a");
    fputs("last\n", stream);
    fclose(stream);
    stream = fopen("lines", "r");
    char *line = NULL;
    size_t capacity = 0;
    int lines = 0;
    while (getline(&line, &capacity, stream) > 0)
        lines++;
    EXPECT_EQUAL(lines, 2001);
    EXPECT(strcmp(line, "last\n") == 0);
    fclose(stream);
    free(line);
}

TEST(appending_goes_to_the_end_wherever_one_stands) {
    char text[16] = "";
    enter_directory();
    write_file("log", "one");
    int file = open("log", O_RDWR | O_APPEND);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(write(file, "two", 3), 3);
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(read(file, text, sizeof text), 6);
    EXPECT(strcmp(text, "onetwo") == 0);
    close(file);
}

TEST(directories_are_made_listed_renamed_and_removed) {
    enter_directory();
    EXPECT_EQUAL(mkdir("d", 0755), 0);
    EXPECT_ERRNO(mkdir("d", 0755), EEXIST);
    write_file("d/x", "x");
    write_file("d/y", "y");
    DIR *stream = opendir("d");
    int entries = 0;
    for (struct dirent *entry; (entry = readdir(stream)); entries++)
        EXPECT(strcmp(entry->d_name, "x") == 0 || strcmp(entry->d_name, "y") == 0);
    EXPECT_EQUAL(entries, 2);
    EXPECT_EQUAL(closedir(stream), 0);
    EXPECT_ERRNO(rmdir("d"), ENOTEMPTY);
    EXPECT_ERRNO(unlink("d"), EISDIR);
    EXPECT_EQUAL(rename("d", "e"), 0);
    EXPECT_ERRNO(chdir("d"), ENOENT);
    EXPECT_ERRNO(chdir("e/x"), ENOTDIR);
    EXPECT_EQUAL(unlink("e/x"), 0);
    EXPECT_EQUAL(unlink("e/y"), 0);
    EXPECT_EQUAL(rmdir("e"), 0);
    EXPECT_ERRNO(rmdir("e"), ENOENT);
}

TEST(paths_go_up_and_down_from_where_one_is) {
    char path[128], expected[128];
    enter_directory();
    EXPECT(getcwd(expected, sizeof expected) != NULL);
    EXPECT_EQUAL(mkdir("sub", 0755), 0);
    EXPECT_EQUAL(chdir("sub/../sub/."), 0);
    strcat(expected, "/sub");
    EXPECT(getcwd(path, sizeof path) != NULL);
    EXPECT(strcmp(path, expected) == 0);
    write_file("../beside", "b");
    struct stat facts;
    EXPECT_EQUAL(stat("../beside", &facts), 0);
    EXPECT(S_ISREG(facts.st_mode) && facts.st_size == 1);
}

TEST(patterns_find_names) {
    glob_t found;
    enter_directory();
    write_file("b.c", "");
    write_file("a.c", "");
    write_file(".hidden.c", "");
    write_file("a.h", "");
    EXPECT_EQUAL(glob("*.c", 0, NULL, &found), 0);
    EXPECT_EQUAL(found.gl_pathc, 2);
    EXPECT(strcmp(found.gl_pathv[0], "a.c") == 0 && strcmp(found.gl_pathv[1], "b.c") == 0);
    globfree(&found);
    EXPECT_EQUAL(glob("*.none", 0, NULL, &found), GLOB_NOMATCH);
    globfree(&found);
}

TEST(a_removed_file_stays_readable_while_it_is_open) {
    char text[8];
    enter_directory();
    write_file("gone", "still");
    int file = open("gone", O_RDONLY);
    EXPECT_EQUAL(unlink("gone"), 0);
    EXPECT_ERRNO(open("gone", O_RDONLY), ENOENT);
    EXPECT_EQUAL(read(file, text, sizeof text), 5);
    EXPECT_EQUAL(close(file), 0);
}

TEST(descriptors_are_duplicated_and_share_their_offset) {
    char text[4] = "";
    enter_directory();
    write_file("shared", "abcdef");
    int file = open("shared", O_RDONLY), copy = dup(file);
    EXPECT_EQUAL(read(file, text, 2), 2);
    EXPECT_EQUAL(read(copy, text, 2), 2);
    EXPECT(memcmp(text, "cd", 2) == 0);
    EXPECT_EQUAL(close(file), 0);
    EXPECT_EQUAL(read(copy, text, 2), 2);
    EXPECT_EQUAL(dup2(copy, 100), 100);
    EXPECT_EQUAL(close(copy), 0);
    EXPECT_EQUAL(lseek(100, 0, SEEK_CUR), 6);
    EXPECT_EQUAL(close(100), 0);
    EXPECT_ERRNO(dup(100), EBADF);
}

TEST(a_pipe_ends_when_its_writers_are_closed) {
    int ends[2];
    char text[8];
    EXPECT_EQUAL(pipe(ends), 0);
    EXPECT_EQUAL(write(ends[1], "data", 4), 4);
    EXPECT_ERRNO((int)write(ends[0], "x", 1), EBADF);
    EXPECT_ERRNO((int)lseek(ends[0], 0, SEEK_SET), ESPIPE);
    close(ends[1]);
    EXPECT_EQUAL(read(ends[0], text, sizeof text), 4);
    EXPECT_EQUAL(read(ends[0], text, sizeof text), 0);
    close(ends[0]);
    EXPECT_EQUAL(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    EXPECT_ERRNO((int)write(ends[1], "x", 1), EPIPE);
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
}

TEST(a_nonblocking_read_says_that_it_would_wait) {
    int ends[2];
    char text[8];
    EXPECT_EQUAL(pipe(ends), 0);
    EXPECT_EQUAL(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    EXPECT_ERRNO((int)read(ends[0], text, sizeof text), EAGAIN);
    close(ends[0]);
    close(ends[1]);
}
