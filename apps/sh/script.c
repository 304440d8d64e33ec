// Running text: scripts, lines, and what commands write.
#include "apps/sh/script.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/native/terminal.h"
#include "apps/sh/parser.h"
#include "apps/sh/run.h"
#include "apps/sh/shell.h"
#include "apps/sh/spawn.h"

enum { BLOCK = 4096, DEPTH_MAX = 50 };

// "sh: NAME: line 3, column 7: syntax error at "|": a command is wanted"
static void complain_syntax(const struct parser *parser, const char *name) {
    const struct token *token = &parser->found;
    bool at_end = token->kind == TOKEN_END || token->kind == TOKEN_NEWLINE;
    struct text text = {0};
    text_add_string(&text, "line ");
    text_add_number(&text, token->line);
    text_add_string(&text, ", column ");
    text_add_number(&text, lexer_column(&parser->lexer, token));
    text_add_string(&text, ": syntax error at ");
    text_add_string(&text, at_end ? "the end of the line" : "\"");
    if (!at_end) {
        text_add(&text, token->text, token->length);
        text_add_character(&text, '"');
    }
    text_add_string(&text, ": ");
    text_add_string(&text, parser->problem);
    shell_complain(2, name, text.bytes);
    text_release(&text);
}

// Runs what is complete; says in `ran` whether that was anything. With `may_go_on` an open end is told to the caller and not
// complained about.
static enum script_result run_lines(struct shell *shell, const char *lines, const char *name, bool may_go_on,
                                    bool *ran) {
    struct parser parser;
    struct arena arena = {0};
    struct node *tree;
    enum parse_result result = PARSE_DONE;
    parser_start(&parser, lines, &arena);
    while (shell_goes_on(shell) && (result = parser_next(&parser, &tree)) == PARSE_DONE) {
        if (tree)
            run_tree(shell, tree);
        *ran |= tree != NULL;
        arena_release(&arena);
    }
    arena_release(&arena);
    if (result == PARSE_WRONG || (result == PARSE_OPEN && !may_go_on)) {
        complain_syntax(&parser, name);
        shell->status = SHELL_MISUSED;
        *ran = true;
    }
    return result == PARSE_OPEN && may_go_on ? SCRIPT_OPEN : SCRIPT_DONE;
}

enum script_result script_run_lines(struct shell *shell, const char *lines) {
    bool ran = false;
    return run_lines(shell, lines, NULL, true, &ran);
}

int script_run(struct shell *shell, const char *script, const char *name) {
    if (shell->depth >= DEPTH_MAX) {
        shell_complain(2, name, "too many scripts inside each other");
        return SHELL_MISUSED;
    }
    bool ran = false;
    shell->depth++;
    run_lines(shell, script, name, false, &ran);
    shell->depth--;
    shell->status = ran ? shell->status : 0;
    return shell->status;
}

// False: errno.
static bool read_all(int descriptor, struct text *text) {
    char block[BLOCK];
    ssize_t got;
    do {
        got = read(descriptor, block, sizeof(block));
        if (got > 0)
            text_add(text, block, (size_t)got);
    } while (got > 0 || (got < 0 && errno == EINTR));
    return !got;
}

int script_run_file(struct shell *shell, const char *path, int unread) {
    struct text text = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC), status = unread;
    text_add(&text, "", 0);
    if (descriptor < 0 || !read_all(descriptor, &text))
        shell_complain_errno(2, path);
    else if (memchr(text.bytes, 0, text.length))
        shell_complain(2, path, "not a text"), status = SHELL_NO_PROGRAM;
    else
        status = script_run(shell, text.bytes, path);
    if (descriptor >= 0)
        close(descriptor);
    text_release(&text);
    return status;
}

static char *read_output(int descriptor) {
    struct text text = {0};
    text_add(&text, "", 0);
    read_all(descriptor, &text);
    while (text.length && text.bytes[text.length - 1] == '\n')
        text_remove(&text, text.length - 1, 1);
    return text_take(&text);
}

static bool wait_for(pid_t process, int *status) {
    pid_t ended;
    do
        ended = waitpid(process, status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == process;
}

// At a terminal it is a job of its own, which nobody could have go on if it stopped: the shell reads what it writes.
static bool begin_job(const struct shell *shell, struct descriptors *descriptors) {
    int input = -1;
    bool begun = shell->interactive && terminal_job_begin(&input, false);
    if (input >= 0 && !shell->redirected)
        descriptors_set(descriptors, 0, descriptor_own(input), true);
    else if (input >= 0)
        close(input); // it reads what the command around it reads
    return begun;
}

static void add_to_job(struct shell *shell, pid_t process) {
    terminal_job_add(&process, process != 0);
    if (process && shell->interrupted)
        terminal_job_signal(&process, 1, SIGINT);
}

char *script_substitute(void *context, const char *command) {
    struct shell *shell = context;
    struct descriptors descriptors;
    int ends[2], status;
    if (!descriptor_pipe(ends))
        return NULL;
    descriptors_start(&descriptors, shell->passed);
    bool in_job = begin_job(shell, &descriptors);
    descriptors_set(&descriptors, 1, ends[1], true);
    pid_t process = spawn_subshell(shell, command, &descriptors, &status);
    descriptors_release(&descriptors);
    if (in_job)
        add_to_job(shell, process);
    char *output = process ? read_output(ends[0]) : NULL;
    close(ends[0]);
    if (process && wait_for(process, &status))
        shell->status = job_status(status);
    if (in_job)
        terminal_job_end();
    if (in_job && (shell->status == SHELL_INTERRUPTED || shell->status == SHELL_KILLED + SIGQUIT))
        shell->interrupted = true;
    shell->substituted = true;
    shell->expander.status = shell->status; // the rest of the command sees it as $?
    return output;
}
