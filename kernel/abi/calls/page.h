// System calls: pages and upcalls.

// Sends `size` pages from `address` on to the process's handler of this type, and waits for its answer. Flags: enum
// page_send_flag; with PAGE_NO_ANSWER it does not wait. The counts (PAGE_TAKEN, PAGE_REFUSED) say how many took them.
// = NOTHING none accepted them
// = NOT_FOUND no such process, or it has no handler of this type
// = DENIED its gate refuses the caller's user, its window is smaller; a signal to another user's process
// = PEER_FULL no room in its window now
// = PEER_DIED it ended, or removed its handler
// = TIMED_OUT the pages are back; a handler that has begun and accepts later keeps a duplicate
// = BUSY it would have to wait in an upcall, or the pages came with one that is not over
// = NO_RIGHT a fixed page would be writable
CALL(96, page_send, VALUE(uint64_t, counts),
     (uint32_t process, uint32_t type, uint64_t address, uint64_t size, uint32_t flags, uint64_t deadline))

// Frees received pages.
// = NOT_FOUND one of them is none
CALL(97, page_free, NO_VALUE, (uint64_t address, uint64_t pages))

// Makes a handler for a type, with a window at `window` (0: anywhere); closing its number removes it.
// = EXISTS the process has a handler of this type
// = ADDRESS_IN_USE the window would lie over something
CALL(98, page_handler, VALUE(int32_t, number),
     (uint32_t type, uint64_t function, uint64_t window, uint64_t pages, uint32_t flags))

// Closes a handler's number after the upcalls that run it are over, but the caller's own. Needs RIGHT_MANAGE.
CALL(99, page_handler_remove, NO_VALUE, (int32_t number, uint64_t deadline))

// Lets the calling thread take upcalls (`entry` 0: none any more) on this stack.
// = BUSY an upcall runs
CALL(100, upcall_set, NO_VALUE, (uint64_t entry, uint64_t stack, uint64_t size))

// Sets which upcalls the calling thread does not take; says the mask before. In an upcall: until that is over.
// = NOT_FOUND the thread takes no upcalls
CALL(101, upcall_mask, VALUE(uint64_t, before), (uint64_t mask))

// Ends the upcall that the calling thread runs, with its answer: back to where it was interrupted.
// = NOT_FOUND none runs
CALL(102, upcall_return, NO_VALUE, (uint64_t answer, uint32_t flags))

// Sleeps until the thread has run an upcall, with this mask meanwhile: one step (R-A7). May return early.
// = BUSY an upcall runs
// = NOT_FOUND the thread takes no upcalls
CALL(103, upcall_wait, NO_VALUE, (uint64_t mask, uint32_t flags, uint64_t deadline))

// Which upcalls of the process no thread has taken yet, as the bits of a mask.
CALL(111, upcall_pending, VALUE(uint64_t, types), (void))

// Makes received pages the program's own memory at `to`, where anonymous memory is that it may write to; what lay there is freed, and their
// places in the window are free again. All or none; nothing is copied.
// = NOT_FOUND one of them is no received page
// = BAD_ADDRESS there is no such memory at `to`
// = NO_RIGHT one of them is for reading only
// = BUSY they came with an upcall that is not over
CALL(160, page_place, NO_VALUE, (uint64_t from, uint64_t to, uint64_t pages))
