// What runs beside a worker of the random-call test: threads of its process that answer its calls, call it, and wake it; and what the
// threads and upcalls run that its calls make.
#include "tests/guest/fuzz.h"

#include <parley/thread.h>

enum { MESSAGE_SIZE = 64 };

#define WAKE_INTERVAL (NANOSECONDS_PER_MILLISECOND / 10)
#define CALL_PATIENCE (10 * NANOSECONDS_PER_MILLISECOND)

uint32_t fuzz_peer_word;

static int32_t called, caller; // the port that answers, and the entry of the one that the worker receives from

// A thread that ends at once, and needs no stack: it may have been given any.
__asm__(".section .text\n"
        ".globl fuzz_thread_body\n"
        "fuzz_thread_body:\n"
        "    movl $25, %eax\n" // thread_exit
        "    syscall\n"
        "    jmp fuzz_thread_body\n");

// What upcalls run: it accepts, and needs no stack either.
__asm__(".section .text\n"
        ".globl fuzz_upcall_body\n"
        "fuzz_upcall_body:\n"
        "    movl $102, %eax\n" // upcall_return
        "    movl $1, %edi\n"
        "    xorl %esi, %esi\n"
        "    syscall\n"
        "    jmp fuzz_upcall_body\n");

// The worker may close what it likes: then its peer has nothing more to do. What fails at once is tried again a little later.
static bool goes_on(enum status status) {
    if (status != STATUS_OK && status != STATUS_TIMED_OUT)
        thread_sleep(deadline_after(WAKE_INTERVAL));
    return status != STATUS_BAD_NUMBER && status != STATUS_WRONG_TYPE && status != STATUS_PEER_DIED;
}

static void *answer_calls(void *unused) {
    uint8_t message[MESSAGE_SIZE];
    struct port_information information;
    enum status status = STATUS_OK;
    while (goes_on(status)) {
        uint64_t id;
        futex_wake(&fuzz_peer_word, 1, NULL);
        status = port_receive(called, message, &information, deadline_after(WAKE_INTERVAL), &id);
        if (status != STATUS_OK)
            continue;
        if (information.cargo.number > 0)
            number_close(information.cargo.number);
        if (information.kind == PORT_CALLED)
            port_reply(called, id, message, NULL);
    }
    return NULL;
}

static void *make_calls(void *unused) {
    uint8_t message[MESSAGE_SIZE] = "a peer calls";
    enum status status = STATUS_OK;
    while (goes_on(status))
        status = port_call(caller, message, NULL, deadline_after(CALL_PATIENCE));
    return NULL;
}

bool fuzz_peers_start(struct fuzz_peers *peers) {
    struct port_create answers = {.message_size = MESSAGE_SIZE}, calls = {.message_size = MESSAGE_SIZE};
    struct thread *thread;
    if (port_create(&answers, &called) != STATUS_OK || port_create(&calls, &peers->port) != STATUS_OK)
        return false;
    peers->entry = answers.entry;
    caller = calls.entry;
    return thread_start(answer_calls, NULL, NULL, &thread) == STATUS_OK &&
           thread_start(make_calls, NULL, NULL, &thread) == STATUS_OK;
}
