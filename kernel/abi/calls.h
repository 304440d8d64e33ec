// The one list of system calls. The kernel's table, libc's stubs (<parley/calls.h>) and docs/calls are made from it.
//
// CALL(code, name, value, parameters): `value` is VALUE(type, name) where the call has a result beside its status, which
// libc hands out through a last pointer (null: not wanted), or NO_VALUE. ADDRESS(type) is a pointer into the program.
// The comment above each is its manual: what it does, then `=` lines: STATUS what it means here. Every call can answer
// BAD_ADDRESS for a pointer that is not the program's, and NO_MEMORY or LIMIT_REACHED where it makes something.
//
// At the machine: rax holds the code, rdi rsi rdx r10 r8 r9 the parameters; `syscall`; then rax holds the status, rdx the
// value, rcx r11 rdi rsi r8 r9 r10 hold nothing (zeros, or what the instruction itself leaves), the others are kept.
// No include guard: who includes this defines CALL first.

// ---- general ----

// Does nothing. The price of a call is measured with it.
CALL(0, null_call, NO_VALUE, (void))

// The monotonic clock: nanoseconds since boot.
CALL(1, clock_read, VALUE(uint64_t, nanoseconds), (void))

// Writes text to the kernel's log and, until a console driver runs, to the first serial port. At most 1,024 bytes a call.
// = TOO_LARGE more than that
CALL(2, log_write, NO_VALUE, (ADDRESS(const char) text, size_t size))

// Copies the kernel's log from byte `*position` on (0: from its start), says how much was copied, and moves `*position` behind
// it. Old text is dropped when the log's ring is full: `*position` moves up over it.
CALL(3, log_read, VALUE(size_t, copied), (ADDRESS(uint64_t) position, ADDRESS(char) buffer, size_t size))

// Facts about the machine.
CALL(4, machine_information, NO_VALUE, (ADDRESS(struct machine_information) information))

// Switches the machine off or restarts it; does not return when it succeeds. `machine` needs RIGHT_POWER.
// = INVALID_ARGUMENT action is none of enum machine_power
// = UNSUPPORTED the firmware offers no way
CALL(5, machine_power, NO_VALUE, (int32_t machine, uint32_t action))

// Random bytes for seeds and hashes, at most 4,096 a call.
// = TOO_LARGE more than that
CALL(6, random_read, NO_VALUE, (ADDRESS(void) buffer, size_t size))

// ---- numbers and objects ----

// Closes a number of the caller's.
// = BAD_NUMBER it names nothing
CALL(8, number_close, NO_VALUE, (int32_t number))

// Makes another number for the same object, with the rights that both `rights` and the old number have. Needs RIGHT_COPY.
CALL(9, number_copy, VALUE(int32_t, copy), (int32_t number, uint32_t rights))

// What the number names and allows.
CALL(10, number_information, NO_VALUE, (int32_t number, ADDRESS(struct number_information) information))

// Lists objects of `kind` (OBJECT_ANY: all) with ids above `after`, lowest first, at most `capacity`; says how many.
// To list all, call again with the last id until it says 0.
CALL(11, object_list, VALUE(size_t, count),
     (uint32_t kind, uint64_t after, ADDRESS(struct object_information) list, size_t capacity))

// Describes one object in words, by its type: lines `key: value`. Says how many bytes the text has, without a final 0.
// = NOT_FOUND no object has this id (now)
// = TOO_SMALL the text was cut at `size`
CALL(12, object_describe, VALUE(size_t, length), (uint64_t id, ADDRESS(char) text, size_t size))

// Lists wait records of threads with ids above `after`, lowest first. As object_list.
CALL(13, wait_list, VALUE(size_t, count), (uint64_t after, ADDRESS(struct wait_information) list, size_t capacity))

// Lists processes with ids above `after`, lowest first. As object_list.
CALL(14, process_list, VALUE(size_t, count),
     (uint32_t after, ADDRESS(struct process_information) list, size_t capacity))

// What a process's account has used, its limits, and how often each was hit.
// = NOT_FOUND no such process
CALL(15, account_read, NO_VALUE, (uint32_t process, ADDRESS(struct account_information) information))

// ---- processes ----

// Starts a program in a process of its own, a child of the caller's; says the number that names it (all process rights)
// and its id. The caller gets EVENT_PROCESS when it ends.
// = BAD_IMAGE the image is no sound ELF64 program
// = NO_RIGHT a number lacks RIGHT_SEND; a user, limit or priority asked for is not the caller's to give
// = TOO_LARGE the start block is larger than START_BLOCK_MAX
CALL(16, process_spawn, VALUE(int32_t, number), (ADDRESS(const struct process_spawn) spawn, ADDRESS(uint32_t) process))

// Ends the calling process with all its threads. Does not return.
CALL(17, process_exit, NO_VALUE, (int32_t code))

// Ends another process. Needs RIGHT_KILL. One that has ended already is no error.
CALL(18, process_kill, NO_VALUE, (int32_t number, int32_t code))

// Waits for a process to end and tells how it ended. Needs RIGHT_WAIT. It may be asked again. The parent, who learns it so,
// is not told by EVENT_PROCESS any more: one that only waits gathers no events of its children.
// = TIMED_OUT, WOULD_WAIT it still runs
CALL(19, process_wait, NO_VALUE, (int32_t number, uint64_t deadline, ADDRESS(struct process_end) end))

// Makes a number for a process by its id: for its own user (or user 0) with all rights; for others to wait and read.
// = NOT_FOUND no such process
CALL(20, process_open, VALUE(int32_t, number), (uint32_t process))

// Sets a limit of a child's account; never above the caller's own. Needs RIGHT_MANAGE.
// = NO_RIGHT above the caller's own
CALL(21, process_set_limit, NO_VALUE, (int32_t number, uint32_t item, uint64_t limit))

// ---- threads ----

// Starts a thread in the calling process; says its number.
CALL(24, thread_create, VALUE(int32_t, number), (ADDRESS(const struct thread_create) parameters))

// Ends the calling thread; with the last one the process ends (code 0). Does not return.
CALL(25, thread_exit, NO_VALUE, (void))

// Waits until a thread has ended. Needs RIGHT_WAIT.
CALL(26, thread_wait, NO_VALUE, (int32_t number, uint64_t deadline))

// Lets other threads of the same priority run first.
CALL(27, thread_yield, NO_VALUE, (void))

// Sleeps until the deadline. = OK it passed
CALL(28, thread_sleep, NO_VALUE, (uint64_t deadline))

// Sets the calling thread's pointer to its thread-local storage (fs base).
CALL(29, thread_set_pointer, NO_VALUE, (uint64_t address))

// Sets the base priority of a thread, or of the caller (number 0): at most its process's own at start. RIGHT_MANAGE.
// = NO_RIGHT above that
CALL(30, thread_set_priority, NO_VALUE, (int32_t number, uint32_t priority))

// Sleeps while the word at `address` holds `expected`; the check and the sleep are one step towards futex_wake. Threads
// of several processes meet where they share the memory. May return early with OK: check the word again.
// = NOTHING the word held something else
// = PEER_DIED it is a word of an interface's pages whose other side is gone
// = INVALID_ARGUMENT the address is not a multiple of 4
CALL(31, futex_wait, NO_VALUE, (ADDRESS(const uint32_t) address, uint32_t expected, uint64_t deadline))

// Wakes at most `count` threads that sleep there; says how many.
CALL(32, futex_wake, VALUE(uint32_t, woken), (ADDRESS(const uint32_t) address, uint32_t count))

// ---- memory ----

// Gives `size` bytes of zeroed memory (rounded up to pages), made when first touched; says where. Never executable.
// = ADDRESS_IN_USE with MAP_FIXED
CALL(40, memory_map, VALUE(uint64_t, base), (uint64_t address, size_t size, uint32_t protection, uint32_t flags))

// Removes what is mapped from `address` on, whole pages, whatever kind it is. Parts that are not mapped are no error.
CALL(41, memory_unmap, NO_VALUE, (uint64_t address, size_t size))

// Changes the protection of mapped pages; WRITE with EXECUTE is refused, and EXECUTE for all but sealed memory.
// = NOT_FOUND a part of it is not mapped
// = NO_RIGHT more than the mapping was made with
// = BUSY writable, of sealed memory
CALL(42, memory_protect, NO_VALUE, (uint64_t address, size_t size, uint32_t protection))

// Makes shared memory of `size` bytes (rounded up to pages; zeroed, made when first touched); says its number.
CALL(43, shared_create, VALUE(int32_t, number), (size_t size))

// Maps shared memory. READ needs RIGHT_READ, WRITE needs RIGHT_WRITE, EXECUTE needs RIGHT_EXECUTE and sealed memory.
// With MAP_COPY a writable mapping is private and needs RIGHT_READ only.
// = ADDRESS_IN_USE with MAP_FIXED
// = BUSY a writable mapping of sealed memory was asked for
CALL(44, shared_map, VALUE(uint64_t, base),
     (int32_t number, uint64_t offset, size_t size, uint32_t protection, uint64_t address, uint32_t flags))

// The size of shared memory in bytes.
CALL(45, shared_size, VALUE(size_t, size), (int32_t number))

// Seals shared memory: from now on nobody can write to it, so that it can be executed and trusted not to change.
// Needs RIGHT_MANAGE. = BUSY somebody has it mapped writable
CALL(46, shared_seal, NO_VALUE, (int32_t number))

// Offers shared memory to a process, which learns of it by event (SHARED_OFFERED) and accepts or refuses; the answer comes
// by event too. Says the offer's id. Needs RIGHT_SEND.
// = DENIED its gate refuses the caller's user
CALL(47, shared_offer, VALUE(uint32_t, offer), (int32_t number, uint32_t process, uint32_t rights))

// Accepts an offer made to the caller; says the number.
// = NOT_FOUND no such offer (it may have been withdrawn: its maker ended)
CALL(48, shared_accept, VALUE(int32_t, number), (uint32_t offer))

// Refuses an offer made to the caller.
CALL(49, shared_refuse, NO_VALUE, (uint32_t offer))

// ---- devices ----

// Makes a range of device memory (page-aligned) or I/O ports. `machine` needs RIGHT_RANGE.
// = DENIED it overlaps memory or ports that the kernel manages
// = BUSY another range covers a part of it
CALL(52, range_create, VALUE(int32_t, number), (int32_t machine, uint32_t kind, uint64_t base, uint64_t size))

// Maps a part of a range of device memory, readable and writable, never executable; the kernel picks the address. Needs
// RIGHT_READ and RIGHT_WRITE. The mapping goes with the range's last number.
CALL(53, range_map, VALUE(uint64_t, base), (int32_t number, uint64_t offset, size_t size, uint32_t caching))

// Lets all threads of the calling process use the ports of a range (in and out instructions), until it is closed.
// Needs RIGHT_READ and RIGHT_WRITE.
CALL(54, range_open, NO_VALUE, (int32_t number))

// Makes an interrupt line an object of the caller's. `machine` needs RIGHT_LINE. Interrupts come as EVENT_INTERRUPT to the
// process that calls interrupt_bind; the line is masked from each until it is acknowledged, and when the driver dies.
// = BUSY somebody has the line
CALL(55, interrupt_create, VALUE(int32_t, number), (int32_t machine, uint32_t line))

// From now on the line's interrupts come to the calling process; unmasks it. Needs RIGHT_MANAGE.
CALL(56, interrupt_bind, NO_VALUE, (int32_t number))

// Says that the device was served: the line may interrupt again. Needs RIGHT_MANAGE.
CALL(57, interrupt_acknowledge, NO_VALUE, (int32_t number))

// Makes a timer that tells by EVENT_TIMER; it stands still until set.
CALL(58, timer_create, VALUE(int32_t, number), (void))

// Lets a timer go off at `when` (DEADLINE_NEVER: stops it) and every `interval` nanoseconds after (0: once).
// = INVALID_ARGUMENT an interval below 10,000
CALL(59, timer_set, NO_VALUE, (int32_t number, uint64_t when, uint64_t interval))

// ---- events ----

// Sleeps while no event is pending. It may return early: event_get says NOTHING then.
CALL(64, event_wait, NO_VALUE, (uint64_t deadline))

// Takes the first pending event; its Type is NOTHING where none was. `source` may be null.
// = NOTHING none was pending
CALL(65, event_get, NO_VALUE, (ADDRESS(EVENT) event, ADDRESS(struct event_source) source))

// Sends an event. User-defined types go to a process whose gate lets the caller's user in (one's own always does); input
// types need a machine number with RIGHT_INPUT; all others are the kernel's. Mouse motion merges with pending motion.
// = DENIED the gate, or the kernel's own type
// = NOT_FOUND no such process
// = PEER_FULL its queue is full and the deadline was now
CALL(66, event_send, NO_VALUE, (uint32_t process, ADDRESS(const EVENT) event, int32_t machine, uint64_t deadline))

// Watches a pipe end, process or thread: EVENT_READY comes once when a condition is true. Replaces an earlier watch of the
// number; conditions 0 removes it. Needs RIGHT_WAIT.
CALL(67, event_watch, NO_VALUE, (int32_t number, uint32_t conditions, uint32_t key))

// Sets whom the caller lets approach it in this way: a bit per user id. Says the bitmap before.
CALL(68, gate_set, VALUE(uint64_t, before), (uint32_t kind, uint64_t users))

// ---- messages ----

// Sends a block of bytes to a process; says the id that the kernel made. `options` may be null.
// = NOT_FOUND no such process
// = DENIED its gate refuses the caller's user
// = PEER_FULL its queue is full and the deadline was now; a reply: its limits, which pay for replies, are reached
// = PEER_DIED it ended while the call waited for room
// = INVALID_ARGUMENT `in_reply_to` is none of the last 512 messages that the caller took, or not from that process, or answered
// = NO_RIGHT a number that should travel lacks RIGHT_SEND
// = TOO_LARGE above MESSAGE_SIZE_MAX
CALL(72, message_send, VALUE(uint32_t, id),
     (uint32_t process, ADDRESS(const void) data, size_t size, ADDRESS(const struct message_options) options,
      uint64_t deadline))

// Waits until a message (that `filter` lets through; null: any but awaited replies) is pending and tells about it, without
// taking it.
// = TIMED_OUT, WOULD_WAIT none came
// = PEER_DIED the filter names a sender that has ended
CALL(73, message_wait, NO_VALUE,
     (ADDRESS(const struct message_filter) filter, ADDRESS(struct message_information) information, uint64_t deadline))

// Takes the message `id` into `buffer`; numbers that came with it become the caller's. `information` may be null.
// = NOTHING no pending message has this id: nothing was changed, and that is no error
// = TOO_SMALL the message stays; information->size says what it needs
CALL(74, message_receive, VALUE(size_t, received),
     (uint32_t id, ADDRESS(void) buffer, size_t size, ADDRESS(struct message_information) information))

// message_wait with no filter and message_receive in one step: takes the first pending message.
CALL(75, message_next, VALUE(size_t, received),
     (ADDRESS(void) buffer, size_t size, ADDRESS(struct message_information) information, uint64_t deadline))

// Drops a pending message. = NOTHING no pending message has this id, and that is no error
CALL(76, message_scrap, NO_VALUE, (uint32_t id))

// ---- pipes ----

// Makes a pipe; says the number of the caller's end. The other side, where it is another process, learns by EVENT_PIPE
// (PIPE_CREATED) and gets its number when it takes that event; data can be written at once.
// = DENIED its gate refuses the caller's user
// = LIMIT_REACHED also: too many pipes that their other sides have not taken yet
CALL(80, pipe_create, VALUE(int32_t, number), (ADDRESS(struct pipe_create) parameters))

// Adds bytes; says how many. Waits for room until all are written; at the deadline says how many were. Needs RIGHT_WRITE.
// = PEER_DIED nobody can read any more (nothing was written in this call)
// = WOULD_WAIT, TIMED_OUT no room for even one byte (or for all, up to PIPE_ATOMIC)
// = PEER_FULL the limit of who made the pipe, and pays for its pages, is reached
CALL(81, pipe_write, VALUE(size_t, written), (int32_t number, ADDRESS(const void) data, size_t size, uint64_t deadline))

// Takes what there is, at most `size` bytes; waits while there is nothing. Needs RIGHT_READ.
// = STREAM_END all was read and nobody can write any more; that is no error
// = PEER_DIED a strict pipe whose other side is gone
CALL(82, pipe_read, VALUE(size_t, read), (int32_t number, ADDRESS(void) buffer, size_t size, uint64_t deadline))

// How many bytes are in the pipe.
CALL(83, pipe_pending, VALUE(size_t, pending), (int32_t number))

// ---- pages and upcalls: what they are stands in kernel/abi/page.h ----

// Sends `size` pages from `address` on to the process's handler of this type, and waits for its answer. Flags: enum
// page_send_flag. The counts (PAGE_TAKEN, PAGE_REFUSED) say how many took them.
// = NOTHING none accepted them; NOT_FOUND: no such process, or it has no handler of this type
// = DENIED its gate refuses the caller's user, its window is smaller; a signal to another user's process
// = PEER_FULL no room in its window now; PEER_DIED: it ended, or removed its handler
// = TIMED_OUT the pages are back; a handler that has begun and accepts later keeps a duplicate
// = BUSY it would have to wait in an upcall, or the pages came with one that is not over; NO_RIGHT: a fixed page would be writable
CALL(96, page_send, VALUE(uint64_t, counts),
     (uint32_t process, uint32_t type, uint64_t address, uint64_t size, uint32_t flags, uint64_t deadline))

// Frees received pages. = NOT_FOUND one of them is none
CALL(97, page_free, NO_VALUE, (uint64_t address, uint64_t pages))

// Makes a handler for a type, with a window at `window` (0: anywhere); closing its number removes it. = EXISTS, ADDRESS_IN_USE
CALL(98, page_handler, VALUE(int32_t, number),
     (uint32_t type, uint64_t function, uint64_t window, uint64_t pages, uint32_t flags))

// Closes a handler's number after the upcalls that run it are over, but the caller's own. Needs RIGHT_MANAGE.
CALL(99, page_handler_remove, NO_VALUE, (int32_t number, uint64_t deadline))

// Lets the calling thread take upcalls (`entry` 0: none any more) on this stack. = BUSY an upcall runs
CALL(100, upcall_set, NO_VALUE, (uint64_t entry, uint64_t stack, uint64_t size))

// Sets which upcalls the calling thread does not take; says the mask before. In an upcall: until that is over. = NOT_FOUND
CALL(101, upcall_mask, VALUE(uint64_t, before), (uint64_t mask))

// Ends the upcall that the calling thread runs, with its answer: back to where it was interrupted. = NOT_FOUND none runs
CALL(102, upcall_return, NO_VALUE, (uint64_t answer, uint32_t flags))

// Sleeps until the thread has run an upcall, with this mask meanwhile: one step (R-A7). May return early. = BUSY, NOT_FOUND
CALL(103, upcall_wait, NO_VALUE, (uint64_t mask, uint32_t flags, uint64_t deadline))

// ---- interfaces ----

// Makes an interface known under an id and version; says its number. Its requests come as EVENT_INTERFACE to the calling
// process. It ends with its number: then it is unknown, and its clients' pages are dead.
// = EXISTS this id and version is registered
// = NO_RIGHT a system id without a number for its name, or with one for another; the code's number lacks a right
// = INVALID_ARGUMENT also: the code is not sealed, or paged
CALL(104, interface_register, VALUE(int32_t, number), (ADDRESS(const struct interface_register) interface))

// Asks for an interface; says where its first page lies, which is not ready yet (struct interface_page): sleep on its word.
// The pages are charged to the caller.
// = NOT_FOUND no such id is registered in a version that will do
// = PEER_FULL it has as many clients as it takes
// = DENIED the server's gate refuses the caller's user
CALL(105, interface_request, VALUE(uint64_t, base), (uint32_t id, uint32_t version, uint32_t flags))

// Lets go of the pages that interface_request gave, whether they live or are dead, and unmaps them.
// = NOT_FOUND it gave no pages there
CALL(106, interface_release, NO_VALUE, (uint64_t base))

// Tells the server by event (INTERFACE_RUNG), where it does not sleep on a word of the pages. Repeats are one event.
// = NOT_FOUND interface_request gave no pages there
// = PEER_DIED the pages are dead
CALL(107, interface_ring, NO_VALUE, (uint64_t base))

// Maps a client's pages into its server, the code behind the data as in the client, and tells about the client. They stay
// mapped until they are unmapped; closing the client's number makes them dead.
// = PEER_DIED the client is gone
CALL(108, interface_map, VALUE(uint64_t, base),
     (int32_t client, ADDRESS(struct interface_client_information) information))

// Lists the registered interfaces above `after` (id << 16 | version), lowest first, at most `capacity`; says how many. As
// object_list.
CALL(109, interface_list, VALUE(size_t, count),
     (uint32_t after, ADDRESS(struct interface_information) list, size_t capacity))

// Makes a number for the name of a system id: who has it may register that id. `machine` needs RIGHT_PUBLISH.
CALL(110, interface_name_create, VALUE(int32_t, number), (int32_t machine, uint32_t id))

// ---- links ----

// Makes a link with both ends the caller's: the value is the first end's number, `parameters->other` the other end's. One of
// them is then sent away (message_send, process_spawn) or pushed to a listener. Ends cannot be copied.
// = INVALID_ARGUMENT unknown flags
CALL(112, link_create, VALUE(int32_t, number), (ADDRESS(struct link_create) parameters))

// Copies the link's 32 bytes out, whoever wrote them last; also after the other end has gone. Needs RIGHT_READ. All calls on links take
// negative numbers too; one that is another thread's names nothing.
CALL(113, link_read, NO_VALUE, (int32_t number, ADDRESS(void) buffer))

// Writes all 32 bytes in one step, and signals the other end as `flags` (enum link_write_flag; 0: not at all) says. Needs RIGHT_WRITE.
// = INVALID_ARGUMENT unknown flags, or LINK_NO_WAKE alone
// = PEER_DIED the other end is gone
CALL(114, link_write, NO_VALUE, (int32_t number, ADDRESS(const void) data, uint32_t flags))

// Signals the other end: one more, up to LINK_SIGNALS_MAX, and wakes who polls there. Needs RIGHT_WRITE. = PEER_DIED
CALL(115, link_signal, NO_VALUE, (int32_t number))

// Waits until the other end has signalled and says how often since the last poll. One thread at a time. Needs RIGHT_WAIT.
// = WOULD_WAIT, TIMED_OUT it has not
// = PEER_DIED the other end is gone, and all its signals were told
// = BUSY another thread waits for this link, or for all links of the process
CALL(116, link_poll, VALUE(uint32_t, signals), (int32_t number, uint64_t deadline))

// The same for several links: waits until one at least is ready and says how many are; each one's `status` says what it is.
// = INVALID_ARGUMENT no link, more than LINK_POLL_MAX, or the same twice
// = WOULD_WAIT, TIMED_OUT none
// = BUSY another thread waits for one of them
CALL(117, link_poll_several, VALUE(uint32_t, ready),
     (ADDRESS(struct link_ready) links, size_t count, uint64_t deadline))

// The same for all links that `flags` (enum link_poll_flag) says: writes those that are ready, at most `capacity`, and says how many.
// Each call goes on behind those that the last one told. A link whose other end is gone is told until it is closed. Links that came
// without RIGHT_WAIT are left out. What is ready is found without looking at the others.
// = INVALID_ARGUMENT unknown flags or none, or `capacity` is 0
// = WOULD_WAIT, TIMED_OUT none
// = BUSY another thread does this already
CALL(118, link_poll_all, VALUE(size_t, ready),
     (uint32_t flags, ADDRESS(struct link_ready) links, size_t capacity, uint64_t deadline))

// link_write with LINK_SIGNAL, link_poll and link_read in one step: writes the 32 bytes at `buffer`, signals, waits, and reads 32 bytes into
// the same place. Says how many signals came. A client's question, or a server's answer and its next question. Needs RIGHT_READ,
// RIGHT_WRITE and RIGHT_WAIT. An address that cannot be written is found out at the end: the bytes are in the link still.
// = PEER_DIED the other end is gone
// = WOULD_WAIT, TIMED_OUT it was written and signalled, and no signal came
// = BUSY as link_poll; nothing was written
CALL(119, link_call, VALUE(uint32_t, signals), (int32_t number, ADDRESS(void) buffer, uint64_t deadline))

// Makes a listener: a queue of links for whoever connects. It goes with the process that made it, or with its last number, which
// can be sent: its holder may connect with RIGHT_READ, and push with RIGHT_WRITE. WATCH_READABLE: somebody waits to connect.
// = EXISTS LISTENER_OF_PROCESS, and there is one
// = INVALID_ARGUMENT unknown flags
CALL(120, listener_create, VALUE(int32_t, number), (uint32_t flags))

// Puts an end of a link into the listener's queue for the next who connects; its number is closed. The end (made by link_create)
// is the caller's, and charged to it: a listener with nothing in it costs nothing. Needs RIGHT_WRITE, and RIGHT_SEND of the link.
// = PEER_DIED the listener's process has ended
// = BUSY the end is in a queue already
CALL(121, listener_push, NO_VALUE, (int32_t listener, int32_t link))

// Takes a link out of a listener's queue: says its number. Waits while there is none. The other end, which the server kept, is
// signalled once, and its polls tell who has connected. By number it needs RIGHT_READ.
// = DENIED the gate (GATE_LINK) of the listener's process refuses the caller's user
// = NOT_FOUND no such process, or it has no listener
// = WOULD_WAIT, TIMED_OUT nothing was offered
// = PEER_DIED the listener has gone
CALL(122, link_connect, VALUE(int32_t, number), (ADDRESS(const struct link_connect) parameters, uint64_t deadline))

// Binds an interrupt line as interrupt_bind does, but its interrupts come by a link: each fills the 32 bytes with a struct
// link_interrupt and signals the link's other end. The given end becomes the line's: its number is closed. Needs
// RIGHT_MANAGE, and RIGHT_SEND of the link. When the interrupt goes, the other end finds its peer gone.
CALL(123, interrupt_link, NO_VALUE, (int32_t interrupt, int32_t link))

// ---- pagers ----

// Makes shared memory whose pages come by link: says its number. Each page that is touched and absent is asked for by a struct link_fault
// in the 32 bytes and a signal, one after the other; the caller answers with pager_supply or pager_refuse. The given end becomes
// the memory's: its number is closed. A thread that touched a page waits as long as `patience` says; then, when the caller refuses or its
// end of the link is closed, the thread's program is ended by a fault that says why (a call that copies answers BAD_ADDRESS). From now
// on the caller maps no memory whose pager came after it (shared_map answers DEADLOCK), its own neither. Needs RIGHT_SEND of the link.
// = INVALID_ARGUMENT size 0, patience above PAGER_PATIENCE_MAX
// = TOO_LARGE
CALL(124, pager_create, VALUE(int32_t, number), (ADDRESS(const struct pager_create) parameters))

// Gives paged memory the page with this index: a copy of the page of bytes at `content`. Who waits for it goes on. Needs RIGHT_MANAGE.
// = EXISTS it is there already: nothing was changed, and who still waits goes on
// = INVALID_ARGUMENT no paged memory, or no such page
CALL(125, pager_supply, NO_VALUE, (int32_t memory, uint64_t page, ADDRESS(const void) content))

// Tells those that wait for the page that they do not get it. Needs RIGHT_MANAGE.
// = INVALID_ARGUMENT no paged memory, or no such page
CALL(126, pager_refuse, NO_VALUE, (int32_t memory, uint64_t page))

// ---- ports ----

// Makes a port and its entry; says the port's number, and the entry's in `parameters`.
// = INVALID_ARGUMENT a message size or scope that is none
// = TOO_LARGE above PORT_MESSAGE_MAX or PORT_CAPACITY_MAX
// = EXISTS the process, or the thread, has its port already
CALL(128, port_create, VALUE(int32_t, number), (ADDRESS(struct port_create) parameters))

// Makes a number of the entry of a process's port (`thread` 0), or of the port of one of its threads (its object id). Waits for it
// to be made.
// = NOT_FOUND no such process; or it has no such port, and the deadline was now
// = TIMED_OUT it has made none
// = PEER_DIED the process has ended without one
// = DENIED its gate refuses the caller's user
CALL(129, port_open, VALUE(int32_t, entry), (uint32_t process, uint64_t thread, uint64_t deadline))

// Sends a message and does not wait for an answer; says its id. Waits for room until the deadline. `cargo` may be null. Needs
// RIGHT_WRITE of the entry.
// = PEER_FULL no room, and the deadline was now
// = LIMIT_REACHED too many of the caller's messages wait at ports
// = PEER_DIED nobody can receive any more
// = NO_RIGHT also: the number that should travel lacks RIGHT_SEND
// = WRONG_TYPE also: it is a port itself (its entry may travel so): one in its own queue would never close
CALL(130, port_send, VALUE(uint64_t, id),
     (int32_t entry, ADDRESS(const void) message, ADDRESS(const struct port_cargo) cargo, uint64_t deadline))

// Takes the first message, call or cancellation; waits for one. Says its id; `information` may be null: a number that came is lost
// then. Needs RIGHT_READ of the port.
// = TIMED_OUT, WOULD_WAIT none came
// = PEER_DIED nobody can send any more
// = DENIED it is another thread's port
CALL(131, port_receive, VALUE(uint64_t, id),
     (int32_t port, ADDRESS(void) buffer, ADDRESS(struct port_information) information, uint64_t deadline))

// Sends `message`, waits for its reply, and puts that in its place. `cargo` may be null: a number that comes with the reply is lost
// then. The receiver has the caller's priority until it answers, where that is higher. Needs RIGHT_WRITE of the entry.
// = PEER_DIED nobody can receive any more, or who took the call ended: there will be no answer
// = TIMED_OUT, WOULD_WAIT no answer yet; the receiver, if it took the call, is told
// = DEADLOCK who could answer waits, in the end, for the caller
// = WRONG_TYPE as port_send
CALL(132, port_call, NO_VALUE,
     (int32_t entry, ADDRESS(void) message, ADDRESS(struct port_cargo) cargo, uint64_t deadline))

// Answers a call that was received from the port, once. Never waits, and never fails for want of memory or room. Needs RIGHT_READ of
// the port.
// = NOT_FOUND no call of this id waits to be answered: it was never received, or was answered, or its caller has given up
CALL(133, port_reply, NO_VALUE,
     (int32_t port, uint64_t id, ADDRESS(const void) message, ADDRESS(const struct port_cargo) cargo))

// port_reply, without a number, and port_receive in one step. When the reply fails nothing is received.
CALL(134, port_reply_receive, VALUE(uint64_t, id),
     (int32_t port, uint64_t reply_to, ADDRESS(void) message, ADDRESS(struct port_information) information,
      uint64_t deadline))

// ---- the trace ----

// Opens the trace: from now on, while the number is open, every operation of every IPC design is recorded (kernel/abi/trace.h).
// Several may be open, of any program; all read the same records.
CALL(140, trace_open, VALUE(int32_t, number), (void))

// Copies records from `*position` on, CPU by CPU, each one's oldest first, and moves `*position` behind them. Says how many; 0:
// there is nothing new. Who wants the order over all CPUs sorts by time. Needs RIGHT_READ.
// = INVALID_ARGUMENT `capacity` is 0
CALL(141, trace_read, VALUE(size_t, count),
     (int32_t trace, ADDRESS(struct trace_position) position, ADDRESS(struct trace_record) records, size_t capacity))
