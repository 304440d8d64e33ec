// System calls: debugging a process (kernel/abi/debug.h).

// Becomes the debugger of a process; says the number. Nothing is stopped by it. `process` needs RIGHT_DEBUG.
// = BUSY the process has a debugger
// = DEADLOCK it is the caller's own process
// = PEER_DIED it has ended, or is about to
CALL(142, debug_attach, VALUE(int32_t, number), (int32_t process))

// As process_spawn, but says the number of the child's debugger, and the child stands before its first instruction.
CALL(143, debug_spawn, VALUE(int32_t, number), (ADDRESS(const struct process_spawn) spawn, ADDRESS(uint32_t) process))

// Has a thread stop (0: all, and those that are made from now on), wherever it is. Waits in system calls are not broken off.
// = NOT_FOUND the process has no such thread
CALL(144, debug_halt, NO_VALUE, (int32_t debugger, uint64_t thread))

// Lets a thread go on; its stop, if debug_next_stop has not taken it, is forgotten. Or all of them, but for those with such a stop.
// = NOT_FOUND the process has no such thread
// = INVALID_ARGUMENT no such action; a step of all
CALL(145, debug_resume, NO_VALUE, (int32_t debugger, ADDRESS(const struct debug_resume) resume))

// Takes the next stop that was not told yet.
// = NOTHING there is none
// = PEER_DIED the process has ended
CALL(146, debug_next_stop, NO_VALUE, (int32_t debugger, ADDRESS(struct process_stop) stop))

// Lists the process's threads with ids above `after`, lowest first. As object_list.
CALL(147, debug_threads, VALUE(size_t, count),
     (int32_t debugger, uint64_t after, ADDRESS(struct debugged_thread) list, size_t capacity))

// The registers of a thread that was halted; of one that waits in a system call those that it made the call with.
// = BUSY it runs
// = NOT_FOUND the process has no such thread
CALL(148, debug_registers_read, NO_VALUE,
     (int32_t debugger, uint64_t thread, ADDRESS(struct debug_registers) registers))

// Sets the registers of a thread that was halted. One that waits in a system call has it broken off first, to be made anew:
// = WOULD_WAIT that was done; it is halted soon
// = BUSY it runs, or waits for an answer that may be under way
// = NOT_FOUND the process has no such thread
CALL(149, debug_registers_write, NO_VALUE,
     (int32_t debugger, uint64_t thread, ADDRESS(const struct debug_registers) registers))

// Copies memory of the process, as it is without breakpoints; says how much could be.
// = BAD_ADDRESS not even the first byte
CALL(150, debug_memory_read, VALUE(size_t, done),
     (int32_t debugger, uint64_t address, ADDRESS(void) buffer, size_t size))

// Copies into the process, also where it may not write itself: there the page becomes its own. Says how much could be.
// = BAD_ADDRESS not even the first byte
// = NO_RIGHT it is memory that others write to and the process may only read
CALL(151, debug_memory_write, VALUE(size_t, done),
     (int32_t debugger, uint64_t address, ADDRESS(const void) buffer, size_t size))

// Sets a break or watch point for all threads of the process. One that is there is no error.
// = INVALID_ARGUMENT no such kind; a size that is not 1, 2, 4 or 8, or an address that is no multiple of it
// = LIMIT_REACHED no more of this kind are free
// = BAD_ADDRESS, NO_RIGHT as debug_memory_write
CALL(152, debug_break_set, NO_VALUE, (int32_t debugger, uint32_t kind, uint64_t address, uint64_t size))

// Takes it away. One that is not there is no error.
CALL(153, debug_break_clear, NO_VALUE, (int32_t debugger, uint32_t kind, uint64_t address, uint64_t size))

// What the process is.
CALL(154, debug_information, NO_VALUE, (int32_t debugger, ADDRESS(struct debug_information) information))

// Answers what the kernel's debugger asked for last, and waits for the next: while the machine stands a program does its work with
// files (GDB's remote get and put), and for that long the machine runs. `data` has room for DEBUGGER_FILE_SIZE bytes, and holds
// what goes with the answer, as many as it says (DEBUGGER_FILE_STATUS: one status). `machine` needs RIGHT_DEBUG.
// = BUSY another thread waits already
// = UNSUPPORTED this kernel has no debugger, or no line to talk with it by
CALL(162, debugger_file_next, NO_VALUE,
     (int32_t machine, ADDRESS(struct debugger_file_request) request, ADDRESS(void) data))
