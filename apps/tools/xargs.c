// xargs: runs a command with words of standard input as arguments.
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "xargs",
    .usage =
        "usage: xargs [-0rt] [-n COUNT] [-I TEXT] [COMMAND [ARGUMENT]...]\n"
        "Runs the command (echo, if none is given) with the words of standard input behind its arguments.\n"
        "  -n  at most COUNT words each time   -I  a line each time, in place of TEXT in the arguments\n"
        "  -0  words end with a byte of 0, and have no quotes   -r  not at all without words   -t  says what is run\n"
        "Status: 123 a command failed, 124 one ended with 255, 126 it cannot be run, 127 it is not found.\n",
    .options = "+0rtn:I:d:",
    .failure = 1,
};

enum {
    BYTES_MAX = 64 << 10,
    WORDS_MAX = 2000,
    SOME_FAILED = 123,
    GAVE_UP = 124,
    KILLED = 125,
    NO_PROGRAM = 126,
    NOT_FOUND = 127
};

extern char **environ;

static bool not_without, tell, by_lines;
static int terminator = -1; // -1: blanks and line ends, with quotes
static const char *place;   // of -I
static unsigned long most = WORDS_MAX;

static char *words[WORDS_MAX + 1];
static size_t word_count, word_bytes;
static char **command;
static size_t command_count;
static int result;
static bool has_run;

static void trace(char **line) {
    struct output out;
    static char buffer[OUTPUT_SIZE];
    output_start(&out, 2, buffer);
    for (; *line; line++) {
        output_text(&out, *line);
        output_text(&out, line[1] ? " " : "\n");
    }
    output_flush(&out);
}

static void note(int status) {
    if (WIFSIGNALED(status)) {
        tool_complain(command[0], "killed");
        exit(KILLED);
    }
    if (WEXITSTATUS(status) == 255) {
        tool_complain(command[0], "ended with 255: giving up");
        exit(GAVE_UP);
    }
    if (WEXITSTATUS(status))
        result = SOME_FAILED;
}

static void run(char **line) {
    pid_t process;
    int status;
    has_run = true;
    if (tell)
        trace(line);
    int error = posix_spawnp(&process, line[0], NULL, NULL, line, environ);
    if (error) {
        errno = error;
        tool_complain_errno(line[0]);
        exit(error == ENOENT ? NOT_FOUND : NO_PROGRAM);
    }
    if (waitpid(process, &status, 0) == process)
        note(status);
}

static void run_words(void) {
    char **line = tool_allocate(command_count + word_count + 1, sizeof(*line));
    memcpy(line, command, command_count * sizeof(*line));
    memcpy(line + command_count, words, word_count * sizeof(*line));
    line[command_count + word_count] = NULL;
    run(line);
    free(line);
    for (size_t i = 0; i < word_count; i++)
        free(words[i]);
    word_count = word_bytes = 0;
}

// The argument with the word in place of each TEXT.
static char *replace(const char *argument, const char *word) {
    size_t length = strlen(argument), count = 0, place_length = strlen(place), word_length = strlen(word);
    for (const char *found = argument; (found = strstr(found, place)); found += place_length)
        count++;
    char *made = tool_allocate(length + count * word_length + 1, 1), *to = made;
    for (const char *found; (found = strstr(argument, place)); argument = found + place_length) {
        to = mempcpy(to, argument, (size_t)(found - argument));
        to = mempcpy(to, word, word_length);
    }
    strcpy(to, argument);
    return made;
}

static void run_replaced(const char *word) {
    char **line = tool_allocate(command_count + 1, sizeof(*line));
    for (size_t i = 0; i < command_count; i++)
        line[i] = replace(command[i], word);
    line[command_count] = NULL;
    run(line);
    for (size_t i = 0; i < command_count; i++)
        free(line[i]);
    free(line);
}

static void add_word(char *word) {
    if (place) {
        run_replaced(word);
        free(word);
        return;
    }
    size_t size = strlen(word) + 1;
    if (word_count && word_bytes + size > BYTES_MAX)
        run_words();
    words[word_count++] = word;
    word_bytes += size;
    if (word_count == most)
        run_words();
}

// What ends a word outside of quotes.
static bool ends_word(char byte) {
    if (terminator >= 0)
        return byte == (char)terminator;
    return byte == '\n' || (!by_lines && (byte == ' ' || byte == '\t'));
}

// The next word of the text, which is behind it then; null: there is none.
static char *take_word(const char **text, const char *end) {
    char *word = tool_allocate((size_t)(end - *text) + 1, 1), *to = word;
    char quote = 0;
    bool any = false;
    while (terminator < 0 && *text < end && (**text == ' ' || **text == '\t' || **text == '\n'))
        ++*text;
    for (; *text < end && (quote || !ends_word(**text)); ++*text) {
        char byte = **text;
        bool plain = terminator >= 0;
        any = true;
        if (!plain && quote && byte == quote)
            quote = 0;
        else if (!plain && !quote && (byte == '\'' || byte == '"'))
            quote = byte;
        else if (!plain && !quote && byte == '\\' && *text + 1 < end)
            *to++ = *++*text;
        else
            *to++ = byte;
        if (quote && byte == '\n')
            tool_fail(NULL, "a quote is not closed");
    }
    if (quote)
        tool_fail(NULL, "a quote is not closed");
    any |= terminator >= 0 && *text < end;
    *text += *text < end;
    *to = 0;
    if (any)
        return tool_reallocate(word, (size_t)(to - word) + 1, 1);
    free(word);
    return NULL;
}

static void set_option(int option) {
    not_without |= option == 'r';
    tell |= option == 't';
    if (option == '0')
        terminator = 0;
    if (option == 'd')
        terminator =
            (unsigned char)tool_value()[0] == '\\' && tool_value()[1] == 'n' ? '\n' : (unsigned char)tool_value()[0];
    if (option == 'I') {
        place = tool_value();
        by_lines = not_without = true;
        if (!*place)
            tool_misused("-I", "needs a value");
    }
    if (option == 'n') {
        most = tool_value_number();
        if (!most)
            tool_fail(tool_value(), "at least 1 is wanted");
        most = most < WORDS_MAX ? most : WORDS_MAX;
    }
}

int main(int argument_count, char **arguments) {
    static char *echo[] = {(char *)"echo", NULL};
    static struct input input;
    char *word;
    int count;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    command = tool_operands(&count);
    command = count ? command : echo;
    command_count = count ? (size_t)count : 1;
    struct whole whole = {0};
    if (input_open(&input, "-"))
        input_whole(&input, &whole);
    const char *text = whole.text, *end = whole.text + whole.size;
    while (text && text < end)
        if ((word = take_word(&text, end)))
            add_word(word);
    if (word_count || (!has_run && !not_without && !place))
        run_words();
    return tool_finish(result);
}
