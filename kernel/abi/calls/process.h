// System calls: processes.

// Starts a program in a process of its own, a child of the caller's; says the number that names it (all process
// rights) and its id. The caller gets EVENT_PROCESS when it ends.
// = BAD_IMAGE the image is no sound ELF64 program
// = NO_RIGHT a number lacks RIGHT_SEND; a user, limit or priority asked for is not the caller's to give
// = TOO_LARGE the start block is larger than START_BLOCK_MAX
CALL(16, process_spawn, VALUE(int32_t, number), (ADDRESS(const struct process_spawn) spawn, ADDRESS(uint32_t) process))

// Ends the calling process with all its threads. Does not return.
CALL(17, process_exit, NO_VALUE, (int32_t code))

// Ends another process. Needs RIGHT_KILL. One that has ended already is no error.
CALL(18, process_kill, NO_VALUE, (int32_t number, int32_t code))

// Waits for a process to end and tells how it ended. Needs RIGHT_WAIT. It may be asked again. The parent, who learns
// it so, is not told by EVENT_PROCESS any more: one that only waits gathers no events of its children.
// = TIMED_OUT, WOULD_WAIT it still runs
CALL(19, process_wait, NO_VALUE, (int32_t number, uint64_t deadline, ADDRESS(struct process_end) end))

// Makes a number for a process by its id: for its own user (or user 0) with all rights; for others to wait and read.
// = NOT_FOUND no such process
CALL(20, process_open, VALUE(int32_t, number), (uint32_t process))

// Sets a limit of a child's account; never above the caller's own. Needs RIGHT_MANAGE.
// = NO_RIGHT above the caller's own
CALL(21, process_set_limit, NO_VALUE, (int32_t number, uint32_t item, uint64_t limit))

// Stops a process with all its threads, or lets it go on (code 0). Needs RIGHT_KILL. `code` says why, and is told: libc's are signals. A thread
// stops where it would go on in its program: a call that it is in goes on, and answers when the process does. A stopped process is
// ended as any other, and goes on when its parent ends. One that is stopped already, goes on already or has ended is no error. The parent gets PAGE_TYPE_CHILD, as at an end.
CALL(156, process_stop, NO_VALUE, (int32_t number, int32_t code))

// As process_wait, and tells as well when the process is stopped or goes on (END_STOPPED, END_CONTINUED): the last of them, once.
// = TIMED_OUT, WOULD_WAIT nothing became of it
CALL(157, process_wait_change, NO_VALUE, (int32_t number, uint64_t deadline, ADDRESS(struct process_end) end))

// For a process and all that it started, those whose parents have ended too, parents first: the handler of this signal (kernel/abi/page.h) gets
// it; a process that has none, or every one where the type is 0, is dealt with as `effect` says (enum process_effect; `code` is told as by
// process_kill and process_stop). What goes on does so before its handler runs. None of those that are ended starts another meanwhile, so what
// starts others for ever is ended by one call. The process itself may have ended. Reaches those of the caller's own user, for user 0 all; says how many, without
// those that were ending already.
// = NOT_FOUND none of them is there, or all of them are ending
// = DENIED those that are there are not the caller's to reach
CALL(159, process_family, VALUE(uint32_t, count), (uint32_t process, uint32_t type, uint32_t effect, int32_t code))
