// objects: what the kernel's object table holds.
#include <parley/status.h>
#include <stdlib.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"
#include "apps/trace/format.h"
#include "apps/trace/names.h"
#include "apps/trace/records.h"

static const struct tool tool = {
    .name = "objects",
    .usage = "usage: objects [-h] [TYPE | ID]...\n"
             "Lists the kernel's objects, those of a type, or describes the one with an id.\n"
             "  -h, --history  with an ID: what was done to it, as far as the trace has it (see trace -r)\n"
             "  ID    never used again        OWNER  the process that it is charged to, 0: the kernel\n"
             "  REFS  numbers and uses of it  WAITS  threads that wait for it   USED  how often it was used\n",
    .options = "h",
    .names = (const struct tool_name[]){{"history", 'h'}, {0}},
    .failure = 1,
};

static void show(const struct object_information *object) {
    struct output *out = &standard_output;
    output_number_padded(out, object->id, 6, ' ');
    output_text(out, "  ");
    output_text_padded(out, words_object_kind(object->kind), 10);
    output_number_padded(out, object->owner, 5, ' ');
    output_number_padded(out, object->references, 6, ' ');
    output_number_padded(out, object->waiters, 6, ' ');
    output_number_padded(out, object->operations, 10, ' ');
    output_text(out, "  ");
    output_text(out, object->name);
    output_character(out, '\n');
}

static void list(uint32_t kind) {
    size_t count;
    struct object_information *objects = listing_objects(kind, &count);
    output_text(&standard_output, "    ID  TYPE      OWNER  REFS WAITS      USED  NAME\n");
    for (size_t i = 0; i < count; i++)
        show(&objects[i]);
    output_number(&standard_output, count);
    output_text(&standard_output, count == 1 ? " object\n" : " objects\n");
    free(objects);
}

static void describe(uint64_t id, const char *word) {
    size_t room = 512, length;
    char *text = NULL;
    enum status status;
    do {
        room *= 2;
        text = tool_reallocate(text, room, 1);
        status = object_describe(id, text, room, &length);
    } while (status == STATUS_TOO_SMALL);
    if (status < 0) {
        tool_complain(word, status_text(status));
    } else {
        output_bytes(&standard_output, text, length);
        if (length && text[length - 1] != '\n')
            output_character(&standard_output, '\n');
    }
    free(text);
}

// It may be gone: the trace still knows it.
static void show_history(uint64_t id) {
    const struct trace_record *record;
    records_read(true);
    while ((record = records_next()) != NULL) {
        names_note(record);
        if (record->object == id)
            format_text.record(&standard_output, record);
    }
}

static bool with_history;

static void show_word(const char *word) {
    uint64_t id;
    uint32_t kind = words_kind_named(word);
    if (kind != OBJECT_ANY)
        list(kind);
    else if (!number_parse(word, &id))
        tool_complain(word, "no type and no id; the types are in the column TYPE of `objects`");
    else if (with_history)
        show_history(id);
    else
        describe(id, word);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        with_history = true;
    char **words = tool_operands(NULL);
    if (with_history) {
        names_start();
        records_open(false);
    }
    if (!*words)
        list(OBJECT_ANY);
    for (; *words; words++)
        show_word(*words);
    return tool_finish(0);
}
