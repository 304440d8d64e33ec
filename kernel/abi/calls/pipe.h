// System calls: pipes.

// Makes a pipe; says the number of the caller's end. The other side, where it is another process, learns by
// EVENT_PIPE (PIPE_CREATED) and gets its number when it takes that event; data can be written at once. The event is withdrawn where the
// caller's end is closed before, with no data in the pipe.
// = DENIED its gate refuses the caller's user
// = LIMIT_REACHED also: too many pipes that their other sides have not taken yet
CALL(80, pipe_create, VALUE(int32_t, number), (ADDRESS(struct pipe_create) parameters))

// Adds bytes; says how many. Waits for room until all are written; at the deadline says how many were. Needs
// RIGHT_WRITE.
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
