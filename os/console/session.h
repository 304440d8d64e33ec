// A session: the terminal's driver, the shell, and what they say to each other.
//
// Rules: one thread. Whatever is typed, and whatever programs send, the console waits for nobody but its terminal's
// driver, once, at the start.
#pragma once

#include "kernel/abi/event.h"
#include "os/console/jobs.h"

struct session {
    uint32_t terminal; // process id of the driver
    int32_t output;    // sends text to it
    int32_t input;     // receives what was typed there
    uint32_t columns;
    uint32_t rows;
    char *const *command; // the shell and its arguments, ended by a null
    int32_t shell_number; // 0: none runs
    uint32_t shell;
    uint64_t shell_started;
    uint64_t log_position; // how far the kernel's log was shown
    int32_t input_right;   // by which keys are handed on as events; 0: this session has no keyboard
    struct jobs jobs;
    struct discipline_result result;
};

// Connects to the driver. Statuses are the kernel's.
enum status session_connect(struct session *session, uint32_t terminal);

// Starts the shell.
enum status session_start_shell(struct session *session);

// The shell has ended: what it had is closed, and it is started again.
void session_restart_shell(struct session *session);

// Shows text, as far as the terminal takes it now.
void session_show(struct session *session, const char *text, size_t size);

// Takes bytes as typed.
void session_type(struct session *session, const char *bytes, size_t size);

// Sends an event on to the program that wants the foreground's keys as events. False: there is none (any more).
bool session_hand_on(struct session *session, const EVENT *event);

// A job has begun: what was typed ahead, and not yet read, is for it.
void session_retype(struct session *session);

// Takes what came from the driver. False: the driver has ended.
bool session_take_input(struct session *session);

// Answers the message with this id (<parley/console.h>).
void session_answer(struct session *session, uint32_t id);
