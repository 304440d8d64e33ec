// Files for GDB while the machine stands: a program does what GDB asks for (kernel/abi/calls/debug.h), and for that long the machine runs.
//
// Only the thread that the session runs on stands still then, as it waits here: the one that stopped in its program, or the idle thread. In
// the midst of the kernel (at a breakpoint there) nothing else could run, and GDB is told BUSY, as it is where nobody serves it; and while it
// connects, when it looks at programs' files by itself, and the machine is to stand. Points are out for that time, nothing else stops the machine.
#include "debug/kernel/private.h"
#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/base/clock.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/timer.h"
#include "kernel/thread/wait.h"

#define ANSWER_NANOSECONDS UINT64_C(5000000000)

enum request_state { REQUEST_NONE, REQUEST_MADE, REQUEST_TAKEN, REQUEST_ANSWERED };

static struct {
    struct lock lock;
    struct wait_queue server, asker; // their threads
    bool is_served;                  // a program's thread is in the call,
    bool is_awaited;                 // and waits for a request, or is about to
    enum request_state state;
    struct processor *idle_at; // where an idle thread asks; null: another one does
    struct debugger_file_request request;
    uint8_t data[DEBUGGER_FILE_SIZE]; // the asker's, but while the request is taken: then the server's
} files = {.lock = LOCK_INITIAL(RANK_OBJECT)};

static uint32_t session = 1; // of GDB

// ---- the program that serves ----

// How many bytes go with an answer; negative: it is none for this request.
static int64_t answer_size(const struct debugger_file_request *request) {
    if (request->answer < 0)
        return 0;
    switch (request->operation) {
    case DEBUGGER_FILE_READ:
        return request->answer <= (int64_t)request->size ? request->answer : -1;
    case DEBUGGER_FILE_STATUS:
        return sizeof(struct debugger_file_status);
    default:
        return 0;
    }
}

static bool is_asked(uint64_t sequence) {
    lock_acquire(&files.lock);
    bool is_it = files.state == REQUEST_TAKEN && files.request.sequence == sequence;
    lock_release(&files.lock);
    return is_it;
}

// One that comes too late is nobody's any more.
static enum status answer_take(const struct debugger_file_request *answer, struct user_address data) {
    if (!is_asked(answer->sequence))
        return STATUS_OK;
    files.request.answer = answer->answer;
    int64_t size = answer_size(&files.request);
    if (size < 0)
        return STATUS_INVALID_ARGUMENT;
    enum status status = user_copy_in(files.data, data, (size_t)size);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&files.lock);
    if (files.state == REQUEST_TAKEN)
        files.state = REQUEST_ANSWERED;
    files.is_awaited = true; // the asker may be back with the next one sooner than this thread gets there
    wait_queue_wake_one(&files.asker);
    lock_release(&files.lock);
    if (files.idle_at != 0)
        scheduler_idle_call(files.idle_at);
    return STATUS_OK;
}

static enum status request_take(struct debugger_file_request *request) {
    struct wait_for wait = {0, WAIT_DEBUGGER_FILE, 0, DEADLINE_NEVER};
    enum status status = STATUS_OK;
    lock_acquire(&files.lock);
    files.is_awaited = true;
    while (files.state != REQUEST_MADE && status == STATUS_OK)
        status = wait_queue_sleep(&files.server, &files.lock, &wait);
    if (status == STATUS_OK)
        files.state = REQUEST_TAKEN;
    *request = files.request;
    lock_release(&files.lock);
    return status;
}

static size_t request_size(const struct debugger_file_request *request) {
    switch (request->operation) {
    case DEBUGGER_FILE_OPEN:
    case DEBUGGER_FILE_WRITE:
    case DEBUGGER_FILE_UNLINK:
        return request->size;
    default:
        return 0;
    }
}

static enum status serve(struct debugger_file_request *request, struct user_address data) {
    enum status status = request->sequence != 0 ? answer_take(request, data) : STATUS_OK;
    if (status == STATUS_OK)
        status = request_take(request);
    return status == STATUS_OK ? user_copy_out(data, files.data, request_size(request)) : status;
}

enum status debugger_file_next(struct debugger_file_request *request, struct user_address data) {
    if (!line_is_there())
        return STATUS_UNSUPPORTED;
    lock_acquire(&files.lock);
    bool is_free = !files.is_served;
    files.is_served = true;
    lock_release(&files.lock);
    if (!is_free)
        return STATUS_BUSY;
    enum status status = serve(request, data);
    lock_acquire(&files.lock);
    files.is_served = files.is_awaited = false;
    lock_release(&files.lock);
    return status;
}

// ---- who asks ----

// The session runs on the stack of a thread that may give its CPU away.
static bool can_wait(uint32_t self) {
    const struct thread *thread = processors[self].current;
    bool is_own_stack = (uint64_t)__builtin_frame_address(0) - thread->context.stack_base <= KERNEL_STACK_SIZE;
    return is_own_stack && (thread == processors[self].idle || trap_from_user(stopped_cpus[self].frame));
}

static void time_is_over(struct timer *timer) {
    (void)timer;
    scheduler_idle_call(processor_current());
}

static void idle_until(uint64_t deadline) {
    struct timer timer;
    timer_start(&timer, time_is_over);
    timer_arm(&timer, deadline);
    while (__atomic_load_n(&files.state, __ATOMIC_ACQUIRE) != REQUEST_ANSWERED && clock_now() < deadline)
        scheduler_idle_round();
    timer_disarm(&timer);
}

static void sleep_until(uint64_t deadline) {
    struct wait_for wait = {0, WAIT_DEBUGGER, 0, deadline};
    enum status status = STATUS_OK;
    lock_acquire(&files.lock);
    while (files.state != REQUEST_ANSWERED && status == STATUS_OK)
        status = wait_queue_sleep(&files.asker, &files.lock, &wait);
    lock_release(&files.lock);
}

static void request_make(void) {
    lock_acquire(&files.lock);
    files.state = REQUEST_MADE;
    wait_queue_wake_one(&files.server);
    lock_release(&files.lock);
}

static int64_t answer_get(void) {
    lock_acquire(&files.lock);
    int64_t answer = files.state == REQUEST_ANSWERED ? files.request.answer : -FILE_BUSY;
    files.state = REQUEST_NONE;
    lock_release(&files.lock);
    return answer;
}

// The machine runs meanwhile; the thread may come to another CPU.
static int64_t wait_for_answer(uint32_t self, struct trap_frame *frame) {
    bool is_idle = processors[self].current == processors[self].idle;
    files.idle_at = is_idle ? &processors[self] : 0;
    hold_lend(self);
    request_make();
    (is_idle ? idle_until : sleep_until)(clock_now() + ANSWER_NANOSECONDS);
    int64_t answer = answer_get();
    hold_take_back(frame);
    fault_move(self, processor_index());
    server.stop.processor = processor_index();
    return answer;
}

static int64_t ask(struct debugger_file_request *request) {
    uint32_t self = processor_index();
    if (!files.is_awaited || server.is_starting || machine.is_panicking || !can_wait(self))
        return -FILE_BUSY;
    request->sequence = files.request.sequence + 1;
    request->session = session;
    files.request = *request;
    return wait_for_answer(self, stopped_cpus[self].frame);
}

// ---- what GDB asks for ----

static int64_t ask_about_path(struct debugger_file_request *request, const char *path) {
    request->size = strlen(path);
    memcpy(files.data, path, request->size);
    return ask(request);
}

static size_t part_of(size_t size) {
    return size < sizeof(files.data) ? size : sizeof(files.data);
}

// GDB looks by itself for the file that each process is said to run.
static int64_t file_open(const char *path, uint32_t flags, uint32_t mode) {
    if (strcmp(path, KERNEL_FILE) == 0)
        return -FILE_NOT_FOUND;
    struct debugger_file_request request = {.operation = DEBUGGER_FILE_OPEN, .flags = flags, .mode = mode};
    return ask_about_path(&request, path);
}

static int64_t file_read(uint32_t file, uint64_t offset, void *to, size_t size) {
    struct debugger_file_request request = {
        .operation = DEBUGGER_FILE_READ, .file = file, .offset = offset, .size = part_of(size)};
    int64_t done = ask(&request);
    if (done > 0)
        memcpy(to, files.data, (size_t)done);
    return done;
}

static int64_t file_write(uint32_t file, uint64_t offset, const void *from, size_t size) {
    struct debugger_file_request request = {
        .operation = DEBUGGER_FILE_WRITE, .file = file, .offset = offset, .size = part_of(size)};
    memcpy(files.data, from, request.size);
    return ask(&request);
}

static int64_t file_status(uint32_t file, struct debug_file_status *status) {
    struct debugger_file_request request = {.operation = DEBUGGER_FILE_STATUS, .file = file};
    int64_t answer = ask(&request);
    struct debugger_file_status told;
    memcpy(&told, files.data, sizeof(told));
    if (answer >= 0)
        *status = (struct debug_file_status){.mode = told.mode, .changed = told.changed, .size = told.size};
    return answer;
}

static int64_t file_close(uint32_t file) {
    struct debugger_file_request request = {.operation = DEBUGGER_FILE_CLOSE, .file = file};
    return ask(&request);
}

static int64_t file_unlink(const char *path) {
    struct debugger_file_request request = {.operation = DEBUGGER_FILE_UNLINK};
    return ask_about_path(&request, path);
}

static void close_all(void) {
    session++; // the program closes them when it is asked next
}

const struct debug_files kernel_files = {
    .open = file_open,
    .read = file_read,
    .write = file_write,
    .status = file_status,
    .close = file_close,
    .unlink = file_unlink,
    .close_all = close_all,
};

static enum status start(void) {
    wait_queue_start(&files.server);
    wait_queue_start(&files.asker);
    return STATUS_OK;
}

SUBSYSTEM(debugger_files_subsystem) = {
    .name = "debugger's files",
    .start = start,
};
