// A trace as a Mermaid sequence diagram: an arrow for what is sent, a note for what is taken.
#include <parley/status.h>

#include "apps/trace/format.h"
#include "apps/trace/names.h"

static void write_begin(struct output *out) {
    output_text(out, "sequenceDiagram\n");
}

static void write_participant(struct output *out, uint32_t process) {
    output_character(out, 'p');
    output_number(out, process);
}

// Each is named when it first takes part.
static void introduce(struct output *out, uint32_t process) {
    static uint8_t known[8192];
    uint32_t place = process % (8 * sizeof(known));
    if (known[place / 8] & 1 << place % 8)
        return;
    known[place / 8] |= (uint8_t)(1 << place % 8);
    output_text(out, "    participant ");
    write_participant(out, process);
    output_text(out, " as ");
    for (const char *name = names_of(process); *name; name++)
        output_character(out, (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                                      (*name >= '0' && *name <= '9') || *name == '-' || *name == '_'
                                  ? *name
                                  : '?');
    output_character(out, ' ');
    output_number(out, process);
    output_character(out, '\n');
}

static void write_what(struct output *out, const struct trace_record *record) {
    output_text(out, ": ");
    output_text(out, operation_design(record->operation));
    output_character(out, ' ');
    output_text(out, operation_words(record->operation));
    if (operation_tells_name(record->operation))
        return;
    if (record->id != 0) {
        output_character(out, ' ');
        output_number(out, record->id);
    }
    if (record->size != 0) {
        output_text(out, ", size ");
        output_number(out, record->size);
    }
}

static void write_record(struct output *out, const struct trace_record *record) {
    if (record->operation == TRACE_OBJECT_MADE || record->operation == TRACE_OBJECT_GONE)
        return; // what a process has, not what it says
    introduce(out, record->process);
    bool arrow = record->peer != 0 && record->peer != record->process && operation_is_sending(record->operation);
    if (arrow) {
        introduce(out, record->peer);
        output_text(out, "    ");
        write_participant(out, record->process);
        output_text(out, record->status != STATUS_OK ? "-x" : record->cause != 0 ? "-->>" : "->>");
        write_participant(out, record->peer);
    } else {
        output_text(out, "    Note over ");
        write_participant(out, record->process);
    }
    write_what(out, record);
    if (record->status != STATUS_OK) {
        output_text(out, ", ");
        output_text(out, status_name((enum status)record->status));
    }
    output_character(out, '\n');
}

const struct trace_format format_mermaid = {.name = "mermaid", .begin = write_begin, .record = write_record};
