// Accounts: charging without locks, up the line of ancestors for the items that a tree of processes shares.
#include "kernel/object/account.h"

#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"

struct item_rule {
    const char *name;
    uint64_t limit;
    bool whole_tree;
};

static const struct item_rule item_rules[ACCOUNT_ITEM_COUNT] = {
#define ITEM_RULE(name, text, limit, tree) [ACCOUNT_##name] = {text, limit, tree},
    ACCOUNT_ITEM_LIST(ITEM_RULE)
#undef ITEM_RULE
};

static void account_destroy(struct object *object) {
    struct account *account = (struct account *)object;
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        assert(account->lines[i].used == 0);
    if (account->parent != 0)
        object_release(&account->parent->object);
}

static void account_describe(struct object *object, struct writer *out) {
    struct account *account = (struct account *)object;
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++) {
        const struct account_line *line = &account->lines[i];
        writer_format(out, "%s: %llu of %llu, peak %llu, refused %llu\n", item_rules[i].name,
                      (unsigned long long)line->used, (unsigned long long)line->limit, (unsigned long long)line->peak,
                      (unsigned long long)line->refused);
    }
}

static const struct object_type account_type = {
    .name = "account",
    .kind = OBJECT_ACCOUNT,
    .size = sizeof(struct account),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ,
    .destroy = account_destroy,
    .describe = account_describe,
};

// An account is charged to nobody: its process's own entry pays, and it must outlive that.
enum status account_create(struct account *parent, const char *name, struct account **account) {
    struct object *object;
    enum status status = object_create(&account_type, 0, name, &object);
    if (status != STATUS_OK)
        return status;
    struct account *made = (struct account *)object;
    if (parent != 0) {
        object_retain(&parent->object);
        made->parent = parent;
    }
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        made->lines[i].limit = parent != 0 ? parent->lines[i].limit : item_rules[i].limit;
    *account = made;
    return STATUS_OK;
}

static bool line_charge(struct account_line *line, uint64_t amount) {
    uint64_t used = __atomic_add_fetch(&line->used, amount, __ATOMIC_RELAXED);
    if (__builtin_expect(used > line->limit || used < amount, 0)) {
        __atomic_sub_fetch(&line->used, amount, __ATOMIC_RELAXED);
        __atomic_add_fetch(&line->refused, 1, __ATOMIC_RELAXED);
        return false;
    }
    if (used > line->peak)
        line->peak = used; // an instrument: two CPUs at once may lose one of their peaks
    return true;
}

static void line_discharge(struct account_line *line, uint64_t amount) {
    uint64_t before = __atomic_fetch_sub(&line->used, amount, __ATOMIC_RELAXED);
    assert_debug(before >= amount);
    (void)before;
}

// The ancestors' part of a charge that the account itself has taken.
static enum status ancestors_charge(struct account *account, enum account_item item, uint64_t amount) {
    for (struct account *a = account->parent; a != 0; a = a->parent) {
        if (line_charge(&a->lines[item], amount))
            continue;
        for (struct account *b = account; b != a; b = b->parent)
            line_discharge(&b->lines[item], amount);
        return STATUS_LIMIT_REACHED;
    }
    return STATUS_OK;
}

enum status account_charge(struct account *account, enum account_item item, uint64_t amount) {
    if (account == 0)
        return STATUS_OK;
    if (!line_charge(&account->lines[item], amount))
        return STATUS_LIMIT_REACHED;
    return item_rules[item].whole_tree ? ancestors_charge(account, item, amount) : STATUS_OK;
}

void account_discharge(struct account *account, enum account_item item, uint64_t amount) {
    if (account == 0)
        return;
    line_discharge(&account->lines[item], amount);
    if (!item_rules[item].whole_tree)
        return;
    for (struct account *a = account->parent; a != 0; a = a->parent)
        line_discharge(&a->lines[item], amount);
}

void account_set_limit(struct account *account, enum account_item item, uint64_t limit) {
    __atomic_store_n(&account->lines[item].limit, limit, __ATOMIC_RELAXED);
}

void account_inform(struct account *account, struct account_information *information) {
    *information = (struct account_information){
        .process = account->process,
        .parent = account->parent != 0 ? account->parent->process : 0,
    };
    string_copy_padded(information->name, account->object.name, NAME_SIZE);
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        information->items[i] = account->lines[i];
}

const char *account_item_name(enum account_item item) {
    return item < ACCOUNT_ITEM_COUNT ? item_rules[item].name : "unknown";
}
