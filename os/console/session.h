// A session: the terminal's driver, the shell, and what they say to each other.
//
// Rules: one thread. Whatever is typed, and whatever programs send, the console waits for nobody but its terminal's
// driver, once, when that was started.
#pragma once

#include "kernel/abi/event.h"
#include "os/console/jobs.h"

struct session {
    const char *terminal_name; // of the driver in the directory
    uint32_t terminal;         // process id of the driver
    int32_t terminal_number;   // watched for its end; 0: it has ended, and the next one is looked for
    int32_t looking;           // a timer, by whose events that is done
    int32_t output;            // sends text to it
    int32_t output_reader;     // the driver's end, of which it gets a copy
    int32_t input;             // receives what was typed there
    int32_t input_writer;      // the driver's end
    uint32_t columns;
    uint32_t rows;
    char *const *command; // the shell and its arguments, ended by a null
    int32_t shell_number; // 0: none runs
    uint32_t shell;
    uint64_t shell_started;
    uint64_t log_position;     // how far the kernel's log was shown
    bool log_shown_without_us; // on this terminal, by the kernel, while it has no driver
    int32_t input_right;       // by which keys are handed on as events; 0: this session has no keyboard
    struct jobs jobs;
    struct discipline_result result;
};

// Connects to the driver: who is `terminal` at first, and is found under its name in the directory when it was started again.
// Statuses are the kernel's.
enum status session_connect(struct session *session, uint32_t terminal, const char *name);

// A watched number is ready: input, or the driver's end.
void session_take_ready(struct session *session, int32_t number);

// It is time to look whether the driver is back.
void session_look_for_terminal(struct session *session);

// Starts the shell.
enum status session_start_shell(struct session *session);

// The shell has ended: what it had is closed, and it is started again.
void session_restart_shell(struct session *session);

// Shows text, as far as the terminal takes it now.
void session_show(struct session *session, const char *text, size_t size);

// What the console itself says stands above the line that a program edits: what it says comes between these. True: there is such a line.
bool session_leave_line(struct session *session);
void session_draw_line(struct session *session);

// Has the terminal look so many lines back at what has scrolled off, or forth.
void session_look_back(struct session *session, int lines);

// Takes bytes as typed.
void session_type(struct session *session, const char *bytes, size_t size);

// Sends an event on to the program that wants the foreground's keys as events. False: there is none (any more).
bool session_hand_on(struct session *session, const EVENT *event);

// A job has begun: what was typed ahead, and not yet read, is for it.
void session_retype(struct session *session);

// The foreground's mode is another: what was typed before, and not yet read, is taken as the new mode has it.
void session_type_again(struct session *session);

// Answers the message with this id (<parley/console.h>).
void session_answer(struct session *session, uint32_t id);
