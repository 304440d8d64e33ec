// A trace for people: a line each.
#include <parley/status.h>

#include "apps/native/words.h"
#include "apps/trace/format.h"
#include "apps/trace/names.h"

static void write_time(struct output *out, uint64_t time) {
    output_number_padded(out, time / 1000000000, 5, ' ');
    output_character(out, '.');
    output_number_padded(out, time % 1000000000 / 1000, 6, '0');
    output_character(out, ' ');
}

static void write_process(struct output *out, uint32_t process) {
    output_text(out, names_of(process));
    output_character(out, '(');
    output_number(out, process);
    output_character(out, ')');
}

static void write_named(struct output *out, const char *before, uint64_t number) {
    if (number == 0)
        return;
    output_text(out, before);
    output_number(out, number);
}

static void write_subject(struct output *out, const struct trace_record *record) {
    output_character(out, ' ');
    if (record->operation == TRACE_OBJECT_MADE || record->operation == TRACE_OBJECT_GONE) {
        output_text(out, words_object_kind(record->peer));
        output_text(out, " \"");
        output_text(out, record->name);
        output_character(out, '"');
    } else {
        write_process(out, record->peer);
    }
}

static void write_transfer(struct output *out, const struct trace_record *record) {
    write_named(out, " #", record->id);
    write_named(out, " for #", record->cause);
    if (record->peer != 0 || record->operation == TRACE_EVENT_TAKEN) {
        output_text(out, operation_is_sending(record->operation) ? " to " : " from ");
        write_process(out, record->peer);
    }
    write_named(out, ", size ", record->size);
}

static void write_record(struct output *out, const struct trace_record *record) {
    write_time(out, record->time);
    output_text(out, "cpu");
    output_number(out, record->processor);
    output_character(out, ' ');
    write_process(out, record->process);
    output_character(out, ' ');
    output_text(out, operation_design(record->operation));
    output_character(out, ' ');
    output_text(out, operation_words(record->operation));
    if (operation_tells_name(record->operation))
        write_subject(out, record);
    else
        write_transfer(out, record);
    write_named(out, ", object ", record->object);
    if (record->status != STATUS_OK) {
        output_text(out, ": ");
        output_text(out, status_text((enum status)record->status));
    }
    output_character(out, '\n');
}

const struct trace_format format_text = {.name = "text", .record = write_record};
