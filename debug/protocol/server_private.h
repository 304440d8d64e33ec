// Between the files of the protocol server: how a command gets its packet and gives its answer.
//
// Rules: a handler is called with the cursor behind the command's name and answers at most once: answer_* calls, and nothing for the
// empty answer, which tells GDB that the packet is not known.
#pragma once

#include "debug/protocol/server.h"

struct server_command {
    const char *name; // what the packet begins with
    void (*run)(struct server *server, struct text_cursor *packet);
};

// Ended by a null name; the first that fits is run, so longer names stand first.
extern const struct server_command server_memory_commands[];
extern const struct server_command server_register_commands[];
extern const struct server_command server_thread_commands[];
extern const struct server_command server_resume_commands[];
extern const struct server_command server_query_commands[];
extern const struct server_command server_process_commands[]; // only where the target has processes
extern const struct server_command server_file_commands[];    // and files

// Whole answers.
void answer_text(struct server *server, const char *text);
void answer_error(struct server *server, enum status status);           // a number: where GDB knows no texts
void answer_error_text(struct server *server, const char *explanation); // E.explanation

// An answer made of parts, then answer_send.
struct answer {
    struct writer writer; // must be first: text goes into the packet
    struct server *server;
};

struct writer *answer_begin(struct server *server, struct answer *answer);
void answer_bytes(struct server *server, const void *bytes, size_t size);  // in hex
void answer_binary(struct server *server, const void *bytes, size_t size); // escaped
void answer_send(struct server *server);

void answer_thread(struct server *server, struct writer *out, const struct debug_thread *thread);
void answer_stop(struct server *server, const struct debug_stop *stop);

// Where the session stands when the process of its stop may be gone: at another one's stop, or at none. Nothing where processes do
// not come and go.
void server_look_around(struct server *server);

// Takes all break points away, with their conditions.
void server_breaks_forget(struct server *server);

// The thread that registers and memory are of: the chosen one, else the one that stopped, else the first of the chosen process.
struct debug_thread server_thread(struct server *server);

// Whether it exists: where processes come and go there may be none, and then nothing is asked of the target about it.
bool server_has_thread(struct server *server);

// GDB begins to read a list of threads; and the next one, {0, 0} before the first, that it is to hear of. At each stop it reads a list
// before it says where the stop is, and it goes to, and says, whatever process it meets first there; so that list has the stop's
// process and those that it knows, and the ones behind it have all.
void server_lists(struct server *server);
bool server_thread_tell(struct server *server, struct debug_thread *thread);

// Makes an existing thread of one with parts that are 0 or all; false: there is none.
bool server_resolve(struct server *server, struct debug_thread *thread);

const char *status_explanation(enum status status);
