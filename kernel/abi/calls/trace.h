// System calls: the trace.

// Opens the trace: from now on, while the number is open, every operation of every IPC design is recorded
// (kernel/abi/trace.h). Several may be open, of any program; all read the same records.
CALL(140, trace_open, VALUE(int32_t, number), (void))

// Copies records from `*position` on, CPU by CPU, each one's oldest first, and moves `*position` behind them. Says
// how many; 0: there is nothing new. Who wants the order over all CPUs sorts by time. Needs RIGHT_READ.
// = INVALID_ARGUMENT `capacity` is 0
CALL(141, trace_read, VALUE(size_t, count),
     (int32_t trace, ADDRESS(struct trace_position) position, ADDRESS(struct trace_record) records, size_t capacity))
