// Every system call with every wrong number, right, pointer, length and flag: the right status, and nothing is changed.
#include "tests/guest/argument_fixture.h"
#include "tests/guest/guest.h"
#include "tests/guest/raw_call.h"

#define CALL(code, name, value, parameters) +1
enum {
    CALLS_IN_LIST = 0
#include "kernel/abi/calls.h"
};
#undef CALL

static uint32_t calls_made;

// ---- one wrong call ----

struct attempt {
    const struct argument_entry *entry;
    uint64_t words[PARAMETERS_MAX];
    uint32_t parameter; // the wrong one
};

static struct attempt attempt_of(const struct argument_entry *entry, uint32_t parameter, uint64_t value) {
    struct attempt attempt = {.entry = entry, .parameter = parameter};
    for (uint32_t i = 0; i < entry->count; i++)
        attempt.words[i] = argument_good(entry->parameters[i].good);
    attempt.words[parameter] = value;
    return attempt;
}

// A call that writes to two places may have written to the first when the second turns out to be wrong.
static uint32_t count_of_outs(const struct argument_entry *entry) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < entry->count; i++)
        count += entry->parameters[i].class == PARAMETER_OUT || entry->parameters[i].class == PARAMETER_OUT_NULL;
    return count;
}

static void expect_refusal(const struct attempt *attempt, enum status expected, const char *what) {
    struct guest_figures before = guest_figures_settled();
    struct result result = raw_call(attempt->entry->code, attempt->words);
    calls_made++;
    const char *name = attempt->entry->name;
    if (result.status != expected)
        FAIL("%s, parameter %u %s (%#llx): expected %s, got %s", name, attempt->parameter, what,
             (unsigned long long)attempt->words[attempt->parameter], status_name(expected),
             status_name((enum status)result.status));
    if (result.value != 0)
        FAIL("%s, parameter %u %s: a value came with the error", name, attempt->parameter, what);
    const char *difference = guest_figures_changed(&before);
    if (difference == NULL)
        difference = argument_fixture_changed(count_of_outs(attempt->entry) < 2);
    if (difference != NULL)
        FAIL("%s, parameter %u %s: changed %s", name, attempt->parameter, what, difference);
}

static void refuse(const struct argument_entry *entry, uint32_t parameter, uint64_t value, enum status expected,
                   const char *what) {
    struct attempt attempt = attempt_of(entry, parameter, value);
    expect_refusal(&attempt, expected, what);
}

// ---- the wrong values of a class ----

static void refuse_numbers(const struct argument_entry *entry, uint32_t parameter) {
    const struct parameter *facts = &entry->parameters[parameter];
    int32_t closed;
    EXPECT_OK(timer_create(&closed));
    EXPECT_OK(number_close(closed));
    const int32_t none[] = {-1, INT32_MIN, INT32_MAX, closed, (1 << NUMBER_INDEX_BITS) - 1};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        refuse(entry, parameter, (uint32_t)none[i], STATUS_BAD_NUMBER, "names nothing");
    if (entry->parameters[parameter].good != GOOD_THREAD || strcmp(entry->name, "thread_set_priority") != 0)
        refuse(entry, parameter, 0, STATUS_BAD_NUMBER, "is zero");
    if (facts->kind != OBJECT_ANY)
        refuse(entry, parameter, (uint32_t)argument_number_of_other_kind(facts->kind), STATUS_WRONG_TYPE,
               "is of another type");
}

static void refuse_rights(const struct argument_entry *entry, uint32_t parameter) {
    const struct parameter *facts = &entry->parameters[parameter];
    for (uint32_t right = 1; right != 0; right <<= 1) {
        if ((facts->detail & right) == 0)
            continue;
        int32_t weak = argument_number_without((int32_t)argument_good(facts->good), right);
        refuse(entry, parameter, (uint32_t)weak, STATUS_NO_RIGHT, "lacks a right");
        EXPECT_OK(number_close(weak));
    }
}

static void refuse_places(const struct argument_entry *entry, uint32_t parameter) {
    static const uint64_t never[] = {
        0x1000,
        0xffff800000000000,
        0xffffffff80000000,
        0xffffffffffffff00,
        0x0000800000000000,
        0x00007ffffffff000,
        0x7fffffffffffff00,
        0xffff7ffffffffff8,
    };
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        refuse(entry, parameter, never[i], STATUS_BAD_ADDRESS, "is not the program's");
    refuse(entry, parameter, argument_unmapped(), STATUS_BAD_ADDRESS, "is not mapped");
    refuse(entry, parameter, argument_inaccessible(), STATUS_BAD_ADDRESS, "is not accessible");
}

static const void *good_content(const struct parameter *facts) {
    uint64_t address = argument_good(facts->good);
    return (const void *)(address != 0 ? address : argument_good(GOOD_BUFFER));
}

static void refuse_pointers(const struct argument_entry *entry, uint32_t parameter) {
    const struct parameter *facts = &entry->parameters[parameter];
    bool out = facts->class == PARAMETER_OUT || facts->class == PARAMETER_OUT_NULL;
    bool optional = facts->class == PARAMETER_OUT_NULL || facts->class == PARAMETER_IN_NULL;
    refuse_places(entry, parameter);
    if (!optional)
        refuse(entry, parameter, 0, STATUS_BAD_ADDRESS, "is null");
    if (out)
        refuse(entry, parameter, argument_read_only(good_content(facts), facts->detail), STATUS_BAD_ADDRESS,
               "is read-only");
    refuse(entry, parameter, argument_running_out(good_content(facts), facts->detail), STATUS_BAD_ADDRESS,
           "runs out of its page");
    refuse(entry, parameter, UINT64_MAX - facts->detail + 2, STATUS_BAD_ADDRESS, "wraps around");
}

static void refuse_words(const struct argument_entry *entry, uint32_t parameter) {
    refuse_places(entry, parameter);
    refuse(entry, parameter, 0, STATUS_BAD_ADDRESS, "is null");
    for (uint64_t shift = 1; shift < 4; shift++)
        refuse(entry, parameter, argument_good(GOOD_BUFFER) + shift, STATUS_INVALID_ARGUMENT, "is not aligned");
}

static void refuse_values(const struct argument_entry *entry, uint32_t parameter) {
    const struct wrong_value *wrong = entry->parameters[parameter].wrong;
    for (size_t i = 0; i < WRONG_VALUES_MAX && wrong[i].status != STATUS_OK; i++)
        refuse(entry, parameter, wrong[i].value, wrong[i].status, "is out of range");
}

static void for_all_parameters(void (*try)(const struct argument_entry *entry, uint32_t parameter), uint32_t classes) {
    argument_fixture_make();
    calls_made = 0;
    for (uint32_t i = 0; i < argument_table_size; i++)
        for (uint32_t parameter = 0; parameter < argument_table[i].count; parameter++)
            if (classes >> argument_table[i].parameters[parameter].class & 1)
                try(&argument_table[i], parameter);
    argument_fixture_end();
    EXPECT(calls_made > 0);
}

// ---- the tests ----

TEST(every_call_of_the_list_stands_in_the_table_once_in_its_order) {
    EXPECT_EQUAL(argument_table_size, CALLS_IN_LIST);
    for (uint32_t i = 1; i < argument_table_size; i++)
        EXPECT(argument_table[i - 1].code < argument_table[i].code);
}

TEST(a_call_with_good_arguments_succeeds) {
    argument_fixture_make();
    for (uint32_t i = 0; i < argument_table_size; i++) {
        const struct argument_entry *entry = &argument_table[i];
        if (entry->after == NEVER_CALLED_WELL)
            continue;
        struct attempt attempt = attempt_of(entry, 0, entry->count > 0 ? argument_good(entry->parameters[0].good) : 0);
        struct result result = raw_call(entry->code, attempt.words);
        if (result.status < 0)
            FAIL("%s: a sound call got %s", entry->name, status_name((enum status)result.status));
        argument_undo(entry->after, result.value);
    }
    argument_fixture_end();
}

TEST(a_number_that_names_nothing_or_another_type_is_refused_by_every_call) {
    for_all_parameters(refuse_numbers, 1 << PARAMETER_NUMBER | 1 << PARAMETER_MISSING);
}

TEST(a_number_without_the_right_is_refused_by_every_call) {
    for_all_parameters(refuse_rights, 1 << PARAMETER_NUMBER);
}

TEST(a_pointer_that_is_not_the_programs_is_refused_by_every_call) {
    for_all_parameters(refuse_pointers,
                       1 << PARAMETER_OUT | 1 << PARAMETER_OUT_NULL | 1 << PARAMETER_IN | 1 << PARAMETER_IN_NULL);
}

TEST(a_futex_word_must_be_the_programs_and_aligned) {
    for_all_parameters(refuse_words, 1 << PARAMETER_WORD);
}

TEST(a_length_flag_or_choice_out_of_range_is_refused_by_every_call) {
    for_all_parameters(refuse_values, 1 << PARAMETER_VALUE);
}

TEST(a_code_that_no_call_has_is_answered_by_NO_CALL) {
    const uint64_t words[PARAMETERS_MAX] = {1, 2, 3, 4, 5, 6};
    for (uint32_t code = 0; code < 300; code++) {
        bool known = false;
        for (uint32_t i = 0; i < argument_table_size; i++)
            known |= argument_table[i].code == code;
        if (!known)
            EXPECT_EQUAL(raw_call(code, words).status, STATUS_NO_CALL);
    }
    static const uint64_t far[] = {UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX,
                                   INT64_MAX,  UINT64_C(1) << 63, 0x100000000};
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
        EXPECT_EQUAL(raw_call(far[i], words).status, STATUS_NO_CALL);
}

TEST(a_call_leaves_nothing_of_the_kernels_in_the_registers) {
    argument_fixture_make();
    for (uint32_t i = 0; i < argument_table_size; i++) {
        const struct argument_entry *entry = &argument_table[i];
        struct raw_registers left;
        if (entry->after == NEVER_CALLED_WELL)
            continue;
        struct attempt attempt = attempt_of(entry, 0, entry->count > 0 ? argument_good(entry->parameters[0].good) : 0);
        struct result result = raw_call_registers(entry->code, attempt.words, &left);
        argument_undo(entry->after, result.value);
        EXPECT_EQUAL(left.rdi | left.rsi | left.r8 | left.r9 | left.r10, 0);
        EXPECT(left.rcx < UINT64_C(1) << 47 && left.r11 < 1 << 22);
    }
    argument_fixture_end();
}
