// System calls: messages.

// Sends a block of bytes to a process; says the id that the kernel made. `options` may be null.
// = NOT_FOUND no such process
// = DENIED its gate refuses the caller's user
// = PEER_FULL its queue is full and the deadline was now; a reply: its limits, which pay for replies, are reached
// = PEER_DIED it ended while the call waited for room
// = INVALID_ARGUMENT `in_reply_to` is none of the last 512 messages that the caller took, or not from that process,
// or answered
// = NO_RIGHT a number that should travel lacks RIGHT_SEND
// = TOO_LARGE above MESSAGE_SIZE_MAX
CALL(72, message_send, VALUE(uint32_t, id),
     (uint32_t process, ADDRESS(const void) data, size_t size, ADDRESS(const struct message_options) options,
      uint64_t deadline))

// Waits until a message (that `filter` lets through; null: any but awaited replies) is pending and tells about it,
// without taking it.
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

// Drops a pending message.
// = NOTHING no pending message has this id, and that is no error
CALL(76, message_scrap, NO_VALUE, (uint32_t id))
