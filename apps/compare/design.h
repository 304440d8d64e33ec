// A way for processes to communicate, as the comparison drives it: one file of this directory per design.
//
// A server serves; clients have a channel to it. The same jobs run over all designs, so each says only how: to send a block, to send
// it and have it back, to wake somebody up. Every process of a job runs this program, and plays one part.
// Rules: a server and its clients agree on the block's size before (job->size). What fails is handed up: it is a result of some jobs.
#pragma once

#include <parley/status.h>
#include <parley/thread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLIENTS_MAX = 64, BLOCK_MAX = 1 << 20 };

// What runs. In memory that all processes of the comparison share; the coordinator writes it before they start.
struct job {
    uint32_t size;    // of a block
    uint32_t one_way; // 0: every block is answered with itself; else the last of so many of each client is acknowledged
    uint32_t clients; // of the server
    uint32_t servers; // that each client has a channel to
    uint32_t die_at;  // the server ends when it has taken this block and not answered it; 0: it does not
    uint64_t
        deadline; // in nanoseconds, how long a client waits for an answer, and a server for a slow client; 0: for ever
};

struct design {
    const char *name;
    const char *source; // the document
    // Server: gets ready for job->clients clients, before there is one. `self` is its place among the servers.
    enum status (*serve_start)(uint32_t self);
    // Server: takes blocks and answers them, until it is killed or something fails.
    enum status (*serve)(void);
    // Client: makes the channel to server `place`, whose process id is `process`. `self` is the client's place.
    enum status (*connect)(uint32_t place, uint32_t process, uint32_t self);
    // Client: sends a block and waits until it is back.
    enum status (*echo)(uint32_t place, void *block, size_t size);
    // Client: sends a block; waits for room if there is none, `deadline` long.
    enum status (*send)(uint32_t place, const void *block, size_t size, uint64_t deadline);
    // Client: waits for the acknowledgement of what it sent one way.
    enum status (*acknowledged)(uint32_t place);
    // Client: lets go of the channel, whose server may be dead. Null: it holds nothing of the kernel's.
    void (*disconnect)(uint32_t place);
};

extern const struct design design_event, design_message, design_pipe, design_shared, design_interface, design_link,
    design_page, design_port;

// ---- what the designs share ----

extern struct job *job;

// When a client gives up waiting for an answer, or a server waiting for a client that has begun to take one.
uint64_t job_deadline(void);

// As memcpy; what a program copies itself counts as the kernel's copies do.
void job_copy(void *to, const void *from, size_t size);

// Server: a block came from this client. What to do: answer it with itself, acknowledge a one-way run with one byte, or nothing.
enum job_answer { ANSWER_BLOCK, ANSWER_ACKNOWLEDGE, ANSWER_NOTHING };
enum job_answer job_took(uint32_t client);

// Memory that all processes of the comparison share, for the designs that stand on it: BLOCK_MAX and a page per channel.
uint8_t *job_field(uint32_t server, uint32_t client);

// Sends again as long as the sender's own limit is reached: others must take something first. Unless the deadline is now.
#define job_send_patiently(status, deadline, send)                                                                     \
    while (((status) = (send)) == STATUS_LIMIT_REACHED && (deadline) != DEADLINE_NOW)                                  \
    thread_yield()

// Own process id.
uint32_t job_self(void);
