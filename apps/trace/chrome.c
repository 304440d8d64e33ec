// A trace as JSON for chrome://tracing and Perfetto: an instant event per record, and arrows from sending to taking.
// Source: the Trace Event Format (Google): phases i, s, f and M.
#include <parley/status.h>

#include "apps/trace/format.h"
#include "apps/trace/names.h"

static bool first;

// A name comes from a program: what JSON does not take as it is becomes a question mark.
static void write_string(struct output *out, const char *text) {
    output_character(out, '"');
    for (; *text; text++)
        output_character(out, *text < ' ' || *text == '"' || *text == '\\' || *text > '~' ? '?' : *text);
    output_character(out, '"');
}

static void write_number(struct output *out, const char *key, uint64_t value) {
    output_text(out, ",\"");
    output_text(out, key);
    output_text(out, "\":");
    output_number(out, value);
}

// In microseconds, with three decimals.
static void write_time(struct output *out, uint64_t time) {
    write_number(out, "ts", time / 1000);
    output_character(out, '.');
    output_number_padded(out, time % 1000, 3, '0');
}

static void event_begin(struct output *out, const char *phase, const struct trace_record *record) {
    output_text(out, first ? "\n{\"ph\":\"" : ",\n{\"ph\":\"");
    first = false;
    output_text(out, phase);
    output_character(out, '"');
    write_number(out, "pid", record->process);
    write_number(out, "tid", record->thread);
}

static void write_process_name(struct output *out, const struct trace_record *record) {
    output_text(out,
                first ? "\n{\"ph\":\"M\",\"name\":\"process_name\"" : ",\n{\"ph\":\"M\",\"name\":\"process_name\"");
    first = false;
    write_number(out, "pid", record->peer);
    output_text(out, ",\"args\":{\"name\":");
    write_string(out, record->name);
    output_text(out, "}}");
}

// The chain of a message: its queue and its id.
static void write_flow(struct output *out, const struct trace_record *record) {
    bool sending = operation_is_sending(record->operation);
    event_begin(out, sending ? "s" : "f", record);
    write_time(out, record->time);
    output_text(out, ",\"name\":\"");
    output_text(out, operation_design(record->operation));
    output_text(out, "\",\"cat\":\"flow\",\"bp\":\"e\",\"id\":\"");
    output_number(out, record->object);
    output_character(out, '.');
    output_number(out, record->id);
    output_text(out, "\"}");
}

// A call's answer bears the call's own id, and nobody receives it as such.
static bool has_chain(const struct trace_record *record) {
    return record->status == STATUS_OK && record->id != 0 && record->operation != TRACE_PORT_ANSWERED &&
           (!strcmp(operation_design(record->operation), "message") ||
            !strcmp(operation_design(record->operation), "port"));
}

static void write_instant(struct output *out, const struct trace_record *record) {
    event_begin(out, "i", record);
    write_time(out, record->time);
    output_text(out, ",\"s\":\"t\",\"cat\":\"");
    output_text(out, operation_design(record->operation));
    output_text(out, "\",\"name\":\"");
    output_text(out, operation_design(record->operation));
    output_character(out, ' ');
    output_text(out, operation_words(record->operation));
    output_text(out, "\",\"args\":{\"status\":");
    write_string(out, status_name((enum status)record->status));
    write_number(out, "object", record->object);
    write_number(out, "peer", record->peer);
    if (!operation_tells_name(record->operation)) {
        write_number(out, "id", record->id);
        write_number(out, "cause", record->cause);
        write_number(out, "size", record->size);
    }
    output_text(out, "}}");
}

static void write_record(struct output *out, const struct trace_record *record) {
    if (record->operation == TRACE_PROCESS_STARTED)
        write_process_name(out, record);
    write_instant(out, record);
    if (has_chain(record))
        write_flow(out, record);
}

static void write_begin(struct output *out) {
    first = true;
    output_text(out, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
}

static void write_end(struct output *out) {
    output_text(out, "\n]}\n");
}

const struct trace_format format_chrome = {
    .name = "chrome", .begin = write_begin, .record = write_record, .end = write_end};
