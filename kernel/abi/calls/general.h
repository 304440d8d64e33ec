// System calls: general.

// Does nothing. The price of a call is measured with it.
CALL(0, null_call, NO_VALUE, (void))

// The monotonic clock: nanoseconds since boot.
CALL(1, clock_read, VALUE(uint64_t, nanoseconds), (void))

// Writes text to the kernel's log and, until a console driver runs, to the first serial port. At most 1,024 bytes a
// call.
// = TOO_LARGE more than that
CALL(2, log_write, NO_VALUE, (ADDRESS(const char) text, size_t size))

// Copies the kernel's log from byte `*position` on (0: from its start), says how much was copied, and moves
// `*position` behind it. Old text is dropped when the log's ring is full: `*position` moves up over it.
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

// Stops the whole machine for the kernel's debugger, and returns when that lets it go on. `machine` needs RIGHT_DEBUG.
// = UNSUPPORTED this kernel has no debugger, or there is nothing that a person could talk with it by
CALL(7, machine_debug, NO_VALUE, (int32_t machine))
