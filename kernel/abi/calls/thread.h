// System calls: threads.

// Starts a thread in the calling process; says its number.
CALL(24, thread_create, VALUE(int32_t, number), (ADDRESS(const struct thread_create) parameters))

// Ends the calling thread; with the last one the process ends (code 0). Does not return.
CALL(25, thread_exit, NO_VALUE, (void))

// Waits until a thread has ended. Needs RIGHT_WAIT.
CALL(26, thread_wait, NO_VALUE, (int32_t number, uint64_t deadline))

// Lets other threads of the same priority run first.
CALL(27, thread_yield, NO_VALUE, (void))

// Sleeps until the deadline.
// = OK it passed
CALL(28, thread_sleep, NO_VALUE, (uint64_t deadline))

// Sets the calling thread's pointer to its thread-local storage (fs base).
CALL(29, thread_set_pointer, NO_VALUE, (uint64_t address))

// Sets the base priority of a thread, or of the caller (number 0): at most its process's own at start. RIGHT_MANAGE.
// = NO_RIGHT above that
CALL(30, thread_set_priority, NO_VALUE, (int32_t number, uint32_t priority))

// Sleeps while the word at `address` holds `expected`; the check and the sleep are one step towards futex_wake.
// Threads of several processes meet where they share the memory. May return early with OK: check the word again.
// = NOTHING the word held something else
// = PEER_DIED it is a word of an interface's pages whose other side is gone
// = INVALID_ARGUMENT the address is not a multiple of 4
CALL(31, futex_wait, NO_VALUE, (ADDRESS(const uint32_t) address, uint32_t expected, uint64_t deadline))

// Wakes at most `count` threads that sleep there; says how many.
CALL(32, futex_wake, VALUE(uint32_t, woken), (ADDRESS(const uint32_t) address, uint32_t count))
