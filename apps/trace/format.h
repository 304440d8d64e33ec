// The forms in which a trace is written: one begin, any number of records, one end.
#pragma once

#include <parley/trace.h>

#include "apps/common/output.h"

struct trace_format {
    const char *name;
    void (*begin)(struct output *out); // may be null
    void (*record)(struct output *out, const struct trace_record *record);
    void (*end)(struct output *out); // may be null
};

extern const struct trace_format format_text, format_pcapng, format_chrome, format_mermaid;

// The design that an operation belongs to, and what it does, in words: "message", "sent".
const char *operation_design(uint32_t operation);
const char *operation_words(uint32_t operation);

// Whether the record tells a name in place of id, cause and size.
bool operation_tells_name(uint32_t operation);

// Whether it goes from the record's process towards its peer, or the peer's comes to it.
bool operation_is_sending(uint32_t operation);
