// Tests of the object table: life, ids, finding, listing, describing.
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"

TestSuite(objects, .init = host_start, .fini = host_finish);

static uint32_t destroyed;

static void count_destroyed(struct object *object) {
    (void)object;
    destroyed++;
}

static void describe_colour(struct object *object, struct writer *out) {
    (void)object;
    writer_text(out, "colour: red\n");
}

static const struct object_type plain_type = {
    .name = "plain",
    .kind = OBJECT_TIMER,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
    .destroy = count_destroyed,
    .describe = describe_colour,
};

static const struct object_type other_type = {
    .name = "other",
    .kind = OBJECT_RANGE,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
};

static struct object *object_make(const struct object_type *type, const char *name) {
    struct object *object;
    cr_assert_eq(object_create(type, 0, name, &object), STATUS_OK);
    return object;
}

Test(objects, an_object_is_destroyed_with_its_last_reference) {
    struct object *object = object_make(&plain_type, "a");
    object_retain(object);
    object_release(object);
    cr_assert_eq(destroyed, 0);
    object_release(object);
    cr_assert_eq(destroyed, 1);
    cr_assert_eq(object_count(), 0);
}

// R-B6: 64-bit ids, counted up.
Test(objects, R_B6_ids_are_never_given_out_twice) {
    uint64_t last = 0;
    for (int i = 0; i < 100000; i++) {
        struct object *object = object_make(&other_type, "a");
        cr_assert_gt(object->id, last);
        last = object->id;
        object_release(object);
    }
}

Test(objects, an_object_is_found_by_its_id_while_it_lives) {
    struct object *object = object_make(&plain_type, "a");
    uint64_t id = object->id;
    struct object *found = object_find(id);
    cr_assert_eq(found, object);
    cr_assert_eq(object->references, 2);
    object_release(found);
    object_release(object);
    cr_assert_null(object_find(id));
}

Test(objects, an_object_on_its_way_out_is_not_found) {
    struct object *object = object_make(&plain_type, "a");
    object->references = 0; // as between the last release and the destruction, on another CPU
    cr_assert_null(object_find(object->id));
    cr_assert_null(object_next(OBJECT_ANY, 0));
    object->references = 1;
    object_release(object);
}

Test(objects, names_are_cut_and_padded) {
    struct object *object = object_make(&plain_type, "a name that is longer than the place for it");
    cr_assert_str_eq(object->name, "a name that is longer t");
    object_release(object);
}

// ---- listing ----

Test(objects, listing_goes_up_by_id_and_selects_by_kind) {
    struct object *objects[6];
    for (int i = 0; i < 6; i++)
        objects[i] = object_make(i % 2 == 0 ? &plain_type : &other_type, "a");
    uint64_t after = 0;
    for (int i = 1; i < 6; i += 2) {
        struct object *object = object_next(OBJECT_RANGE, after);
        cr_assert_eq(object, objects[i]);
        after = object->id;
        object_release(object);
    }
    cr_assert_null(object_next(OBJECT_RANGE, after));
    for (int i = 0; i < 6; i++)
        object_release(objects[i]);
}

Test(objects, listing_finds_what_is_thousands_of_ids_away) {
    struct object *first = object_make(&plain_type, "a");
    for (int i = 0; i < 5000; i++)
        object_release(object_make(&plain_type, "a"));
    struct object *last = object_make(&plain_type, "b"), *newest = object_make(&plain_type, "c");
    struct object *found = object_next(OBJECT_ANY, first->id);
    cr_assert_eq(found, last);
    object_release(found);
    object_release(first);
    object_release(last);
    object_release(newest);
}

Test(objects, listing_finds_the_lower_one_of_two_in_a_bucket) {
    struct object *first = object_make(&plain_type, "a");
    struct object *low = 0;
    for (int i = 0; i < 2048; i++) { // then the ids meet in the registry's buckets again
        struct object *object = object_make(&plain_type, "a");
        if (i == 2)
            low = object;
        else
            object_release(object);
    }
    struct object *high = object_make(&plain_type, "b"), *same = object_make(&plain_type, "c");
    struct object *found = object_next(OBJECT_ANY, first->id);
    cr_assert_eq(found, low);
    object_release(found);
    object_release(first);
    object_release(low);
    object_release(high);
    object_release(same);
}

// ---- creation fails ----

Test(objects, a_spent_limit_refuses_creation) {
    struct process *process = host_process("p");
    struct account_line *line = &process->account->lines[ACCOUNT_OBJECTS];
    struct object *object;
    account_set_limit(process->account, ACCOUNT_OBJECTS, line->used);
    struct host_figures before = host_figures();
    cr_assert_eq(object_create(&plain_type, process->account, "a", &object), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "at the limit");
}

static enum status create(void *context) {
    struct process *process = context;
    struct object *object;
    enum status status = object_create(&plain_type, process->account, "a", &object);
    if (status == STATUS_OK)
        object_release(object);
    return status;
}

Test(objects, a_failed_allocation_changes_nothing) {
    struct host_operation operation = {.operation = create, .context = host_process("p")};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

// ---- instruments ----

Test(objects, information_leaves_the_askers_reference_out) {
    struct process *process = host_process("p");
    struct object *object;
    struct object_information information;
    cr_assert_eq(object_create(&plain_type, process->account, "thing", &object), STATUS_OK);
    object_retain(object); // the asker's
    object->operations = 3;
    object_inform(object, &information);
    cr_assert_eq(information.id, object->id);
    cr_assert_eq(information.kind, OBJECT_TIMER);
    cr_assert_eq(information.references, 1);
    cr_assert_eq(information.owner, process->id);
    cr_assert_eq(information.waiters, 0);
    cr_assert_eq(information.operations, 3);
    cr_assert_str_eq(information.name, "thing");
    object_release(object);
    object_release(object);
}

Test(objects, information_counts_the_waiters) {
    struct process *process = host_process("p");
    FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    struct object *queue = object_next(OBJECT_EVENT_QUEUE, 0);
    struct object_information information;
    object_inform(queue, &information);
    cr_assert_eq(information.waiters, 2);
    object_release(queue);
}

Test(objects, a_description_is_the_heads_lines_then_the_types) {
    struct object *object = object_make(&plain_type, "thing");
    char text[256] = {0}, expected[256];
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    snprintf(expected, sizeof(expected),
             "id: %llu\ntype: plain\nname: thing\nreferences: 0\nnumbers: 0\nowner: 0\nwaiters: 0\noperations: 0\nlock "
             "waits: 0\n"
             "colour: red\n",
             (unsigned long long)object->id);
    cr_assert_str_eq(text, expected);
    object_release(object);
}

Test(objects, kinds_have_names) {
    cr_assert_str_eq(object_kind_name(OBJECT_PIPE_END), "pipe");
    cr_assert_str_eq(object_kind_name(OBJECT_ANY), "any");
    cr_assert_str_eq(object_kind_name(OBJECT_KIND_COUNT), "unknown");
}

Test(objects, every_live_object_can_be_described) {
    struct process *process = host_process("p");
    FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    uint64_t after = 0;
    struct object *object;
    while ((object = object_next(OBJECT_ANY, after)) != 0) {
        char text[2048];
        struct writer writer;
        writer_to_buffer(&writer, text, sizeof(text));
        object_describe(object, &writer);
        cr_assert(writer.length > 0 && writer.length < sizeof(text));
        after = object->id;
        object_release(object);
    }
}
