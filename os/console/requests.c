// What programs ask of the console: a table of the operations of <parley/console.h>.
#include "os/console/log.h"
#include "os/console/session.h"

#include <parley/calls.h>
#include <string.h>

// One request while it is answered.
struct asked {
    struct session *session;
    struct console_request request;
    uint32_t sender;
    struct console_reply reply;
    int32_t number; // goes with the reply; 0: none
};

static enum status run_begin(struct asked *asked) {
    struct jobs *jobs = &asked->session->jobs;
    uint32_t mode = asked->request.value;
    enum status status =
        mode & ~(uint32_t)CONSOLE_NO_STOP ? STATUS_INVALID_ARGUMENT : jobs_begin(jobs, asked->sender, mode);
    if (status == STATUS_OK) {
        asked->number = jobs_foreground(jobs)->reader;
        session_retype(asked->session);
    }
    return status;
}

static enum status run_add(struct asked *asked) {
    uint32_t count = asked->request.value;
    if (count > CONSOLE_PROCESSES_MAX) {
        return STATUS_INVALID_ARGUMENT;
    }
    return jobs_add(&asked->session->jobs, asked->sender, asked->request.processes, count);
}

static enum status run_end(struct asked *asked) {
    bool interrupted = false;
    enum status status = jobs_end(&asked->session->jobs, asked->sender, &interrupted);
    asked->reply.value = interrupted;
    log_show_new(asked->session);
    return status;
}

// A program may ask before the shell has named it as one of the job's: no other is there then.
static bool is_in_foreground(struct session *session, uint32_t process) {
    const struct job *job = jobs_foreground(&session->jobs);
    if (session->jobs.count == 1) {
        return process == session->shell;
    }
    return process == job->owner || job->process_count == 0 || job_includes(job, process);
}

static enum status may_listen(struct session *session, uint32_t process) {
    if (!session->input_right) {
        return STATUS_UNSUPPORTED;
    }
    return is_in_foreground(session, process) ? STATUS_OK : STATUS_DENIED;
}

static enum status run_set_mode(struct asked *asked) {
    struct session *session = asked->session;
    uint32_t mode = asked->request.value;
    if (mode & ~(uint32_t)(CONSOLE_RAW | CONSOLE_NO_ECHO | CONSOLE_EVENTS | CONSOLE_INTERRUPTS | CONSOLE_LINE)) {
        return STATUS_INVALID_ARGUMENT;
    }
    enum status status = mode & CONSOLE_EVENTS ? may_listen(session, asked->sender) : STATUS_OK;
    if (status != STATUS_OK) {
        return status;
    }
    jobs_foreground(&session->jobs)->listener = asked->sender;
    struct discipline *discipline = &jobs_foreground(&session->jobs)->discipline;
    asked->reply.value = discipline->mode;
    discipline_set_mode(discipline, mode, &session->result);
    if (session->result.data_size > 0) {
        jobs_send(&session->jobs, session->result.data, session->result.data_size);
    }
    if (mode & ~asked->reply.value & CONSOLE_INTERRUPTS) {
        session_type_again(session); // a Ctrl-C of a moment ago was meant for what runs now
    }
    return STATUS_OK;
}

static enum status run_leave(struct asked *asked) {
    enum status status = asked->request.value ? STATUS_INVALID_ARGUMENT
                                              : jobs_leave(&asked->session->jobs, asked->sender, &asked->reply.value);
    log_show_new(asked->session);
    return status;
}

static enum status run_return(struct asked *asked) {
    enum status status = jobs_return(&asked->session->jobs, asked->sender, asked->request.value);
    if (status == STATUS_OK) {
        session_retype(asked->session);
    }
    return status;
}

static enum status run_drop(struct asked *asked) {
    return jobs_drop(&asked->session->jobs, asked->sender, asked->request.value);
}

static enum status run_get_size(struct asked *asked) {
    asked->reply.columns = asked->session->columns;
    asked->reply.rows = asked->session->rows;
    return STATUS_OK;
}

static enum status (*const operations[])(struct asked *) = {
    [CONSOLE_JOB_BEGIN] = run_begin,   [CONSOLE_JOB_ADD] = run_add,       [CONSOLE_JOB_END] = run_end,
    [CONSOLE_SET_MODE] = run_set_mode, [CONSOLE_GET_SIZE] = run_get_size, [CONSOLE_JOB_LEAVE] = run_leave,
    [CONSOLE_JOB_RETURN] = run_return, [CONSOLE_JOB_DROP] = run_drop,
};
enum { OPERATION_COUNT = sizeof(operations) / sizeof(operations[0]) };

static enum status run(struct asked *asked, size_t size) {
    uint32_t operation = asked->request.operation;
    if (size != sizeof(asked->request) || operation >= OPERATION_COUNT || !operations[operation]) {
        return STATUS_INVALID_ARGUMENT;
    }
    return asked->session->jobs.count > 0 ? operations[operation](asked) : STATUS_NOT_FOUND;
}

static void reply(struct asked *asked, uint32_t id) {
    struct message_options options = {.in_reply_to = id};
    if (asked->number) {
        options.number_count = 1;
        options.numbers[0] = asked->number;
        options.rights[0] = RIGHT_READ | RIGHT_WAIT | RIGHT_SEND | RIGHT_COPY;
    }
    message_send(asked->sender, &asked->reply, sizeof(asked->reply), &options, DEADLINE_NOW, NULL);
}

void session_answer(struct session *session, uint32_t id) {
    struct asked asked = {.session = session};
    struct message_information information = {0};
    size_t size = 0;
    enum status status = message_receive(id, &asked.request, sizeof(asked.request), &information, &size);
    if (status == STATUS_TOO_SMALL) {
        message_scrap(id);
        size = 0;
    } else if (status != STATUS_OK) {
        return;
    }
    for (uint32_t i = 0; status == STATUS_OK && i < information.number_count; i++) {
        number_close(information.numbers[i]);
    }
    asked.sender = information.sender;
    asked.reply.status = run(&asked, size);
    reply(&asked, id);
}
