// System calls: devices.

// Makes a range of device memory (page-aligned) or I/O ports. `machine` needs RIGHT_RANGE.
// = DENIED it overlaps memory or ports that the kernel manages
// = BUSY another range covers a part of it
CALL(52, range_create, VALUE(int32_t, number), (int32_t machine, uint32_t kind, uint64_t base, uint64_t size))

// Maps a part of a range of device memory, readable and writable, never executable; the kernel picks the address.
// Needs RIGHT_READ and RIGHT_WRITE. The mapping goes with the range's last number.
CALL(53, range_map, VALUE(uint64_t, base), (int32_t number, uint64_t offset, size_t size, uint32_t caching))

// Lets all threads of the calling process use the ports of a range (in and out instructions), until it is closed.
// Needs RIGHT_READ and RIGHT_WRITE.
CALL(54, range_open, NO_VALUE, (int32_t number))

// Makes an interrupt line an object of the caller's. `machine` needs RIGHT_LINE. Interrupts come as EVENT_INTERRUPT
// to the process that calls interrupt_bind; the line is masked from each until it is acknowledged, and when the
// driver dies.
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
