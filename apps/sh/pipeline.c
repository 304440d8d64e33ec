// Pipelines: their parts are started one after the other and run at the same time.
#include "apps/sh/pipeline.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/common/tool.h"
#include "apps/native/terminal.h"
#include "apps/sh/command.h"
#include "apps/sh/shell.h"

struct pipeline {
    struct command *parts;
    size_t count;
    bool in_job; // of the terminal
};

static size_t count_parts(const struct node *node) {
    size_t count = 0;
    for (const struct node *part = node->children; part; part = part->next)
        count++;
    return count;
}

static void prepare(struct shell *shell, struct pipeline *pipeline, const struct node *node, bool background) {
    pipeline->count = count_parts(node);
    pipeline->parts = tool_allocate(pipeline->count, sizeof(*pipeline->parts));
    pipeline->in_job = false;
    size_t i = 0;
    for (const struct node *part = node->children; part; part = part->next)
        command_prepare(&pipeline->parts[i++], shell, part, background || pipeline->count > 1);
}

// What a job of the terminal is for.
static bool has_program(const struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->count; i++)
        if (command_is_program(&pipeline->parts[i]) || pipeline->parts[i].reads)
            return true;
    return false;
}

static void complain_pipe(struct pipeline *pipeline, size_t from) {
    shell_complain_errno(2, "pipe");
    for (size_t i = from; i < pipeline->count; i++)
        command_fail(&pipeline->parts[i], 1);
}

// The parts behind one for which there was no process would find none either: they are not started, and it alone was told of.
static bool lacks_process(struct pipeline *pipeline, size_t at) {
    if (pipeline->parts[at].process || pipeline->parts[at].status != SHELL_NO_PROCESS)
        return false;
    for (size_t i = at; i < pipeline->count; i++)
        command_fail(&pipeline->parts[i], SHELL_NO_PROCESS);
    return true;
}

// Starts the programs from the left to the right. `input` is the first part's standard input, and gone
// afterwards; -1: the shell's.
static void start(struct shell *shell, struct pipeline *pipeline, int input) {
    for (size_t i = 0; i < pipeline->count; i++) {
        struct command *part = &pipeline->parts[i];
        int ends[2] = {-1, -1};
        if (i + 1 < pipeline->count && !descriptor_pipe(ends)) {
            complain_pipe(pipeline, i);
            break;
        }
        command_connect(part, input, ends[1]);
        input = ends[0];
        command_redirect(part, shell);
        if (!command_is_program(part))
            continue;
        command_start(part, shell);
        if (lacks_process(pipeline, i))
            break;
    }
    if (input >= 0 && pipeline->count && !pipeline->parts[pipeline->count - 1].connected)
        close(input);
}

static void run_own_parts(struct shell *shell, struct pipeline *pipeline) {
    for (size_t i = pipeline->count; i-- > 0;)
        command_run_own(&pipeline->parts[i], shell);
}

static pid_t *processes_of(const struct pipeline *pipeline, size_t *count) {
    pid_t *processes = tool_allocate(pipeline->count, sizeof(*processes));
    *count = 0;
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->parts[i].process)
            processes[(*count)++] = pipeline->parts[i].process;
    return processes;
}

static void wait_for(struct command *part, int flags) {
    int status = 0;
    pid_t ended;
    if (!part->process)
        return;
    do
        ended = waitpid(part->process, &status, flags);
    while (ended < 0 && errno == EINTR);
    part->stopped = ended > 0 && WIFSTOPPED(status);
    if (part->stopped)
        return;
    part->status = ended < 0 ? SHELL_NOT_FOUND : job_status(status);
    part->signal = ended > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    part->lack = part->signal ? status >> 16 : 0;
}

static void release(struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->count; i++)
        command_release(&pipeline->parts[i]);
    free(pipeline->parts);
}

static int begin_job(struct shell *shell, struct pipeline *pipeline) {
    if (!shell->interactive || !has_program(pipeline))
        return -1;
    int input;
    pipeline->in_job = terminal_job_begin(&input, true);
    if (input < 0 || !shell->redirected)
        return descriptor_own(input);
    close(input); // it reads what the command around it reads
    return -1;
}

// An interrupt that came to the shell while the job had no processes was meant for them, and is theirs now. Where there are none, as
// with `read`, or all have ended, it stays the shell's. From here on the job's input ends with it.
static void add_to_job(struct shell *shell, const struct pipeline *pipeline) {
    size_t count;
    pid_t *processes = processes_of(pipeline, &count);
    terminal_job_add(processes, count);
    if (count > 0 && shell->interrupted) {
        shell->interrupted = false; // before it is passed on: another may come
        if (!terminal_job_signal(processes, count, SIGINT))
            shell->interrupted = true;
    }
    free(processes);
}

// A program that took the interrupt and went on to its own end is no reason to leave the rest of the line.
static bool was_ended_by_key(const struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->parts[i].signal == SIGINT || pipeline->parts[i].signal == SIGQUIT)
            return true;
    return false;
}

static void tell_job(const struct shell *shell, unsigned number, const char *what) {
    struct text text = {0};
    if (!shell->interactive)
        return;
    text_add_character(&text, '[');
    text_add_number(&text, number);
    text_add_string(&text, "] ");
    text_add_string(&text, what);
    text_add_character(&text, '\n');
    write_fully(2, text.bytes, text.length);
    text_release(&text);
}

static bool is_stopped(const struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->parts[i].stopped)
            return true;
    return false;
}

void pipeline_leave(struct shell *shell, struct job *job) {
    struct text text = {0};
    job->stopped = job->stop_told = true;
    job->terminal = terminal_job_leave();
    text_add_string(&text, "stopped  ");
    text_add_string(&text, job->text);
    tell_job(shell, job->number, text.bytes);
    text_release(&text);
    shell->status = SHELL_KILLED + SIGTSTP;
    shell->interrupted = true;
}

// What is stopped becomes a job, and the rest of the line is not run.
static void keep_stopped(struct shell *shell, const struct pipeline *pipeline, const struct node *node) {
    size_t count, at = 0;
    pid_t *processes = processes_of(pipeline, &count);
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->parts[i].process) {
            processes[at] = pipeline->parts[i].stopped ? processes[at] : -processes[at];
            at++;
        }
    unsigned number = jobs_add(&shell->jobs, processes, count, node->source, node->source_length);
    struct job *job = jobs_find(&shell->jobs, number);
    job->status = pipeline->parts[pipeline->count - 1].status;
    pipeline_leave(shell, job);
}

static void end_job(struct shell *shell, const struct pipeline *pipeline) {
    if (!pipeline->in_job)
        return;
    terminal_job_end();
    if (was_ended_by_key(pipeline))
        shell->interrupted = true;
}

// The last part's, or with pipefail that of the last that failed.
static int status_of(const struct shell *shell, const struct pipeline *pipeline) {
    size_t last = pipeline->count - 1;
    for (size_t i = pipeline->count; shell->pipe_fail && i-- > 0;)
        if (pipeline->parts[i].status)
            return pipeline->parts[i].status;
    return pipeline->parts[last].status;
}

// A program cannot take the place of another here: the shell waits for it, and ends with its status. What could not be started
// ends a script, and no shell at a terminal.
static void replace_shell(struct shell *shell, const struct command *program) {
    if (program->process)
        traps_set(shell, TRAP_EXIT, NULL);
    shell->leaving |= program->process || !shell->interactive;
}

static void finish(struct shell *shell, const struct pipeline *pipeline) {
    end_job(shell, pipeline);
    for (size_t i = 0; i < pipeline->count && !shell->interrupted; i++)
        command_tell_end(&pipeline->parts[i]);
    shell->status = status_of(shell, pipeline);
    if (pipeline->parts[0].replaces)
        replace_shell(shell, &pipeline->parts[0]);
}

// An interrupt came while its words were made: nothing of it is run.
static bool given_up(struct shell *shell, struct pipeline *pipeline) {
    if (!shell->interrupted)
        return false;
    shell->status = SHELL_INTERRUPTED;
    release(pipeline);
    return true;
}

void pipeline_run(struct shell *shell, const struct node *node) {
    struct pipeline pipeline;
    prepare(shell, &pipeline, node, false);
    if (given_up(shell, &pipeline))
        return;
    start(shell, &pipeline, begin_job(shell, &pipeline));
    if (pipeline.in_job)
        add_to_job(shell, &pipeline);
    if (!shell->interrupted)
        run_own_parts(shell, &pipeline);
    for (size_t i = 0; i < pipeline.count; i++)
        wait_for(&pipeline.parts[i], pipeline.in_job ? WUNTRACED : 0);
    if (is_stopped(&pipeline))
        keep_stopped(shell, &pipeline, node);
    else
        finish(shell, &pipeline);
    release(&pipeline);
}

// A pipe that nobody writes to: what runs in the background does not take what is typed.
static int empty_input(void) {
    int ends[2];
    if (!descriptor_pipe(ends))
        return -1;
    close(ends[1]);
    return ends[0];
}

static void tell_started(const struct shell *shell, unsigned number) {
    struct text process = {0};
    text_add_number(&process, (unsigned long)shell->last_background);
    tell_job(shell, number, process.bytes);
    text_release(&process);
}

static void start_background(struct shell *shell, const struct node *parts, const struct node *source) {
    struct pipeline pipeline;
    size_t count;
    prepare(shell, &pipeline, parts, true);
    if (given_up(shell, &pipeline))
        return;
    start(shell, &pipeline, empty_input());
    run_own_parts(shell, &pipeline);
    pid_t *processes = processes_of(&pipeline, &count);
    shell->status = 0;
    if (count) {
        shell->last_background = processes[count - 1];
        tell_started(shell, jobs_add(&shell->jobs, processes, count, source->source, source->source_length));
    } else {
        shell->status = pipeline.parts[pipeline.count - 1].status;
        free(processes);
    }
    release(&pipeline);
}

// What is more than a pipeline runs in a shell of its own.
void pipeline_run_background(struct shell *shell, const struct node *node) {
    if (node->kind == NODE_PIPELINE && !node->negated && !node->timed) {
        start_background(shell, node, node);
        return;
    }
    struct node whole = *node, parts = {.kind = NODE_PIPELINE, .children = &whole};
    whole.kind = NODE_SUBSHELL;
    whole.next = NULL;
    start_background(shell, &parts, node);
}
