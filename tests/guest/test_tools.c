// Runs the table of command lines (tests/guest/tools.table) with the shell and the tools, and compares what they print.
//
// Nothing here is Parley's own: the same program tries the tools on the build machine, where it finds them by $PATH.
// With an argument it runs only the rows whose number or text holds it, and the first ones, which make files for all.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROW_TEXT = 4096, ROW_OUTPUT = 16384, NAME_TEXT = 90, SETUP_ROWS = 6, SHOWN = 300 };

extern const char tools_table[];
extern char **environ;

static const char directory[] = "/tmp/tools-table", input_path[] = "/tmp/tools-table-in";
static const char output_path[] = "/tmp/tools-table-out", error_path[] = "/tmp/tools-table-err";

struct bytes {
    char data[ROW_OUTPUT];
    size_t size;
};

struct row {
    char command[ROW_TEXT];
    struct bytes input, output;
    int status;
};

static int digit_of(char character) {
    return character <= '9' ? character - '0' : character - 'a' + 10;
}

// Adds a line of the table, in which \xHH stands for a byte.
static void add_line(struct bytes *bytes, const char *line, size_t length, bool ended) {
    for (size_t i = 0; i < length && bytes->size < ROW_OUTPUT - 1; i++) {
        bool escaped = line[i] == '\\' && i + 3 < length + 0 && line[i + 1] == 'x';
        char byte = escaped ? (char)(digit_of(line[i + 2]) * 16 + digit_of(line[i + 3])) : line[i];
        bytes->data[bytes->size++] = byte;
        i += escaped ? 3 : 0;
    }
    if (ended)
        bytes->data[bytes->size++] = '\n';
}

static void take_line(struct row *row, const char *line, size_t length) {
    struct bytes *bytes = line[0] == '<' ? &row->input : &row->output;
    if (line[0] == '!')
        return; // why it differs
    if (line[0] == '?')
        row->status = atoi(line + 2);
    else if (length > 1 && line[1] == '-')
        add_line(bytes, line + 3, length - 3, false);
    else
        add_line(bytes, length > 2 ? line + 2 : "", length > 2 ? length - 2 : 0, true);
}

// Reads the row at `*table`, which is behind it then. False: there is none.
static bool next_row(const char **table, struct row *row) {
    const char *line = *table;
    while (*line && *line != '$')
        line = strchr(line, '\n') + 1;
    if (!*line)
        return false;
    size_t length = strcspn(line, "\n");
    memset(row, 0, sizeof(*row));
    memcpy(row->command, line + 2, length - 2 < ROW_TEXT - 1 ? length - 2 : ROW_TEXT - 1);
    for (line += length + 1; *line && strchr("<>?!", *line); line += length + 1) {
        length = strcspn(line, "\n");
        take_line(row, line, length);
    }
    *table = line;
    return true;
}

static bool write_input(const struct row *row) {
    int descriptor = open(input_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    bool written = descriptor >= 0 && write(descriptor, row->input.data, row->input.size) == (ssize_t)row->input.size;
    if (descriptor >= 0)
        close(descriptor);
    return written;
}

static void read_output(struct bytes *output) {
    int descriptor = open(output_path, O_RDONLY);
    ssize_t got = 1;
    output->size = 0;
    while (descriptor >= 0 && got > 0 && output->size < ROW_OUTPUT - 1) {
        got = read(descriptor, output->data + output->size, ROW_OUTPUT - 1 - output->size);
        output->size += got > 0 ? (size_t)got : 0;
    }
    if (descriptor >= 0)
        close(descriptor);
    output->data[output->size] = 0;
}

// The exit status of `sh -c LINE`, 128 and the signal where one ended it, -1 where it could not be started.
static int run(const char *command) {
    char *arguments[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    int created = O_WRONLY | O_CREAT | O_TRUNC, status;
    posix_spawn_file_actions_t actions;
    pid_t process;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input_path, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output_path, created, 0666);
    posix_spawn_file_actions_addopen(&actions, 2, error_path, created, 0666);
    int error = posix_spawnp(&process, "sh", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error || waitpid(process, &status, 0) != process)
        return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void print_bytes(const struct bytes *bytes) {
    putchar('"');
    for (size_t i = 0; i < bytes->size && i < SHOWN; i++) {
        if (bytes->data[i] < ' ' || bytes->data[i] > '~')
            printf("\\x%02x", (unsigned char)bytes->data[i]);
        else
            putchar(bytes->data[i]);
    }
    printf(bytes->size > SHOWN ? "\"..." : "\"");
}

// A colon would end the name for those who read the results.
static void print_name(int number, const char *command) {
    printf("%d ", number);
    for (size_t i = 0; i < NAME_TEXT && command[i]; i++)
        putchar(command[i] == ':' ? ';' : command[i]);
}

static bool check(int number, struct row *row) {
    static struct bytes printed;
    if (!write_input(row)) {
        printf("not ok %d: %s: %s\n", number, input_path, strerror(errno));
        return false;
    }
    int status = run(row->command);
    read_output(&printed);
    bool same = printed.size == row->output.size && !memcmp(printed.data, row->output.data, printed.size);
    bool good = same && status == row->status;
    printf(good ? "ok " : "not ok ");
    print_name(number, row->command);
    if (status != row->status)
        printf(": expected status %d, got %d", row->status, status);
    if (!same) {
        printf(": expected ");
        print_bytes(&row->output);
        printf(", got ");
        print_bytes(&printed);
    }
    putchar('\n');
    fflush(stdout);
    return good;
}

static bool is_wanted(int number, const struct row *row, const char *wanted) {
    return !wanted || number <= SETUP_ROWS || atoi(wanted) == number || strstr(row->command, wanted);
}

int main(int argument_count, char **arguments) {
    static struct row row;
    const char *table = tools_table;
    int number = 0, failed = 0;
    setenv("HOME", "/", 1);
    mkdir(directory, 0777);
    if (chdir(directory)) {
        printf("not ok %s: %s\n", directory, strerror(errno));
        return 1;
    }
    while (next_row(&table, &row))
        if (is_wanted(++number, &row, argument_count > 1 ? arguments[1] : NULL))
            failed += !check(number, &row);
    printf("1..%d\n", number);
    if (chdir("/") == 0 && !failed)
        run("rm -rf /tmp/tools-table");
    return failed != 0;
}
