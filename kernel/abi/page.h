// Pages: whole pages to a process id, which is interrupted by them as by a signal. Source: seeds/000; DESIGN "The IPC designs" 2.
//
// A program makes a handler for a type of page (page_handler), with a window: the only place where others' pages can come to, and
// paid for from the start; it stays until it is unmapped. From there page_place takes them, without a copy, to where the program wants them,
// as memory of its own. Closing the handler's number removes it: pages on their way go back, and an
// upcall that still runs abandons, whatever it answers. A thread that is to be interrupted says where its upcalls run (upcall_set); libc does that.
// page_send takes pages out of the sender's memory, interrupts such a thread of the receiver, and waits for the answer of its
// handler. The handler is called in user mode, as
//     size_t handler(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes)
// and its result accepts or abandons the pages: enum page_answer. Abandoned pages leave the window again; where they moved, they
// go back to where they were sent from, or are freed with PAGE_ABANDONED_FREE.
//
// Upcalls: run only at a thread's way back to its program, or break off its wait. One at a time per thread: while it runs, no
// other begins, whatever the mask says. All registers are as they were afterwards, FPU and vector state included. A call
// that was broken off answered INTERRUPTED and did nothing (deadlines are points in time, so it can be made anew); the
// kernel does that by itself for a handler made with PAGE_HANDLER_RESTART, or that goes back with UPCALL_RESTART. What a call did in part it tells as usual: a
// pipe_write that was broken off says how much was written. A port_call or link_call is not broken off: upcalls run when it is answered.
// A thread that waits for an answer takes upcalls only while the receiver has not begun; page_send answers INTERRUPTED then and
// has its pages back. In an upcall, page_send never waits: it answers BUSY where it would.
//
// To all, or all others: who has such a handler and whose gate for broadcasts (GATE_PAGE_BROADCAST) lets the sender's user in is
// reached; the pages must be duplicated, or kept and not written by the receivers. An upcall to the sender ends its wait: who has
// not begun counts as refused. To oneself page_send never waits: the handler has run before the program goes on, if the calling
// thread takes upcalls then.
//
// An upcall begins at upcall_set's `entry` with the handler's function in rax and its arguments in their registers, rsp at the
// stack's top (a multiple of 16). The kernel never touches that stack. upcall_mask and upcall_wait need such a thread (NOT_FOUND).
//
// Without an answer (PAGE_NO_ANSWER) page_send returns when the pages are on their way, and its counts are 0: it can be called in an
// upcall, and its deadline does not matter. To one process only, and the sender keeps the pages or has given them up: with
// PAGE_SENDER_KEEPS or PAGE_ABANDONED_FREE. Each load counts as an object of the sender until it is taken (LIMIT_REACHED), and so
// do its pages. Loads of one thread to one handler are taken in their order.
//
// A page that a memory daemon has to bring first is to be touched before it is sent (WOULD_WAIT).
//
// Types below PAGE_TYPE_SIGNALS are signals: no pages, no waiting; several before one is taken are one. A process sends them to
// processes of its own user; user 0 to all. PAGE_TYPE_CHILD comes from the kernel when a child has ended, too. A thread that faults
// runs its process's handler of that fault, if there is one, it takes upcalls, does not mask it, and runs none: with PAGE_FAULT in the
// flags and the address that was touched, or that of the instruction. When the handler is over the instruction is made anew. All
// other faults end the process.
#pragma once

#include "kernel/abi/types.h"

enum {
    PAGE_SEND_MAX = 256,    // pages at once
    PAGE_WINDOW_MAX = 4096, // pages of a window
    PAGE_TYPE_SIGNALS = 64,
    PAGE_TYPE_ILLEGAL = 4, // an instruction that there is not, or not for programs
    PAGE_TYPE_TRAP = 5,
    PAGE_TYPE_ARITHMETIC = 8, // division, floating point
    PAGE_TYPE_NO_PAGE = 10,   // a page that is mapped, and did not come
    PAGE_TYPE_NO_ACCESS = 11, // an address that is not mapped so
    PAGE_TYPE_CHILD = 20,
};

// Bits 0 to 4 are the document's.
enum page_send_flag {
    PAGE_SENDER_KEEPS = 1 << 0,    // the sender can read and write them afterwards; else they are gone, a touch faults
    PAGE_RECEIVER_WRITES = 1 << 1, // the receiver can write them; else only read
    PAGE_DUPLICATE = 1 << 2, // the receiver has them as they are now, whoever writes later: copied when first written
    PAGE_TO_SELF = 1 << 3,   // `process` is 0 for these three
    PAGE_TO_ALL = 2 << 3,    // oneself comes last, when the others have answered
    PAGE_TO_OTHERS = 3 << 3,
    PAGE_TARGET = 3 << 3,
    PAGE_ABANDONED_FREE = 1 << 5, // abandoned pages are freed
    PAGE_BYTES =
        1 << 6, // `size` counts bytes; the receiver gets fresh pages with zeros around them. Needs DUPLICATE and
                // SENDER_KEEPS
    PAGE_NO_ANSWER = 1 << 7, // page_send does not wait: see above
    PAGE_IF_ROOM =
        1 << 8, // with NO_ANSWER: PEER_FULL where more would be on its way to the handler than its window holds
    PAGE_FLAGS = (1 << 9) - 1,
    PAGE_IMMUTABLE = 1 << 16, // told to the handler: nobody else can change what it sees
    PAGE_FAULT = 1 << 17,     // told to the handler: its own thread's fault, at that address
};

enum page_answer { PAGE_ABANDON = 0, PAGE_ACCEPT = 1 }; // any other result abandons

enum page_handler_flag {
    PAGE_HANDLER_RESTART = 1 << 0, // calls that its upcalls break off are made anew
};

// Which upcalls a thread does not take: a bit per signal, and bit 0 for all other types.
#define UPCALL_MASK_PAGES UINT64_C(1)
#define UPCALL_MASK_ALL UINT64_MAX

enum upcall_return_flag {
    UPCALL_STAY = 1 << 0, // go on behind the call, not where the thread was interrupted
    UPCALL_RESTART =
        1 << 1, // this time, a call that the upcall broke off is made anew, whatever the handler was made with
};
enum upcall_wait_flag { UPCALL_WAIT_EVENTS = 1 << 0 }; // an event, too, ends the wait

// What page_send says: how many accepted, and how many did not though they have a handler (gate, no room, no time, abandoned).
#define PAGE_TAKEN(counts) ((uint32_t)(counts))
#define PAGE_REFUSED(counts) ((uint32_t)((counts) >> 32))
