// The table of all system calls for the argument tests. A new call needs a line here: a test counts them.
#include "tests/guest/argument_table.h"

#include "kernel/abi/debug.h"
#include "kernel/abi/event.h"
#include "kernel/abi/interface.h"
#include "kernel/abi/link.h"
#include "kernel/abi/machine.h"
#include "kernel/abi/memory.h"
#include "kernel/abi/message.h"
#include "kernel/abi/page.h"
#include "kernel/abi/pipe.h"
#include "kernel/abi/port.h"
#include "kernel/abi/process.h"
#include "kernel/abi/trace.h"

#define CALL(code, name, value, parameters) CODE_##name = code,
enum {
#include "kernel/abi/calls.h"
};
#undef CALL

#define ENTRY(call, after_call) .name = #call, .code = CODE_##call, .after = after_call
#define ANY(good_value)                                                                                                \
    { .class = PARAMETER_ANY, .good = good_value }
#define NUMBER(good_value, of_kind, right)                                                                             \
    { .class = PARAMETER_NUMBER, .good = good_value, .kind = of_kind, .detail = right }
#define MISSING(of_kind)                                                                                               \
    { .class = PARAMETER_MISSING, .good = GOOD_ZERO, .kind = of_kind }
#define POINTER(pointer_class, good_value, bytes)                                                                      \
    { .class = PARAMETER_##pointer_class, .good = good_value, .detail = bytes }
#define VALUE_OF(good_value, ...)                                                                                      \
    {                                                                                                                  \
        .class = PARAMETER_VALUE, .good = good_value, .wrong = { __VA_ARGS__ }                                         \
    }
#define NOT(value, status)                                                                                             \
    { value, STATUS_##status }

// A process id that is nobody's, a page that is not the program's, bits that mean nothing.
#define PROCESS_ID(good_value)                                                                                         \
    VALUE_OF(good_value, NOT(0, NOT_FOUND), NOT(UINT32_MAX, NOT_FOUND), NOT(1 << 30, NOT_FOUND))
#define PLACE(good_value)                                                                                              \
    VALUE_OF(good_value, NOT(0xffff800000000000, INVALID_ARGUMENT), NOT(0x0000800000000000, INVALID_ARGUMENT),         \
             NOT(UINT64_MAX - PAGE_SIZE + 1, INVALID_ARGUMENT), NOT(0x200000000001, INVALID_ARGUMENT))
#define BITS_ABOVE(good_value, first_unknown)                                                                          \
    VALUE_OF(good_value, NOT(first_unknown, INVALID_ARGUMENT), NOT(1u << 31, INVALID_ARGUMENT),                        \
             NOT(UINT32_MAX, INVALID_ARGUMENT))
#define ONE_OF(good_value, too_high)                                                                                   \
    VALUE_OF(good_value, NOT(too_high, INVALID_ARGUMENT), NOT(UINT32_MAX, INVALID_ARGUMENT),                           \
             NOT(0x80000000, INVALID_ARGUMENT))
#define LENGTH(good_value, status)                                                                                     \
    VALUE_OF(good_value, NOT(UINT64_MAX, status), NOT(UINT64_C(1) << 63, status), NOT(UINT64_C(1) << 48, status))
#define PROTECTION                                                                                                     \
    VALUE_OF(GOOD_WRITE, NOT(8, INVALID_ARGUMENT), NOT(UINT32_MAX, INVALID_ARGUMENT),                                  \
             NOT(PROTECTION_WRITE | PROTECTION_EXECUTE, INVALID_ARGUMENT), NOT(7, INVALID_ARGUMENT))
#define DEBUGGER(right) NUMBER(GOOD_DEBUGGER, OBJECT_DEBUGGER, right)
#define DEBUGGED_THREAD VALUE_OF(GOOD_DEBUGGED, NOT(1, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND))
#define DEBUGGED_PLACE                                                                                                 \
    VALUE_OF(GOOD_DEBUGGED_PLACE, NOT(0, BAD_ADDRESS), NOT(0x1000, BAD_ADDRESS), NOT(0x7ffffffff000, BAD_ADDRESS),     \
             NOT(0xffff800000000000, BAD_ADDRESS), NOT(0xffffffffffffffff, BAD_ADDRESS))
#define POINT_SIZE                                                                                                     \
    VALUE_OF(GOOD_ONE, NOT(0, INVALID_ARGUMENT), NOT(3, INVALID_ARGUMENT), NOT(16, INVALID_ARGUMENT),                  \
             NOT(UINT64_MAX, INVALID_ARGUMENT))

const struct argument_entry argument_table[] = {
    {ENTRY(null_call, NOTHING_TO_UNDO), 0},
    {ENTRY(clock_read, NOTHING_TO_UNDO), 0},
    {ENTRY(log_write, NOTHING_TO_UNDO), 2, {POINTER(IN, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, TOO_LARGE)}},
    {ENTRY(log_read, NOTHING_TO_UNDO),
     3,
     {POINTER(OUT, GOOD_PAGE_ADDRESS, 8), POINTER(OUT, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, BAD_ADDRESS)}},
    {ENTRY(machine_information, NOTHING_TO_UNDO), 1, {POINTER(OUT, GOOD_BUFFER, sizeof(struct machine_information))}},
    {ENTRY(machine_power, NEVER_CALLED_WELL), 2, {MISSING(OBJECT_MACHINE), ANY(GOOD_POWER_OFF)}},
    {ENTRY(random_read, NOTHING_TO_UNDO), 2, {POINTER(OUT, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, TOO_LARGE)}},
    {ENTRY(machine_debug, NEVER_CALLED_WELL), 1, {MISSING(OBJECT_MACHINE)}},

    {ENTRY(number_close, NEVER_CALLED_WELL), 1, {NUMBER(GOOD_PIPE, OBJECT_ANY, 0)}},
    {ENTRY(number_copy, CLOSE_VALUE), 2, {NUMBER(GOOD_PIPE, OBJECT_ANY, RIGHT_COPY), ANY(GOOD_ONE)}},
    {ENTRY(number_information, NOTHING_TO_UNDO),
     2,
     {NUMBER(GOOD_PIPE, OBJECT_ANY, 0), POINTER(OUT, GOOD_BUFFER, sizeof(struct number_information))}},
    {ENTRY(object_list, NOTHING_TO_UNDO),
     4,
     {ONE_OF(GOOD_ZERO, OBJECT_KIND_COUNT), ANY(GOOD_ZERO),
      POINTER(OUT, GOOD_BUFFER, sizeof(struct object_information)), LENGTH(GOOD_ONE, BAD_ADDRESS)}},
    {ENTRY(object_describe, NOTHING_TO_UNDO),
     3,
     {VALUE_OF(GOOD_OBJECT_ID, NOT(0, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND), NOT(UINT64_C(1) << 40, NOT_FOUND)),
      POINTER(OUT, GOOD_BUFFER, 32), VALUE_OF(GOOD_PAGE, NOT(0, TOO_SMALL))}},
    {ENTRY(wait_list, NOTHING_TO_UNDO),
     3,
     {ANY(GOOD_ZERO), POINTER(OUT, GOOD_BUFFER, sizeof(struct wait_information)), LENGTH(GOOD_ONE, BAD_ADDRESS)}},
    {ENTRY(process_list, NOTHING_TO_UNDO),
     3,
     {ANY(GOOD_ZERO), POINTER(OUT, GOOD_BUFFER, sizeof(struct process_information)), LENGTH(GOOD_ONE, BAD_ADDRESS)}},
    {ENTRY(account_read, NOTHING_TO_UNDO),
     2,
     {PROCESS_ID(GOOD_SELF), POINTER(OUT, GOOD_BUFFER, sizeof(struct account_information))}},

    {ENTRY(process_spawn, NEVER_CALLED_WELL),
     2,
     {POINTER(IN, GOOD_SPAWN, sizeof(struct process_spawn)), POINTER(OUT_NULL, GOOD_BUFFER, 4)}},
    {ENTRY(process_exit, NEVER_CALLED_WELL), 1, {ANY(GOOD_ZERO)}},
    {ENTRY(process_kill, NOTHING_TO_UNDO), 2, {NUMBER(GOOD_PROCESS, OBJECT_PROCESS, RIGHT_KILL), ANY(GOOD_ZERO)}},
    {ENTRY(process_wait, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_PROCESS, OBJECT_PROCESS, RIGHT_WAIT), ANY(GOOD_ZERO),
      POINTER(OUT_NULL, GOOD_BUFFER, sizeof(struct process_end))}},
    {ENTRY(process_open, CLOSE_VALUE), 1, {PROCESS_ID(GOOD_SELF)}},
    {ENTRY(process_set_limit, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_LIVING, OBJECT_PROCESS, RIGHT_MANAGE), ONE_OF(GOOD_THREADS_ITEM, ACCOUNT_ITEM_COUNT),
      VALUE_OF(GOOD_LIMIT, NOT(UINT64_MAX, NO_RIGHT))}},

    {ENTRY(thread_create, NEVER_CALLED_WELL), 1, {POINTER(IN, GOOD_THREAD_PLAN, sizeof(struct thread_create))}},
    {ENTRY(thread_exit, NEVER_CALLED_WELL), 0},
    {ENTRY(thread_wait, NEVER_CALLED_WELL), 2, {NUMBER(GOOD_THREAD, OBJECT_THREAD, RIGHT_WAIT), ANY(GOOD_ZERO)}},
    {ENTRY(thread_yield, NOTHING_TO_UNDO), 0},
    {ENTRY(thread_sleep, NOTHING_TO_UNDO), 1, {ANY(GOOD_ZERO)}},
    {ENTRY(thread_set_pointer, NOTHING_TO_UNDO),
     1,
     {VALUE_OF(GOOD_THREAD_POINTER, NOT(0xffff800000000000, BAD_ADDRESS), NOT(0x0000800000000000, BAD_ADDRESS),
               NOT(UINT64_MAX, BAD_ADDRESS))}},
    {ENTRY(thread_set_priority, NOTHING_TO_UNDO),
     2,
     {NUMBER(GOOD_THREAD, OBJECT_THREAD, RIGHT_MANAGE), ONE_OF(GOOD_PRIORITY, PRIORITY_MAX + 1)}},
    {ENTRY(futex_wait, NEVER_CALLED_WELL), 3, {POINTER(WORD, GOOD_BUFFER, 4), ANY(GOOD_ZERO), ANY(GOOD_ZERO)}},
    {ENTRY(futex_wake, NOTHING_TO_UNDO), 2, {POINTER(WORD, GOOD_BUFFER, 4), ANY(GOOD_ONE)}},

    {ENTRY(memory_map, UNMAP_VALUE),
     4,
     {ANY(GOOD_ZERO),
      VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT),
               NOT(UINT64_C(1) << 48, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_WRITE, NOT(8, INVALID_ARGUMENT), NOT(UINT32_MAX, INVALID_ARGUMENT),
               NOT(PROTECTION_WRITE | PROTECTION_EXECUTE, INVALID_ARGUMENT), NOT(PROTECTION_EXECUTE, INVALID_ARGUMENT)),
      BITS_ABOVE(GOOD_ZERO, 1 << 3)}},
    {ENTRY(memory_unmap, NEVER_CALLED_WELL),
     2,
     {PLACE(GOOD_PAGE_ADDRESS), VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT),
                                         NOT(UINT64_C(1) << 47, INVALID_ARGUMENT))}},
    {ENTRY(memory_protect, NOTHING_TO_UNDO),
     3,
     {PLACE(GOOD_PAGE_ADDRESS),
      VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT),
               NOT(UINT64_C(1) << 47, INVALID_ARGUMENT)),
      PROTECTION}},
    {ENTRY(shared_create, CLOSE_VALUE),
     1,
     {VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(UINT64_MAX, TOO_LARGE), NOT(UINT64_C(1) << 62, TOO_LARGE))}},
    {ENTRY(shared_map, UNMAP_VALUE),
     6,
     {NUMBER(GOOD_MEMORY, OBJECT_SHARED_MEMORY, RIGHT_READ | RIGHT_WRITE),
      VALUE_OF(GOOD_ZERO, NOT(1, INVALID_ARGUMENT), NOT(2 * PAGE_SIZE, INVALID_ARGUMENT),
               NOT(UINT64_MAX - PAGE_SIZE + 1, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(3 * PAGE_SIZE, INVALID_ARGUMENT),
               NOT(UINT64_MAX, INVALID_ARGUMENT)),
      PROTECTION, ANY(GOOD_ZERO), BITS_ABOVE(GOOD_ZERO, 1 << 3)}},
    {ENTRY(shared_size, NOTHING_TO_UNDO), 1, {NUMBER(GOOD_MEMORY, OBJECT_SHARED_MEMORY, 0)}},
    {ENTRY(shared_seal, NEVER_CALLED_WELL), 1, {NUMBER(GOOD_MEMORY, OBJECT_SHARED_MEMORY, RIGHT_MANAGE)}},
    {ENTRY(shared_offer, NEVER_CALLED_WELL),
     3,
     {NUMBER(GOOD_MEMORY, OBJECT_SHARED_MEMORY, RIGHT_SEND), PROCESS_ID(GOOD_SELF), ANY(GOOD_ONE)}},
    {ENTRY(shared_accept, NEVER_CALLED_WELL),
     1,
     {VALUE_OF(GOOD_ZERO, NOT(0, NOT_FOUND), NOT(77777, NOT_FOUND), NOT(UINT32_MAX, NOT_FOUND))}},
    {ENTRY(shared_refuse, NEVER_CALLED_WELL),
     1,
     {VALUE_OF(GOOD_ZERO, NOT(0, NOT_FOUND), NOT(77777, NOT_FOUND), NOT(UINT32_MAX, NOT_FOUND))}},

    {ENTRY(range_create, NEVER_CALLED_WELL),
     4,
     {MISSING(OBJECT_MACHINE), ANY(GOOD_ONE), ANY(GOOD_PAGE), ANY(GOOD_PAGE)}},
    {ENTRY(range_map, NEVER_CALLED_WELL), 4, {MISSING(OBJECT_RANGE), ANY(GOOD_ZERO), ANY(GOOD_PAGE), ANY(GOOD_ZERO)}},
    {ENTRY(range_open, NEVER_CALLED_WELL), 1, {MISSING(OBJECT_RANGE)}},
    {ENTRY(interrupt_create, NEVER_CALLED_WELL), 2, {MISSING(OBJECT_MACHINE), ANY(GOOD_ONE)}},
    {ENTRY(interrupt_bind, NEVER_CALLED_WELL), 1, {MISSING(OBJECT_INTERRUPT)}},
    {ENTRY(interrupt_acknowledge, NEVER_CALLED_WELL), 1, {MISSING(OBJECT_INTERRUPT)}},
    {ENTRY(timer_create, CLOSE_VALUE), 0},
    {ENTRY(timer_set, NEVER_CALLED_WELL),
     3,
     {NUMBER(GOOD_TIMER, OBJECT_TIMER, 0), ANY(GOOD_ZERO),
      VALUE_OF(GOOD_INTERVAL, NOT(1, INVALID_ARGUMENT), NOT(9999, INVALID_ARGUMENT))}},

    {ENTRY(event_wait, NEVER_CALLED_WELL), 1, {ANY(GOOD_ZERO)}},
    {ENTRY(event_get, NEVER_CALLED_WELL),
     2,
     {POINTER(OUT, GOOD_BUFFER, sizeof(EVENT)), POINTER(OUT_NULL, GOOD_BUFFER, sizeof(struct event_source))}},
    {ENTRY(event_send, TAKE_EVENT),
     4,
     {PROCESS_ID(GOOD_SELF), POINTER(IN, GOOD_EVENT, sizeof(EVENT)), ANY(GOOD_ZERO), ANY(GOOD_ZERO)}},
    {ENTRY(event_watch, NEVER_CALLED_WELL),
     3,
     {NUMBER(GOOD_PIPE, OBJECT_ANY, RIGHT_WAIT), BITS_ABOVE(GOOD_CLOSED_WATCH, 1 << 3), ANY(GOOD_ONE)}},
    {ENTRY(gate_set, NOTHING_TO_UNDO), 2, {ONE_OF(GOOD_EVENT_GATE, GATE_KIND_COUNT), ANY(GOOD_ZERO)}},
    {ENTRY(gate_read, NOTHING_TO_UNDO), 2, {PROCESS_ID(GOOD_SELF), ONE_OF(GOOD_EVENT_GATE, GATE_KIND_COUNT)}},
    {ENTRY(gate_change, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_LIVING, OBJECT_PROCESS, RIGHT_MANAGE), ONE_OF(GOOD_EVENT_GATE, GATE_KIND_COUNT), ANY(GOOD_ZERO)}},

    {ENTRY(message_send, SCRAP_VALUE),
     5,
     {PROCESS_ID(GOOD_SELF), POINTER(IN, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, TOO_LARGE),
      POINTER(IN_NULL, GOOD_ZERO, sizeof(struct message_options)), ANY(GOOD_ZERO)}},
    {ENTRY(message_wait, NOTHING_TO_UNDO),
     3,
     {POINTER(IN_NULL, GOOD_ZERO, sizeof(struct message_filter)),
      POINTER(OUT, GOOD_BUFFER, sizeof(struct message_information)), ANY(GOOD_ZERO)}},
    {ENTRY(message_receive, NEVER_CALLED_WELL),
     4,
     {VALUE_OF(GOOD_MESSAGE, NOT(0, NOTHING), NOT(UINT32_MAX, NOTHING)), POINTER(OUT, GOOD_BUFFER, 16),
      VALUE_OF(GOOD_SMALL_SIZE, NOT(0, TOO_SMALL), NOT(15, TOO_SMALL)),
      POINTER(OUT_NULL, GOOD_ZERO, sizeof(struct message_information))}},
    {ENTRY(message_next, NEVER_CALLED_WELL),
     4,
     {POINTER(OUT, GOOD_BUFFER, 16), VALUE_OF(GOOD_SMALL_SIZE, NOT(0, TOO_SMALL), NOT(15, TOO_SMALL)),
      POINTER(OUT_NULL, GOOD_ZERO, sizeof(struct message_information)), ANY(GOOD_ZERO)}},
    {ENTRY(message_scrap, NEVER_CALLED_WELL), 1, {VALUE_OF(GOOD_MESSAGE, NOT(0, NOTHING), NOT(UINT32_MAX, NOTHING))}},

    {ENTRY(pipe_create, CLOSE_PLANNED), 1, {POINTER(OUT, GOOD_PIPE_PLAN, sizeof(struct pipe_create))}},
    {ENTRY(pipe_write, READ_PIPE),
     4,
     {NUMBER(GOOD_PIPE, OBJECT_PIPE_END, RIGHT_WRITE), POINTER(IN, GOOD_BUFFER, 16),
      LENGTH(GOOD_SMALL_SIZE, BAD_ADDRESS), ANY(GOOD_ZERO)}},
    {ENTRY(pipe_read, NEVER_CALLED_WELL),
     4,
     {NUMBER(GOOD_PIPE, OBJECT_PIPE_END, RIGHT_READ), POINTER(OUT, GOOD_BUFFER, 16),
      LENGTH(GOOD_SMALL_SIZE, BAD_ADDRESS), ANY(GOOD_ZERO)}},
    {ENTRY(pipe_pending, NOTHING_TO_UNDO), 1, {NUMBER(GOOD_PIPE, OBJECT_PIPE_END, 0)}},

    {ENTRY(page_send, NOTHING_TO_UNDO),
     6,
     {PROCESS_ID(GOOD_SELF), VALUE_OF(GOOD_HANDLED, NOT(0, INVALID_ARGUMENT), NOT(0x7777, NOT_FOUND)), ANY(GOOD_ZERO),
      VALUE_OF(GOOD_ZERO, NOT(UINT64_MAX, TOO_LARGE), NOT(PAGE_SEND_MAX + 1, TOO_LARGE), NOT(2, DENIED)),
      BITS_ABOVE(GOOD_ZERO, PAGE_FLAGS + 1), ANY(GOOD_ZERO)}},
    {ENTRY(page_free, NEVER_CALLED_WELL),
     2,
     {PLACE(GOOD_PAGE_ADDRESS),
      VALUE_OF(GOOD_ONE, NOT(0, INVALID_ARGUMENT), NOT(1, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND))}},
    {ENTRY(page_handler, CLOSE_VALUE),
     5,
     {VALUE_OF(GOOD_UNHANDLED, NOT(0, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_FUNCTION, NOT(0xffff800000000000, BAD_ADDRESS), NOT(UINT64_MAX, BAD_ADDRESS)),
      VALUE_OF(GOOD_ZERO, NOT(PAGE_SIZE, INVALID_ARGUMENT), NOT(1, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_ZERO, NOT(PAGE_WINDOW_MAX + 1, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT)),
      BITS_ABOVE(GOOD_ZERO, 2)}},
    {ENTRY(page_handler_remove, NEVER_CALLED_WELL),
     2,
     {NUMBER(GOOD_HANDLER, OBJECT_PAGE_HANDLER, RIGHT_MANAGE), ANY(GOOD_ZERO)}},
    {ENTRY(upcall_set, NEVER_CALLED_WELL),
     3,
     {VALUE_OF(GOOD_UPCALL_ENTRY, NOT(0xffff800000000000, BAD_ADDRESS), NOT(UINT64_MAX, BAD_ADDRESS)),
      VALUE_OF(GOOD_PAGE_ADDRESS, NOT(8, INVALID_ARGUMENT), NOT(0xffff800000000000, BAD_ADDRESS)),
      VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(8, INVALID_ARGUMENT), NOT(UINT64_MAX - 15, INVALID_ARGUMENT))}},
    {ENTRY(upcall_mask, NOTHING_TO_UNDO), 1, {ANY(GOOD_ZERO)}},
    {ENTRY(upcall_return, NEVER_CALLED_WELL), 2, {ANY(GOOD_ZERO), BITS_ABOVE(GOOD_ZERO, 4)}},
    {ENTRY(upcall_wait, NEVER_CALLED_WELL), 3, {ANY(GOOD_ZERO), BITS_ABOVE(GOOD_ZERO, 2), ANY(GOOD_ZERO)}},

    {ENTRY(interface_register, CLOSE_VALUE), 1, {POINTER(IN, GOOD_INTERFACE, sizeof(struct interface_register))}},
    {ENTRY(interface_request, RELEASE_VALUE),
     3,
     {VALUE_OF(GOOD_INTERFACE_ID, NOT(0, INVALID_ARGUMENT), NOT(0xffff, INVALID_ARGUMENT), NOT(0x2fee, NOT_FOUND)),
      VALUE_OF(GOOD_ONE, NOT(0, INVALID_ARGUMENT), NOT(0x10001, INVALID_ARGUMENT), NOT(2, NOT_FOUND)),
      BITS_ABOVE(GOOD_ZERO, 1 << 2)}},
    {ENTRY(interface_release, NEVER_CALLED_WELL),
     1,
     {VALUE_OF(GOOD_INTERFACE_PAGES, NOT(0, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND),
               NOT(0xffff800000000000, NOT_FOUND))}},
    {ENTRY(interface_ring, TAKE_EVENT),
     1,
     {VALUE_OF(GOOD_INTERFACE_PAGES, NOT(0, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND),
               NOT(0xffff800000000000, NOT_FOUND))}},
    {ENTRY(interface_map, UNMAP_VALUE),
     2,
     {NUMBER(GOOD_INTERFACE_CLIENT, OBJECT_INTERFACE_CLIENT, 0),
      POINTER(OUT, GOOD_BUFFER, sizeof(struct interface_client_information))}},
    {ENTRY(interface_list, NOTHING_TO_UNDO),
     3,
     {ANY(GOOD_ZERO), POINTER(OUT, GOOD_BUFFER, sizeof(struct interface_information)), LENGTH(GOOD_ONE, BAD_ADDRESS)}},
    {ENTRY(interface_name_create, NEVER_CALLED_WELL), 2, {MISSING(OBJECT_MACHINE), ANY(GOOD_ONE)}},

    {ENTRY(upcall_pending, NOTHING_TO_UNDO), 0},

    {ENTRY(link_create, CLOSE_LINKED), 1, {POINTER(OUT, GOOD_LINK_PLAN, sizeof(struct link_create))}},
    {ENTRY(link_read, NOTHING_TO_UNDO),
     2,
     {NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_READ), POINTER(OUT, GOOD_BUFFER, LINK_SIZE)}},
    {ENTRY(link_write, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_WRITE), POINTER(IN, GOOD_BUFFER, LINK_SIZE),
      VALUE_OF(GOOD_ONE, NOT(LINK_NO_WAKE, INVALID_ARGUMENT), NOT(4, INVALID_ARGUMENT),
               NOT(UINT32_MAX, INVALID_ARGUMENT))}},
    {ENTRY(link_signal, NOTHING_TO_UNDO), 1, {NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_WRITE)}},
    {ENTRY(link_poll, NEVER_CALLED_WELL), 2, {NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_WAIT), ANY(GOOD_ZERO)}},
    {ENTRY(link_poll_several, NEVER_CALLED_WELL),
     3,
     {POINTER(OUT, GOOD_LINK_LIST, sizeof(struct link_ready)),
      VALUE_OF(GOOD_ONE, NOT(0, INVALID_ARGUMENT), NOT(LINK_POLL_MAX + 1, INVALID_ARGUMENT),
               NOT(UINT64_MAX, INVALID_ARGUMENT)),
      ANY(GOOD_ZERO)}},
    {ENTRY(link_poll_all, NEVER_CALLED_WELL),
     4,
     {VALUE_OF(GOOD_TASK_POLL, NOT(0, INVALID_ARGUMENT), NOT(4, INVALID_ARGUMENT), NOT(UINT32_MAX, INVALID_ARGUMENT)),
      POINTER(OUT, GOOD_BUFFER, sizeof(struct link_ready)), VALUE_OF(GOOD_ONE, NOT(0, INVALID_ARGUMENT)),
      ANY(GOOD_ZERO)}},
    {ENTRY(link_call, NEVER_CALLED_WELL),
     3,
     {NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_READ | RIGHT_WRITE | RIGHT_WAIT), POINTER(IN, GOOD_BUFFER, LINK_SIZE),
      ANY(GOOD_ZERO)}},
    {ENTRY(listener_create, CLOSE_VALUE), 1, {BITS_ABOVE(GOOD_ZERO, 1 << 1)}},
    {ENTRY(listener_push, NEVER_CALLED_WELL),
     2,
     {NUMBER(GOOD_LISTENER, OBJECT_LISTENER, RIGHT_WRITE), NUMBER(GOOD_LINK, OBJECT_LINK, RIGHT_SEND)}},
    {ENTRY(link_connect, NEVER_CALLED_WELL),
     2,
     {POINTER(IN, GOOD_CONNECT, sizeof(struct link_connect)), ANY(GOOD_ZERO)}},
    {ENTRY(interrupt_link, NEVER_CALLED_WELL), 2, {MISSING(OBJECT_INTERRUPT), ANY(GOOD_ONE)}},

    {ENTRY(pager_create, NEVER_CALLED_WELL), 1, {POINTER(IN, GOOD_PAGER_PLAN, sizeof(struct pager_create))}},
    {ENTRY(pager_supply, NEVER_CALLED_WELL),
     3,
     {NUMBER(GOOD_PAGED, OBJECT_SHARED_MEMORY, RIGHT_MANAGE),
      VALUE_OF(GOOD_ONE, NOT(2, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT)),
      POINTER(IN, GOOD_PAGE_ADDRESS, PAGE_SIZE)}},
    {ENTRY(pager_refuse, NOTHING_TO_UNDO),
     2,
     {NUMBER(GOOD_PAGED, OBJECT_SHARED_MEMORY, RIGHT_MANAGE),
      VALUE_OF(GOOD_ONE, NOT(2, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT))}},
    {ENTRY(pager_fetch, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_PAGED, OBJECT_SHARED_MEMORY, RIGHT_MANAGE),
      VALUE_OF(GOOD_ONE, NOT(2, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT)),
      POINTER(OUT, GOOD_PAGE_ADDRESS, PAGE_SIZE)}},

    {ENTRY(port_create, CLOSE_PLANNED), 1, {POINTER(OUT, GOOD_PORT_PLAN, sizeof(struct port_create))}},
    {ENTRY(port_open, CLOSE_VALUE),
     3,
     {PROCESS_ID(GOOD_SELF), VALUE_OF(GOOD_ZERO, NOT(1, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND)), ANY(GOOD_ZERO)}},
    {ENTRY(port_send, TAKE_SENT),
     4,
     {NUMBER(GOOD_ENTRY, OBJECT_PORT_ENTRY, RIGHT_WRITE), POINTER(IN, GOOD_BUFFER, ARGUMENT_PORT_SIZE),
      POINTER(IN_NULL, GOOD_ZERO, sizeof(struct port_cargo)), ANY(GOOD_ZERO)}},
    {ENTRY(port_receive, NEVER_CALLED_WELL),
     4,
     {NUMBER(GOOD_PORT, OBJECT_PORT, RIGHT_READ), POINTER(OUT, GOOD_BUFFER, ARGUMENT_PORT_SIZE),
      POINTER(OUT_NULL, GOOD_ZERO, sizeof(struct port_information)), ANY(GOOD_ZERO)}},
    {ENTRY(port_call, NEVER_CALLED_WELL),
     4,
     {NUMBER(GOOD_ENTRY, OBJECT_PORT_ENTRY, RIGHT_WRITE), POINTER(IN, GOOD_BUFFER, ARGUMENT_PORT_SIZE),
      POINTER(IN_NULL, GOOD_ZERO, sizeof(struct port_cargo)), ANY(GOOD_ZERO)}},
    {ENTRY(port_reply, NEVER_CALLED_WELL),
     4,
     {NUMBER(GOOD_PORT, OBJECT_PORT, RIGHT_READ),
      VALUE_OF(GOOD_PORT_ID, NOT(0, NOT_FOUND), NOT(1, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND)),
      POINTER(IN, GOOD_BUFFER, ARGUMENT_PORT_SIZE), POINTER(IN_NULL, GOOD_ZERO, sizeof(struct port_cargo))}},
    {ENTRY(port_reply_receive, NEVER_CALLED_WELL),
     5,
     {NUMBER(GOOD_PORT, OBJECT_PORT, RIGHT_READ),
      VALUE_OF(GOOD_PORT_ID, NOT(0, NOT_FOUND), NOT(1, NOT_FOUND), NOT(UINT64_MAX, NOT_FOUND)),
      POINTER(IN, GOOD_BUFFER, ARGUMENT_PORT_SIZE), ANY(GOOD_ZERO), ANY(GOOD_ZERO)}},

    {ENTRY(swap_begin, NEVER_CALLED_WELL), 2, {MISSING(OBJECT_MACHINE), ANY(GOOD_PAGED)}},
    {ENTRY(swap_out, NEVER_CALLED_WELL),
     2,
     {NUMBER(GOOD_PAGED, OBJECT_SHARED_MEMORY, RIGHT_MANAGE), ANY(GOOD_PAGE_ADDRESS)}},
    {ENTRY(swap_answer, NEVER_CALLED_WELL), 2, {NUMBER(GOOD_PAGED, OBJECT_SHARED_MEMORY, RIGHT_MANAGE), ANY(GOOD_ONE)}},

    {ENTRY(port_window, UNMAP_VALUE),
     3,
     {VALUE_OF(GOOD_PORT, NOT(NUMBER_INDEX_MAX, BAD_NUMBER), NOT(UINT32_MAX, BAD_NUMBER)),
      VALUE_OF(GOOD_ZERO, NOT(PAGE_SIZE, INVALID_ARGUMENT), NOT(1, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_ONE, NOT(PAGE_WINDOW_MAX + 1, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT))}},

    {ENTRY(trace_open, CLOSE_VALUE), 0},
    {ENTRY(trace_read, NOTHING_TO_UNDO),
     4,
     {NUMBER(GOOD_TRACE, OBJECT_TRACE, RIGHT_READ), POINTER(OUT, GOOD_PAGE_ADDRESS, sizeof(struct trace_position)),
      POINTER(OUT, GOOD_BUFFER, sizeof(struct trace_record)), LENGTH(GOOD_ONE, BAD_ADDRESS)}},

    {ENTRY(debug_attach, NEVER_CALLED_WELL), 1, {NUMBER(GOOD_LIVING, OBJECT_PROCESS, RIGHT_DEBUG)}},
    {ENTRY(debug_spawn, NEVER_CALLED_WELL),
     2,
     {POINTER(IN, GOOD_SPAWN, sizeof(struct process_spawn)), POINTER(OUT_NULL, GOOD_BUFFER, 4)}},
    {ENTRY(debug_halt, NOTHING_TO_UNDO), 2, {DEBUGGER(RIGHT_MANAGE), DEBUGGED_THREAD}},
    {ENTRY(debug_resume, NEVER_CALLED_WELL),
     2,
     {DEBUGGER(RIGHT_MANAGE), POINTER(IN, GOOD_RESUME, sizeof(struct debug_resume))}},
    {ENTRY(debug_next_stop, NOTHING_TO_UNDO),
     2,
     {DEBUGGER(RIGHT_READ), POINTER(OUT, GOOD_BUFFER, sizeof(struct process_stop))}},
    {ENTRY(debug_threads, NOTHING_TO_UNDO),
     4,
     {DEBUGGER(RIGHT_READ), ANY(GOOD_ZERO), POINTER(OUT, GOOD_BUFFER, sizeof(struct debugged_thread)),
      LENGTH(GOOD_ONE, BAD_ADDRESS)}},
    {ENTRY(debug_registers_read, NOTHING_TO_UNDO),
     3,
     {DEBUGGER(RIGHT_READ), DEBUGGED_THREAD, POINTER(OUT, GOOD_BUFFER, sizeof(struct debug_registers))}},
    {ENTRY(debug_registers_write, NEVER_CALLED_WELL),
     3,
     {DEBUGGER(RIGHT_WRITE), DEBUGGED_THREAD, POINTER(IN, GOOD_BUFFER, sizeof(struct debug_registers))}},
    {ENTRY(debug_memory_read, NOTHING_TO_UNDO),
     4,
     {DEBUGGER(RIGHT_READ), DEBUGGED_PLACE, POINTER(OUT, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, BAD_ADDRESS)}},
    {ENTRY(debug_memory_write, NOTHING_TO_UNDO),
     4,
     {DEBUGGER(RIGHT_WRITE), DEBUGGED_PLACE, POINTER(IN, GOOD_BUFFER, 16), LENGTH(GOOD_SMALL_SIZE, BAD_ADDRESS)}},
    {ENTRY(debug_break_set, NOTHING_TO_UNDO),
     4,
     {DEBUGGER(RIGHT_MANAGE), ONE_OF(GOOD_ZERO, DEBUG_BREAK_KINDS), DEBUGGED_PLACE, POINT_SIZE}},
    {ENTRY(debug_break_clear, NOTHING_TO_UNDO),
     4,
     {DEBUGGER(RIGHT_MANAGE), ONE_OF(GOOD_ZERO, DEBUG_BREAK_KINDS), ANY(GOOD_DEBUGGED_PLACE), POINT_SIZE}},
    {ENTRY(debug_information, NOTHING_TO_UNDO),
     2,
     {DEBUGGER(RIGHT_READ), POINTER(OUT, GOOD_BUFFER, sizeof(struct debug_information))}},
    {ENTRY(shared_drop, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_MEMORY, OBJECT_SHARED_MEMORY, RIGHT_MANAGE),
      VALUE_OF(GOOD_ZERO, NOT(1, INVALID_ARGUMENT), NOT(UINT64_MAX - PAGE_SIZE + 1, INVALID_ARGUMENT)),
      VALUE_OF(GOOD_PAGE, NOT(0, INVALID_ARGUMENT), NOT(1, INVALID_ARGUMENT), NOT(UINT64_MAX, INVALID_ARGUMENT))}},
    {ENTRY(process_stop, NOTHING_TO_UNDO), 2, {NUMBER(GOOD_PROCESS, OBJECT_PROCESS, RIGHT_KILL), ANY(GOOD_ZERO)}},
    {ENTRY(process_wait_change, NOTHING_TO_UNDO),
     3,
     {NUMBER(GOOD_PROCESS, OBJECT_PROCESS, RIGHT_WAIT), ANY(GOOD_ZERO),
      POINTER(OUT_NULL, GOOD_BUFFER, sizeof(struct process_end))}},
};

const uint32_t argument_table_size = sizeof(argument_table) / sizeof(argument_table[0]);
