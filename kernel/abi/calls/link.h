// System calls: links.

// Makes a link with both ends the caller's: the value is the first end's number, `parameters->other` the other end's.
// One of them is then sent away (message_send, process_spawn) or pushed to a listener. Ends cannot be copied.
// = INVALID_ARGUMENT unknown flags
CALL(112, link_create, VALUE(int32_t, number), (ADDRESS(struct link_create) parameters))

// Copies the link's 32 bytes out, whoever wrote them last; also after the other end has gone. Needs RIGHT_READ. All
// calls on links take negative numbers too; one that is another thread's names nothing.
CALL(113, link_read, NO_VALUE, (int32_t number, ADDRESS(void) buffer))

// Writes all 32 bytes in one step, and signals the other end as `flags` (enum link_write_flag; 0: not at all) says.
// Needs RIGHT_WRITE.
// = INVALID_ARGUMENT unknown flags, or LINK_NO_WAKE alone
// = PEER_DIED the other end is gone
CALL(114, link_write, NO_VALUE, (int32_t number, ADDRESS(const void) data, uint32_t flags))

// Signals the other end: one more, up to LINK_SIGNALS_MAX, and wakes who polls there. Needs RIGHT_WRITE.
// = PEER_DIED
CALL(115, link_signal, NO_VALUE, (int32_t number))

// Waits until the other end has signalled and says how often since the last poll. One thread at a time. Needs
// RIGHT_WAIT.
// = WOULD_WAIT, TIMED_OUT it has not
// = PEER_DIED the other end is gone, and all its signals were told
// = BUSY another thread waits for this link, or for all links of the process
CALL(116, link_poll, VALUE(uint32_t, signals), (int32_t number, uint64_t deadline))

// The same for several links: waits until one at least is ready and says how many are; each one's `status` says what
// it is.
// = INVALID_ARGUMENT no link, more than LINK_POLL_MAX, or the same twice
// = WOULD_WAIT, TIMED_OUT none
// = BUSY another thread waits for one of them
CALL(117, link_poll_several, VALUE(uint32_t, ready),
     (ADDRESS(struct link_ready) links, size_t count, uint64_t deadline))

// The same for all links that `flags` (enum link_poll_flag) says: writes those that are ready, at most `capacity`,
// and says how many. Each call goes on behind those that the last one told. A link whose other end is gone is told
// until it is closed. Links that came without RIGHT_WAIT are left out. What is ready is found without looking at the
// others.
// = INVALID_ARGUMENT unknown flags or none, or `capacity` is 0
// = WOULD_WAIT, TIMED_OUT none
// = BUSY another thread does this already
CALL(118, link_poll_all, VALUE(size_t, ready),
     (uint32_t flags, ADDRESS(struct link_ready) links, size_t capacity, uint64_t deadline))

// link_write with LINK_SIGNAL, link_poll and link_read in one step: writes the 32 bytes at `buffer`, signals, waits,
// and reads 32 bytes into the same place. Says how many signals came. A client's question, or a server's answer and
// its next question. Needs RIGHT_READ, RIGHT_WRITE and RIGHT_WAIT. An address that cannot be written is found out at
// the end: the bytes are in the link still.
// = PEER_DIED the other end is gone
// = WOULD_WAIT, TIMED_OUT it was written and signalled, and no signal came
// = BUSY as link_poll; nothing was written
CALL(119, link_call, VALUE(uint32_t, signals), (int32_t number, ADDRESS(void) buffer, uint64_t deadline))

// Makes a listener: a queue of links for whoever connects. It goes with the process that made it, or with its last
// number, which can be sent: its holder may connect with RIGHT_READ, and push with RIGHT_WRITE. WATCH_READABLE:
// somebody waits to connect.
// = EXISTS LISTENER_OF_PROCESS, and there is one
// = INVALID_ARGUMENT unknown flags
CALL(120, listener_create, VALUE(int32_t, number), (uint32_t flags))

// Puts an end of a link into the listener's queue for the next who connects; its number is closed. The end (made by
// link_create) is the caller's, and charged to it: a listener with nothing in it costs nothing. Needs RIGHT_WRITE,
// and RIGHT_SEND of the link.
// = PEER_DIED the listener's process has ended
// = BUSY the end is in a queue already
CALL(121, listener_push, NO_VALUE, (int32_t listener, int32_t link))

// Takes a link out of a listener's queue: says its number. Waits while there is none. The other end, which the server
// kept, is signalled once, and its polls tell who has connected. By number it needs RIGHT_READ.
// = DENIED the gate (GATE_LINK) of the listener's process refuses the caller's user
// = NOT_FOUND no such process, or it has no listener
// = WOULD_WAIT, TIMED_OUT nothing was offered
// = PEER_DIED the listener has gone
CALL(122, link_connect, VALUE(int32_t, number), (ADDRESS(const struct link_connect) parameters, uint64_t deadline))

// Binds an interrupt line as interrupt_bind does, but its interrupts come by a link: each fills the 32 bytes with a
// struct link_interrupt and signals the link's other end. The given end becomes the line's: its number is closed.
// Needs RIGHT_MANAGE, and RIGHT_SEND of the link. When the interrupt goes, the other end finds its peer gone.
CALL(123, interrupt_link, NO_VALUE, (int32_t interrupt, int32_t link))
