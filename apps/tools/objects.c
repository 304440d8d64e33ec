// objects: what the kernel's object table holds.
#include <parley/status.h>
#include <stdlib.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "objects",
    .usage = "usage: objects [TYPE | ID]...\n"
             "Lists the kernel's objects, those of a type, or describes the one with an id.\n"
             "  ID    never used again        OWNER  the process that it is charged to, 0: the kernel\n"
             "  REFS  numbers and uses of it  WAITS  threads that wait for it   USED  how often it was used\n",
    .options = "",
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

static void show_word(const char *word) {
    uint64_t id;
    uint32_t kind = words_kind_named(word);
    if (kind != OBJECT_ANY)
        list(kind);
    else if (number_parse(word, &id))
        describe(id, word);
    else
        tool_complain(word, "no type and no id; the types are in the column TYPE of `objects`");
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **words = tool_operands(NULL);
    if (!*words)
        list(OBJECT_ANY);
    for (; *words; words++)
        show_word(*words);
    return tool_finish(0);
}
