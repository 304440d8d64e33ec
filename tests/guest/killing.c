// What the tests of killing share: the page of two children and the test, marked bytes, and the figures of the machine.
#include "tests/guest/killing.h"

struct killing_control *killing_control;
static int32_t control_number;

// ---- in a child ----

bool killing_control_map(void) {
    uint64_t base;
    if (shared_map(guest_granted("control"), 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) != STATUS_OK)
        return false;
    killing_control = (struct killing_control *)base;
    return true;
}

bool killing_await(const uint32_t *word) {
    for (uint64_t give_up = guest_soon(); killing_read(word) == 0; thread_sleep(deadline_after(100000)))
        if (clock_now() > give_up)
            return false;
    return true;
}

static uint64_t word_of(uint64_t mark, size_t i) {
    uint64_t mixed = (mark + 1) * 0x9e3779b97f4a7c15 + i;
    return i == 0 ? mark : mixed ^ mixed >> 31;
}

void killing_fill(void *bytes, size_t size, uint64_t mark) {
    for (size_t i = 0; i < size / sizeof(uint64_t); i++)
        ((uint64_t *)bytes)[i] = word_of(mark, i);
}

bool killing_is_marked(const void *bytes, size_t size) {
    return killing_is_whole(bytes, size, *(const uint64_t *)bytes);
}

bool killing_is_whole(const void *bytes, size_t size, uint64_t mark) {
    for (size_t i = 0; i < size / sizeof(uint64_t); i++)
        if (((const uint64_t *)bytes)[i] != word_of(mark, i))
            return false;
    return true;
}

bool killing_thread(void *(*entry)(void *), void *argument) {
    struct thread *thread;
    if (thread_start(entry, argument, NULL, &thread) != STATUS_OK)
        return false;
    thread_detach(thread);
    return true;
}

// ---- in the test ----

void killing_begin(void (*make)(int32_t *, int32_t *), int32_t *of_first, int32_t *of_other) {
    uint64_t base;
    *of_first = *of_other = NUMBER_NONE;
    EXPECT_OK(shared_create(PAGE_SIZE, &control_number));
    EXPECT_OK(shared_map(control_number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    killing_control = (struct killing_control *)base;
    if (make != NULL)
        make(of_first, of_other);
}

struct spawned killing_start(const char *role, size_t row, uint32_t other, int32_t number) {
    char row_text[16], other_text[16];
    snprintf(row_text, sizeof(row_text), "%zu", row);
    snprintf(other_text, sizeof(other_text), "%u", other);
    guest_grant("control", control_number, RIGHTS_ALL);
    if (number != NUMBER_NONE)
        guest_grant("number", number, RIGHTS_ALL);
    return guest_start(role, row_text, other_text, NULL);
}

void killing_end(void) {
    EXPECT_OK(memory_unmap((uint64_t)killing_control, PAGE_SIZE));
    EXPECT_OK(number_close(control_number));
}

// ---- figures ----

struct killing_figures killing_figures(void) {
    struct machine_information machine;
    struct killing_figures figures = {.own = guest_figures_settled()};
    EXPECT_OK(machine_information(&machine));
    figures.objects = machine.objects;
    return figures;
}

const char *killing_figures_changed(const struct killing_figures *before) {
    static char text[64];
    struct killing_figures allowed = *before;
    struct machine_information machine = {0};
    guest_figures_settled();
    guest_figures_forgive_tables(&allowed.own); // less than a page for each round
    const char *difference = guest_figures_changed(&allowed.own);
    if (difference != NULL)
        return difference;
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; thread_sleep(guest_shortly())) {
        EXPECT_OK(machine_information(&machine));
        if (machine.objects <= before->objects)
            return NULL;
    }
    snprintf(text, sizeof(text), "objects of the machine: %u, then %u", before->objects, machine.objects);
    return text;
}
