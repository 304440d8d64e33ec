// The shell at a terminal: prompt, line, run, again.
#include "apps/sh/interactive.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/output.h"
#include "apps/native/terminal.h"
#include "apps/sh/complete.h"
#include "apps/sh/display.h"
#include "apps/sh/edit.h"
#include "apps/sh/recall.h"
#include "apps/sh/script.h"
#include "apps/sh/shell.h"

struct session {
    struct shell *shell;
    struct key_decoder decoder;
    struct edit edit;
    struct display display;
    struct text output;
    struct text prompt;
    struct text search_prompt;
    const char *line_prompt; // of the line that is typed
    struct text lines;       // those of a command that goes on
};

static void flush(struct session *session) {
    write_fully(1, session->output.bytes, session->output.length);
    text_clear(&session->output);
}

// One byte at a time: what follows the line is the next program's.
static bool read_byte(unsigned char *byte) {
    ssize_t got;
    do
        got = read(0, byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1;
}

// Below the line, in columns; then the line again.
static void list_words(struct session *session, const struct strings *words) {
    size_t widest = 1, columns = terminal_columns();
    for (size_t i = 0; i < words->count; i++)
        widest = strlen(words->list[i]) > widest ? strlen(words->list[i]) : widest;
    size_t in_row = columns / (widest + 2) ? columns / (widest + 2) : 1;
    for (size_t i = 0; i < words->count; i++) {
        text_add_string(&session->output, i % in_row ? "" : "\n");
        text_add_string(&session->output, words->list[i]);
        for (size_t at = strlen(words->list[i]); at < widest + 2 && (i + 1) % in_row; at++)
            text_add_character(&session->output, ' ');
    }
    text_add_character(&session->output, '\n');
    display_again(&session->display, &session->edit, &session->output);
}

static void complete_word(struct session *session) {
    struct edit *edit = &session->edit;
    struct completion completion;
    const char *path = variables_get(&session->shell->variables, "PATH");
    complete(edit->line.bytes ? edit->line.bytes : "", edit->cursor, path ? path : "", &completion);
    if (completion.words.count) {
        char *word = complete_quote(completion.common.bytes);
        bool longer = strlen(word) > edit->cursor - completion.start;
        bool whole = completion.words.count == 1 && word[strlen(word) - 1] != '/';
        if (longer)
            edit_replace(edit, completion.start, word, strlen(word));
        if (whole)
            edit_replace(edit, edit->cursor, " ", 1);
        if (completion.words.count > 1 && !longer)
            list_words(session, &completion.words);
        free(word);
    }
    completion_release(&completion);
}

// What is sought stands in the prompt's place.
static void show_search(struct session *session) {
    const struct edit *edit = &session->edit;
    text_clear(&session->search_prompt);
    text_add_string(&session->search_prompt, edit->search_failed ? "(not found: " : "(search: ");
    text_add_string(&session->search_prompt, edit->sought.bytes ? edit->sought.bytes : "");
    text_add_string(&session->search_prompt, ") ");
    session->display.prompt = edit->searching ? session->search_prompt.bytes : session->line_prompt;
    text_add_string(&session->output, "\r\033[K");
    display_again(&session->display, edit, &session->output);
}

static enum edit_result handle(struct session *session, const struct key_press *press) {
    bool searched = session->edit.searching;
    enum edit_result result = edit_apply(&session->edit, press);
    if (searched || session->edit.searching)
        show_search(session);
    if (result == EDIT_CLEAR) {
        text_add_string(&session->output, "\033[H\033[2J");
        display_again(&session->display, &session->edit, &session->output);
    }
    if (result == EDIT_REDRAW)
        display_redraw(&session->display, &session->edit, &session->output);
    if (result == EDIT_COMPLETE)
        complete_word(session);
    display_update(&session->display, &session->edit, &session->output);
    flush(session);
    return result > EDIT_FINISH ? EDIT_GOES_ON : result;
}

// Programs learn by $COLUMNS how wide the terminal is.
static size_t tell_columns(struct shell *shell) {
    struct text text = {0};
    size_t columns = terminal_columns();
    text_add_number(&text, columns);
    variables_set(&shell->variables, "COLUMNS", text.bytes);
    variables_export(&shell->variables, "COLUMNS");
    text_release(&text);
    return columns;
}

static enum edit_result read_line(struct session *session, const char *prompt) {
    enum edit_result result = EDIT_GOES_ON;
    edit_start(&session->edit, &session->shell->history);
    session->line_prompt = prompt;
    display_start(&session->display, prompt, tell_columns(session->shell), &session->output);
    flush(session);
    while (result == EDIT_GOES_ON) {
        unsigned char byte;
        struct key_press press;
        if (!read_byte(&byte))
            return EDIT_FINISH;
        if (key_decode(&session->decoder, byte, &press))
            result = handle(session, &press);
    }
    text_add_string(&session->output, result == EDIT_CANCEL ? "^C\n" : "\n");
    flush(session);
    return result;
}

// "/directory $ ", with ~ for $HOME; or $PS1.
static const char *make_prompt(struct session *session) {
    struct variables *variables = &session->shell->variables;
    const char *own = variables_get(variables, "PS1"), *home = variables_get(variables, "HOME");
    const char *directory = variables_get(variables, "PWD");
    text_clear(&session->prompt);
    if (own) {
        text_add_string(&session->prompt, own);
        return session->prompt.bytes;
    }
    size_t length = home ? strlen(home) : 0;
    bool at_home = directory && length > 1 && !strncmp(directory, home, length) && strchr("/", directory[length]);
    text_add_string(&session->prompt, at_home ? "~" : "");
    text_add_string(&session->prompt, directory ? directory + (at_home ? length : 0) : "");
    text_add_string(&session->prompt, " $ ");
    return session->prompt.bytes;
}

static void tell_job(struct session *session, const struct job *job) {
    text_add_character(&session->output, '[');
    text_add_number(&session->output, job->number);
    text_add_string(&session->output, "] ");
    text_add_string(&session->output, job_state(job));
    text_add_string(&session->output, "  ");
    text_add_string(&session->output, job->text);
    text_add_character(&session->output, '\n');
}

// What has become of jobs, each thing once: those that have ended, and those that were stopped from elsewhere.
static void tell_jobs(struct session *session) {
    struct jobs *jobs = &session->shell->jobs;
    jobs_poll(jobs);
    for (size_t i = 0; i < jobs->count;) {
        struct job *job = &jobs->list[i];
        bool done = job_is_done(job);
        if (done || (job->stopped && !job->stop_told))
            tell_job(session, job);
        job->stop_told = job->stopped;
        if (done)
            jobs_remove(jobs, job);
        else
            i++;
    }
}

// !! and the like. What the line is now is shown, and remembered as if it were typed. False: there is no such line.
static bool recall(struct session *session) {
    struct text line = {0};
    const char *typed = session->edit.line.length ? session->edit.line.bytes : "";
    const char *before = session->lines.length ? session->lines.bytes : "";
    enum recall_result result = recall_expand(&session->shell->history, before, typed, &line);
    if (result == RECALL_FAILED)
        shell_complain(2, line.bytes, "no such line was typed before");
    if (result == RECALL_DONE) {
        text_clear(&session->edit.line);
        text_add(&session->edit.line, line.bytes, line.length);
        text_add_string(&session->output, line.bytes);
        text_add_character(&session->output, '\n');
        flush(session);
    }
    text_release(&line);
    return result != RECALL_FAILED;
}

static enum script_result run_lines(struct session *session) {
    struct shell *shell = session->shell;
    if (!shell->aliases.list.count)
        return script_run_lines(shell, session->lines.bytes);
    char *lines = aliases_expand(&shell->aliases, session->lines.bytes);
    enum script_result result = script_run_lines(shell, lines);
    free(lines);
    return result;
}

static void run(struct session *session) {
    struct shell *shell = session->shell;
    if (!recall(session)) {
        shell->status = 1;
        text_clear(&session->lines);
        return;
    }
    text_add(&session->lines, session->edit.line.bytes, session->edit.line.length);
    if (session->edit.line.length)
        history_add(&shell->history, session->edit.line.bytes);
    shell->interrupted = false;
    terminal_set_editing(false);
    if (run_lines(session) == SCRIPT_OPEN)
        text_add_character(&session->lines, '\n');
    else
        text_clear(&session->lines);
    terminal_set_editing(true);
    if (shell->interrupted && shell->status < SHELL_KILLED)
        shell->status = SHELL_INTERRUPTED;
}

// Ctrl-D inside a command that goes on gives it up.
static void finish(struct session *session) {
    if (!session->lines.length) {
        session->shell->leaving = true;
        return;
    }
    shell_complain(2, NULL, "the command has no end");
    session->shell->status = SHELL_MISUSED;
    text_clear(&session->lines);
}

static void open_history(struct shell *shell) {
    const char *home = variables_get(&shell->variables, "HOME");
    struct text path = {0};
    if (!home)
        return;
    text_add_string(&path, home);
    text_add_string(&path, "/.history");
    history_open(&shell->history, path.bytes);
    text_release(&path);
}

// When the person could type for the first time, by the processor's counter, which starts with the machine:
// `bench boot` tells it.
static void note_readiness(struct shell *shell) {
    char counter[24];
    snprintf(counter, sizeof(counter), "%llu", (unsigned long long)__builtin_ia32_rdtsc());
    variables_set(&shell->variables, "READY", counter);
    variables_export(&shell->variables, "READY");
}

// Nobody could have them go on any more.
static void hang_up(struct jobs *jobs) {
    jobs_poll(jobs);
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->list[i].stopped)
            job_signal(&jobs->list[i], SIGHUP);
}

int interactive_run(struct shell *shell) {
    struct session session = {.shell = shell};
    open_history(shell);
    terminal_set_editing(true);
    note_readiness(shell);
    while (!shell->leaving) {
        tell_jobs(&session);
        switch (read_line(&session, session.lines.length ? "> " : make_prompt(&session))) {
        case EDIT_DONE:
            run(&session);
            break;
        case EDIT_FINISH:
            finish(&session);
            break;
        default:
            text_clear(&session.lines);
            shell->status = SHELL_INTERRUPTED;
        }
    }
    hang_up(&shell->jobs);
    return shell->status;
}
