// What the kernel does where no debugger is linked into it: nothing.
#include "kernel/base/debugger.h"

bool debugger_wants_pages;

__attribute__((weak)) void debugger_start(void) {
}

__attribute__((weak)) void debugger_start_devices(void) {
}

__attribute__((weak)) bool debugger_trap(struct trap_frame *frame) {
    (void)frame;
    return false;
}

__attribute__((weak)) bool debugger_fault(struct trap_frame *frame) {
    (void)frame;
    return false;
}

__attribute__((weak)) bool debugger_enter(void) {
    return false;
}

__attribute__((weak)) bool debugger_panic_begins(void) {
    return false;
}

__attribute__((weak)) void debugger_panic_told(void) {
}

__attribute__((weak)) bool debugger_borrows_lock(struct lock *lock) {
    (void)lock;
    return false;
}

__attribute__((weak)) uint32_t debugger_ask(const struct trace_record *record, uint32_t options) {
    (void)record;
    (void)options;
    return 0;
}

__attribute__((weak)) void debugger_keep(const struct kept_operation *kept) {
    (void)kept; // nothing is ever kept
}

__attribute__((weak)) void debugger_page_came(void) {
}

__attribute__((weak)) enum status debugger_file_next(struct debugger_file_request *request, struct user_address data) {
    (void)request;
    (void)data;
    return STATUS_UNSUPPORTED;
}
