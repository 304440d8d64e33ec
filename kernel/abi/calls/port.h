// System calls: ports.

// Makes a port and its entry; says the port's number, and the entry's in `parameters`.
// = INVALID_ARGUMENT a message size or scope that is none
// = TOO_LARGE above PORT_MESSAGE_MAX or PORT_CAPACITY_MAX
// = EXISTS the process, or the thread, has its port already
CALL(128, port_create, VALUE(int32_t, number), (ADDRESS(struct port_create) parameters))

// Makes a number of the entry of a process's port (`thread` 0), or of the port of one of its threads (its object id).
// Waits for it to be made.
// = NOT_FOUND no such process; or it has no such port, and the deadline was now
// = TIMED_OUT it has made none
// = PEER_DIED the process has ended without one
// = DENIED its gate refuses the caller's user
CALL(129, port_open, VALUE(int32_t, entry), (uint32_t process, uint64_t thread, uint64_t deadline))

// Sends a message and does not wait for an answer; says its id. Waits for room until the deadline. `cargo` may be
// null. Needs RIGHT_WRITE of the entry.
// = PEER_FULL no room, and the deadline was now
// = LIMIT_REACHED too many of the caller's messages wait at ports
// = PEER_DIED nobody can receive any more
// = NO_RIGHT also: the number that should travel lacks RIGHT_SEND
// = WRONG_TYPE also: it is a port itself (its entry may travel so): one in its own queue would never close
// = DENIED a page should travel, and the port takes none
// = BUSY that page came with an upcall that is not over
// = RESTARTED as PEER_DIED, and another process provides what the port's owner did (interfaces)
CALL(130, port_send, VALUE(uint64_t, id),
     (int32_t entry, ADDRESS(const void) message, ADDRESS(const struct port_cargo) cargo, uint64_t deadline))

// Takes the first message, call or cancellation; waits for one. Says its id; `information` may be null: a number that
// came is lost then. Needs RIGHT_READ of the port.
// = TIMED_OUT, WOULD_WAIT none came
// = PEER_DIED nobody can send any more
// = DENIED it is another thread's port; or a page came, and the process has no window. It is the first still
// = PEER_FULL a page came, and the window has no place free. It is the first still
CALL(131, port_receive, VALUE(uint64_t, id),
     (int32_t port, ADDRESS(void) buffer, ADDRESS(struct port_information) information, uint64_t deadline))

// Sends `message`, waits for its reply, and puts that in its place. `cargo` may be null: a number that comes with the
// reply is lost then. The receiver has the caller's priority until it answers, where that is higher. Needs
// RIGHT_WRITE of the entry.
// = PEER_DIED nobody can receive any more, or who took the call ended: there will be no answer
// = TIMED_OUT, WOULD_WAIT no answer yet; the receiver, if it took the call, is told
// = DEADLOCK who could answer waits, in the end, for the caller
// = WRONG_TYPE, DENIED, BUSY, RESTARTED as port_send
// = PEER_FULL a page came with the reply, and the caller's window has no place: it is freed
CALL(132, port_call, NO_VALUE,
     (int32_t entry, ADDRESS(void) message, ADDRESS(struct port_cargo) cargo, uint64_t deadline))

// Answers a call that was received from the port, once. Never waits, and never fails for want of memory or room.
// Needs RIGHT_READ of the port.
// = NOT_FOUND no call of this id waits to be answered: it was never received, or was answered, or its caller has
// given up
// = DENIED a page should travel, and the caller takes none
CALL(133, port_reply, NO_VALUE,
     (int32_t port, uint64_t id, ADDRESS(const void) message, ADDRESS(const struct port_cargo) cargo))

// port_reply, without a number, and port_receive in one step. When the reply fails nothing is received.
CALL(134, port_reply_receive, VALUE(uint64_t, id),
     (int32_t port, uint64_t reply_to, ADDRESS(void) message, ADDRESS(struct port_information) information,
      uint64_t deadline))

// Makes the process's window for pages that come by port, of `pages` pages at `address` (0: anywhere), in place of one that it
// has (what came there stays), and says where it is; `pages` 0: tells of the one that it has. `port` takes pages from now on;
// NUMBER_NONE: no port of the process's does, but replies bring them. Needs RIGHT_READ of the port.
// = NOT_FOUND `pages` is 0, and it has none
// = ADDRESS_IN_USE the window would lie over something
CALL(138, port_window, VALUE(uint64_t, base), (int32_t port, uint64_t address, uint64_t pages))
