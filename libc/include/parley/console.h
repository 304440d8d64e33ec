// The protocol of a terminal session: what a shell, or any program on a terminal, asks of the session's console.
//
// start_service("console") is the process id to ask; a program without a console finds 0. A request is one message of a
// struct console_request; the answer is one message in reply to it, a struct console_reply. The console takes requests
// from its own user and from user 0 alone.
//
// The text on standard output and standard error goes straight to the terminal's driver: the console is not asked.
// What is typed comes through a pipe, edited line by line (cooked) or key by key as bytes (CONSOLE_RAW).
//
// Jobs. A shell that starts a job in the foreground
//   1. sends CONSOLE_JOB_BEGIN; the reply carries the receiving end of a new pipe: the job's standard input. Keys go
//      there now, cooked, until the job ends. Ctrl-D closes it, so that the job, and it alone, reads the stream's end.
//   2. starts the job with it, and sends CONSOLE_JOB_ADD with the process ids (several times, where there are more than
//      CONSOLE_PROCESSES_MAX). Ctrl-C sends SIGINT to these processes and all they started, which ends those that have
//      no handler for it. If it was typed before this request came, they get it at once.
//   3. waits for them, and sends CONSOLE_JOB_END: keys go where they went before, in the mode of before. What was typed
//      and not read is not lost: it goes there too. The reply says whether Ctrl-C was typed.
// Without a job, or with one that has no processes or none that lives, Ctrl-C is sent to the shell itself where that has a handler for it.
// Ctrl-Z sends SIGTSTP to them in the same way, which stops those that have no handler for it. The shell, which its wait tells so, sends
// CONSOLE_JOB_LEAVE; the job keeps its pipe, so that nobody else reads what is typed for it, until CONSOLE_JOB_RETURN or CONSOLE_JOB_DROP.
// Jobs nest: a shell run by a shell does the same; the end of a job ends those begun inside it.
// Ctrl-\ ends the foreground job's processes in every mode, also the raw one, and whatever they handle or block.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum console_operation {
    // value: CONSOLE_COOKED or CONSOLE_NO_STOP. Reply: one number. LIMIT_REACHED: CONSOLE_JOBS_MAX jobs nested
    CONSOLE_JOB_BEGIN = 1,
    // value: how many of `processes`. 0: a Ctrl-Z that came since the job returned is sent once more, as what had the job go on took it
    // back. NOT_FOUND: the sender has no job begun
    CONSOLE_JOB_ADD = 2,
    CONSOLE_JOB_END = 3,  // reply: value 1 if Ctrl-C or Ctrl-\ ended the job, else 0. NOT_FOUND: as above
    CONSOLE_SET_MODE = 4, // value: enum console_mode bits, of the job in the foreground. Reply: value: the mode before
    CONSOLE_GET_SIZE = 5, // reply: columns and rows
    // The sender's job leaves the foreground, with its input, and is kept. Reply: value: its name. NOT_FOUND, LIMIT_REACHED
    CONSOLE_JOB_LEAVE = 6,
    CONSOLE_JOB_RETURN = 7, // value: its name; it is in the foreground again, as it was. NOT_FOUND, LIMIT_REACHED
    CONSOLE_JOB_DROP = 8,   // value: its name; it has ended. NOT_FOUND
};

enum console_mode {
    CONSOLE_COOKED = 0,
    CONSOLE_RAW = 1 << 0,     // each key at once, no echo, Ctrl-C and Ctrl-D are bytes 3 and 4; Enter is "\r"
    CONSOLE_NO_ECHO = 1 << 1, // cooked, but not shown: passwords
    // Keys and the mouse come as events (EVENT_KEYBOARD, EVENT_MOUSE) to the program that asked, up and down, and not as
    // bytes; but Ctrl-C and Ctrl-\ are what they always are. It lasts until the mode is set anew, the job ends, or the program.
    // DENIED: the program is not in the foreground. UNSUPPORTED: the session's terminal has no keyboard of its own.
    CONSOLE_EVENTS = 1 << 2,
    CONSOLE_INTERRUPTS = 1 << 3, // with RAW: Ctrl-C is no byte but an interrupt, as in a cooked terminal
    // With RAW: the program edits a line, which takes the cursor's row. What the console has to say (the kernel's log) takes its place, and
    // the program gets CONSOLE_REDRAW, as if it were typed, to draw its line again below.
    CONSOLE_LINE = 1 << 4,
    CONSOLE_NO_STOP =
        1 << 5, // of a job alone, for all its time: Ctrl-Z does nothing, as who began it could not leave it
};

#define CONSOLE_REDRAW '\x1d' // Ctrl-]

enum { CONSOLE_PROCESSES_MAX = 14, CONSOLE_JOBS_MAX = 8, CONSOLE_KEPT_MAX = 32 };

struct console_request {
    uint32_t operation; // enum console_operation
    uint32_t value;
    uint32_t processes[CONSOLE_PROCESSES_MAX];
};

struct console_reply {
    int32_t status; // enum status
    uint32_t value;
    uint32_t columns;
    uint32_t rows;
};

_Static_assert(sizeof(struct console_request) == 64 && sizeof(struct console_reply) == 16, "the console's protocol");
