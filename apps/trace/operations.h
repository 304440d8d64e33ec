// What an operation in the trace is, by the list in kernel/abi/trace.h. Unknown ones (of a newer kernel) are "?".
#pragma once

#include <parley/trace.h>
#include <stdbool.h>

// The design that an operation belongs to, and what it does, in words: "message", "sent".
const char *operation_design(uint32_t operation);
const char *operation_words(uint32_t operation);

// Whether the record tells a name in place of id, cause and size.
bool operation_tells_name(uint32_t operation);

// Whether it goes from the record's process towards its peer, or the peer's comes to it.
bool operation_is_sending(uint32_t operation);

// Bytes that the kernel copied from or to programs for this record.
uint64_t operation_bytes_copied(const struct trace_record *record);
