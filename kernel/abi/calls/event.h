// System calls: events.

// Sleeps while no event is pending. It may return early: event_get says NOTHING then.
CALL(64, event_wait, NO_VALUE, (uint64_t deadline))

// Takes the first pending event; its Type is NOTHING where none was. `source` may be null.
// = NOTHING none was pending
CALL(65, event_get, NO_VALUE, (ADDRESS(EVENT) event, ADDRESS(struct event_source) source))

// Sends an event. User-defined types go to a process whose gate lets the caller's user in (one's own always does);
// input types need a machine number with RIGHT_INPUT; all others are the kernel's. Mouse motion merges with pending
// motion.
// = DENIED the gate, or the kernel's own type
// = NOT_FOUND no such process
// = PEER_FULL its queue is full and the deadline was now
CALL(66, event_send, NO_VALUE, (uint32_t process, ADDRESS(const EVENT) event, int32_t machine, uint64_t deadline))

// Watches a pipe end, process, thread or the machine (for its log): EVENT_READY comes once when a condition is true. Replaces an earlier watch
// of the number; conditions 0 removes it. Needs RIGHT_WAIT.
CALL(67, event_watch, NO_VALUE, (int32_t number, uint32_t conditions, uint32_t key))

// Sets whom the caller lets approach it in this way: a bit per user id. Says the bitmap before.
CALL(68, gate_set, VALUE(uint64_t, before), (uint32_t kind, uint64_t users))

// Says whom a process lets approach it in this way.
// = NOT_FOUND no such process
CALL(69, gate_read, VALUE(uint64_t, users), (uint32_t process, uint32_t kind))

// gate_set for another process. Needs RIGHT_MANAGE.
CALL(70, gate_change, VALUE(uint64_t, before), (int32_t number, uint32_t kind, uint64_t users))
