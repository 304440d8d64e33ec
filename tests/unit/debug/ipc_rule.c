// Rules for stopping at operations of communication: read, compared with operations, and written; and operations as sentences.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "debug/commands/ipc_rule.h"
#include "kernel/abi/status.h"
#include "kernel/base/writer.h"

static bool find_process(void *context, const char *word, uint32_t *id) {
    *id = strcmp(word, "sh") == 0 ? 6 : strcmp(word, "init") == 0 ? 1 : 0;
    return context == 0 && *id != 0;
}

static bool find_value(void *context, const char *word, uint64_t *value) {
    char *end;
    *value = strtoull(word, &end, 0);
    return context == 0 && *end == 0;
}

static const struct ipc_scope scope = {0, find_process, find_value};

static const char *read_rule(const char *text, struct ipc_rule *rule) {
    static char copy[200];
    const char *words[16];
    uint32_t count = 0;
    strcpy(copy, text);
    for (char *word = strtok(copy, " "); word != 0; word = strtok(0, " "))
        words[count++] = word;
    return ipc_rule_read(words, count, &scope, rule);
}

static bool fits(const char *text, struct trace_record record) {
    struct ipc_rule rule;
    const char *error = read_rule(text, &rule);
    cr_assert_null(error, "%s: %s", text, error);
    return ipc_rule_fits(&rule, &record);
}

static const struct trace_record sent = {
    .operation = TRACE_MESSAGE_SENT, .process = 6, .peer = 1, .object = 33, .id = 12, .size = 64};
static const struct trace_record received = {
    .operation = TRACE_MESSAGE_RECEIVED, .process = 1, .peer = 6, .object = 33, .id = 12, .size = 64};
static const struct trace_record event = {
    .operation = TRACE_EVENT_SENT, .process = 6, .peer = 1, .object = 7, .id = 256, .size = 20};

Test(ipc_rule, fits_kinds_operations_sides_objects_sizes_and_types) {
    cr_assert(fits("message", sent));
    cr_assert(!fits("message", received)); // taking is meant only where it is named
    cr_assert(fits("message received", received));
    cr_assert(!fits("message received", sent));
    cr_assert(fits("any", event));
    cr_assert(fits("message from sh to init", sent));
    cr_assert(!fits("message from init", sent));
    cr_assert(fits("message received from sh to init", received));
    cr_assert(fits("message object 33 size >= 64", sent));
    cr_assert(!fits("message size >= 65", sent));
    cr_assert(!fits("message object 34", sent));
    cr_assert(fits("event type 256", event));
    cr_assert(!fits("event type 0", event));
    cr_assert(!fits("event", sent));
}

Test(ipc_rule, says_what_is_missing) {
    struct ipc_rule rule;
    cr_assert_not_null(read_rule("", &rule));
    cr_assert_not_null(read_rule("letter", &rule));
    cr_assert_not_null(read_rule("object", &rule)); // no way of communication
    cr_assert_str_eq(read_rule("message from", &rule), "the last word wants another behind it");
    cr_assert_str_eq(read_rule("message size 8", &rule), "size wants >= and a number");
    cr_assert(strstr(read_rule("port call", &rule), "an operation as trace names it"));
    cr_assert_str_eq(read_rule("message from nobody", &rule), "from which process: the name of one alone, or an id?");
    cr_assert_str_eq(read_rule("message size >=", &rule), "which size?");
    cr_assert_str_eq(read_rule("message object it", &rule), "which object?");
    cr_assert_not_null(read_rule("message with care", &rule));
}

static const char *written(struct writer *out, char *text) {
    text[out->length] = 0;
    return text;
}

Test(ipc_rule, is_written_as_it_can_be_typed) {
    static const char *const texts[] = {"message", "event sent from 6 to 1 object 5 size >= 8 type 3", "any",
                                        "port called"};
    static const char *const typed[] = {"message", "event sent from sh to init object 5 size >= 8 type 3", "any",
                                        "port called"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[200];
        struct writer out;
        struct ipc_rule rule;
        cr_assert_null(read_rule(typed[i], &rule));
        writer_to_buffer(&out, text, sizeof(text));
        ipc_rule_write(&out, &rule);
        cr_assert_str_eq(written(&out, text), texts[i]);
    }
}

static const char *name_of(uint32_t process) {
    return process == 6 ? "sh" : "init";
}

static void expect_sentence(const struct trace_record *record, const char *expected) {
    char text[200];
    struct writer out;
    writer_to_buffer(&out, text, sizeof(text));
    ipc_operation_write(&out, record, name_of);
    cr_assert_str_eq(written(&out, text), expected);
}

Test(ipc_operation, is_a_sentence) {
    const struct trace_record raised = {.operation = TRACE_EVENT_RAISED, .peer = 6, .id = 3};
    const struct trace_record broadcast = {.operation = TRACE_PAGE_SENT, .process = 6, .id = 9, .size = 4096};
    const struct trace_record unknown = {.operation = TRACE_OPERATION_COUNT, .process = 6};
    expect_sentence(&sent, "sh[6] sends message 12, 64 bytes, to init[1] (object 33)");
    expect_sentence(&received, "init[1] receives message 12, 64 bytes, from sh[6] (object 33)");
    expect_sentence(&raised, "the kernel raises an event of type 3 for sh[6]");
    expect_sentence(&broadcast, "sh[6] sends pages of type 9, 4096 bytes, to all");
    expect_sentence(&unknown, "sh[6] does something else");
}
