// The forms in which a trace is written: one begin, any number of records, one end.
#pragma once

#include "apps/common/output.h"
#include "apps/trace/operations.h"

struct trace_format {
    const char *name;
    void (*begin)(struct output *out); // may be null
    void (*record)(struct output *out, const struct trace_record *record);
    void (*end)(struct output *out); // may be null
};

extern const struct trace_format format_text, format_pcapng, format_chrome, format_mermaid;
