// Figures of accounts, to be compared before and after a call that must change nothing.
#include "tests/guest/guest.h"

enum { TABLE_PAGES = 4 };

static struct process_information own_entry(void) {
    struct process_information entry = {0};
    size_t count;
    EXPECT_OK(process_list(guest_self() - 1, &entry, 1, &count));
    EXPECT_EQUAL(entry.process, guest_self());
    return entry;
}

struct guest_figures guest_figures(void) {
    struct account_information account;
    struct guest_figures figures = {.numbers = own_entry().numbers};
    EXPECT_OK(account_read(guest_self(), &account));
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        figures.used[i] = account.items[i].used;
    return figures;
}

struct account_line guest_account(uint32_t process, enum account_item item) {
    struct account_information account;
    EXPECT_OK(account_read(process, &account));
    return account.items[item];
}

static const char *const item_names[ACCOUNT_ITEM_COUNT] = {
#define ITEM_NAME(name, text, limit, tree) [ACCOUNT_##name] = text,
    ACCOUNT_ITEM_LIST(ITEM_NAME)
#undef ITEM_NAME
};

// What is charged to ancestors too: a tree that an earlier test ended may still be going.
static const bool item_is_of_tree[ACCOUNT_ITEM_COUNT] = {
#define ITEM_OF_TREE(name, text, limit, tree) [ACCOUNT_##name] = (tree),
    ACCOUNT_ITEM_LIST(ITEM_OF_TREE)
#undef ITEM_OF_TREE
};

const char *guest_figures_differ(const struct guest_figures *before, const struct guest_figures *after) {
    static char text[96];
    if (before->numbers != after->numbers) {
        snprintf(text, sizeof(text), "numbers in use: %u, then %u", before->numbers, after->numbers);
        return text;
    }
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++) {
        bool is_less = item_is_of_tree[i] && after->used[i] < before->used[i];
        if (before->used[i] == after->used[i] || is_less)
            continue;
        snprintf(text, sizeof(text), "%s: %llu, then %llu", item_names[i], (unsigned long long)before->used[i],
                 (unsigned long long)after->used[i]);
        return text;
    }
    return NULL;
}

// A CPU of this machine may stand still for a while where the host has other things to do: one look that shows nothing new is not enough.
struct guest_figures guest_figures_settled(void) {
    enum { LOOKS_ALIKE = 20 };
    struct guest_figures before, now = guest_figures();
    uint64_t give_up = deadline_after(2 * NANOSECONDS_PER_SECOND);
    for (int alike = 0; alike < LOOKS_ALIKE && clock_now() < give_up; alike++) {
        before = now;
        thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND));
        now = guest_figures();
        if (guest_figures_differ(&before, &now) != NULL || guest_figures_differ(&now, &before) != NULL)
            alike = 0;
    }
    return now;
}

const char *guest_figures_changed(const struct guest_figures *before) {
    const char *difference = NULL;
    uint64_t give_up = deadline_after(2 * NANOSECONDS_PER_SECOND);
    do {
        struct guest_figures now = guest_figures();
        difference = guest_figures_differ(before, &now);
        if (difference != NULL)
            thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND));
    } while (difference != NULL && clock_now() < give_up);
    return difference;
}

void guest_figures_forgive_tables(struct guest_figures *before) {
    uint64_t now = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    if (now <= before->used[ACCOUNT_MEMORY_PAGES] + TABLE_PAGES)
        before->used[ACCOUNT_MEMORY_PAGES] = now;
}

bool guest_is_alive(uint32_t process) {
    struct process_information entry;
    size_t count;
    return process > 0 && process_list(process - 1, &entry, 1, &count) == STATUS_OK && count == 1 &&
           entry.process == process;
}
