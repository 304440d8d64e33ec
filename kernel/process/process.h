// A process: an address space, numbers, an account and threads; and what every IPC design hangs on it.
//
// Rules: a process found comes with a reference (object_release(&process->object)). Letters: [I] immutable after creation,
// [a] atomic, [l] object's lock, [t] process tree's lock.
#pragma once

#include "kernel/abi/process.h"
#include "kernel/object/account.h"
#include "kernel/object/notice.h"
#include "kernel/object/numbers.h"
#include "kernel/object/object.h"

struct space;
struct thread;
struct memory;
struct debugger;

// One place per IPC design for what it keeps of each process (kernel/process/subsystem.h).
enum process_attachment {
    ATTACHMENT_EVENTS,
    ATTACHMENT_MESSAGES,
    ATTACHMENT_GATE,
    ATTACHMENT_OFFERS,
    ATTACHMENT_WATCHES,
    ATTACHMENT_RANGES,
    ATTACHMENT_IO_PORTS,
    ATTACHMENT_INTERFACES,
    ATTACHMENT_PORTS,
    ATTACHMENT_LINKS,
    ATTACHMENT_PAGES,
    ATTACHMENT_COUNT = 20
};

struct process {
    struct object object;    // its name: the program's, or what a service is called
    uint32_t id;             // [I] process id, never given out again
    uint32_t parent;         // [I]
    uint32_t user;           // [I]
    uint32_t priority_limit; // [I] highest base priority its threads may have
    struct account *account; // [I] its own
    struct space *space;     // [I] until destroyed
    struct number_table numbers;
    struct number_table *thread_numbers; // [a] the negative ones (kernel/process/thread_numbers.h); null: none yet
    void *attachments[ATTACHMENT_COUNT]; // [I] set by subsystems when it is made
    struct notice_target *notice_target; // [I] its event queue; set by the subsystem that has one
    struct notice end_notice;            // raised at the parent when it ends
    struct process_end end;              // [l] valid when ended
    bool ending;                         // [a] being ended: its threads leave at the next chance
    bool ended;                          // [l]
    uint32_t thread_count;               // [l]
    LIST_HEAD(thread_list, thread)
    threads;                         // [l]
    uint64_t processor_time;         // [l] of threads that ended
    uint64_t started;                // [I]
    uint64_t pager_order;            // [a] of a process that is a pager (ipc/pager.h); 0: it is none
    struct memory *image;            // [I] the program's file, for symbols; a reference, may be null
    uint64_t image_base;             // [I] where its address 0 was loaded
    char program[NAME_SIZE];         // [I] what its file is called, for debuggers
    struct io_port_ranges *io_ports; // I/O port ranges opened (kernel/arch); null: none
    LIST_ENTRY(process) table_link;  // [process table's lock]
    struct debugger *debugger;       // [l] kernel/process/debugger.h; null: none
    struct wait_queue halted;        // [l] threads that it halted, and those that are stopped
    int32_t stop_code;               // [l] why it is stopped (kernel/process/stop.h); 0: it is not
    bool stop_untold;                // [l] its parent was not told of the last stop or continuation
    bool was_debugged;               // [a] a breakpoint that is just being taken away may still be met
};

extern const struct object_type process_type;

static inline struct process *object_as_process(struct object *object) {
    return object->type == &process_type ? (struct process *)object : 0;
}

// The calling thread's process; not retained.
struct process *process_current(void);

// Finds a process that has not ended; null: none.
struct process *process_find(uint32_t id);

// The next one above `after`, ended ones left out; null: no more.
struct process *process_next(uint32_t after);

static inline void process_release(struct process *process) {
    object_release(&process->object);
}
