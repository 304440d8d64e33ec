// The debugger's commands: one table, which GDB's `monitor` and the kernel's console both run.
//
// Rules: the machine stands; a command takes no lock, allocates nothing, and writes text to its session's sink. To add one: an entry in
// the table of the file it belongs to.
#pragma once

#include "debug/kernel/private.h"
#include "kernel/base/writer.h"

enum { COMMAND_WORDS_MAX = 16, COMMAND_LINE_SIZE = 256 };

// Who gives commands.
struct command_session {
    struct writer *out;
    struct debug_thread thread;    // the chosen one
    const struct debug_stop *stop; // why the machine stands
    bool is_gdbs;                  // GDB lets the machine go by its own means
    // Set by a command:
    bool goes_on;                // the machine is to go on,
    struct resume_action action; // so,
    uint32_t steps;              // and so often before it is told
    bool repeats;                // an empty line runs the command once more
    uint32_t page_lines;         // of the console: how many lines it shows before it asks; 0: all
};

struct command_call {
    struct writer *out;
    struct command_session *session;
    const char *format; // behind a / of the name; "": none
    uint32_t count;     // of the words behind the name
    const char *const *words;
    const char *rest; // all of these words as they were typed
};

struct command {
    const char *name, *arguments, *help;
    void (*run)(const struct command_call *call);
};

// Runs a line. False: there is no such command, or the line is empty; *why then says so, if it is not null.
bool commands_run(struct command_session *session, const char *line, struct writer *why);

// For GDB: the session lasts for one command.
bool monitor_run(const struct debug_thread *thread, const char *line, struct writer *out);

// The next name behind `after` (null: the first) that begins with the text; null: no more.
const char *command_next_name(const char *after, const char *text, size_t length);

// ---- for commands ----

// The value of a word of the call: an expression (debug/commands/expression.h). False: it was told what is wrong with it.
bool command_value(const struct command_call *call, const char *text, uint64_t *value);

// The process (by its id, or the newest of its name), or thread, that the first word names, or the chosen one's; null, or false: there is none, which was told.
struct process *command_process(const struct command_call *call);
bool command_thread(const struct command_call *call, struct debug_thread *thread);

// Whether the first word is `on` or `off`, and which.
bool command_switch(const struct command_call *call, bool *on);

struct object *command_object(const struct command_call *call, const char *text);

// Address and name: of the kernel, or of the program of the thread's process.
void command_write_address(struct writer *out, const struct debug_thread *thread, uint64_t address);
bool command_find_symbol(const struct debug_thread *thread, const char *name, size_t length, uint64_t *address);

// Says where the thread stopped and why, as a sentence.
void command_tell_stop(struct writer *out, const struct debug_stop *stop);

// ---- the tables, each ended by a null name ----
extern const struct command general_commands[];
extern const struct command thread_commands[];
extern const struct command object_commands[];
extern const struct command wait_commands[];
extern const struct command memory_commands[];
extern const struct command map_commands[];
extern const struct command run_commands[];
extern const struct command machine_commands[];
extern const struct command trace_commands[];
extern const struct command ipc_commands[];
