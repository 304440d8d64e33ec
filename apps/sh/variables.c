// The shell's variables.
#include "apps/sh/variables.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/sh/special.h"

// Hold the names, each with a colon behind, that a subshell must not export, and that are read only there, too.
static const char private_mark[] = "SH_PRIVATE", fixed_mark[] = "SH_READONLY";

static struct variable *find(const struct variables *variables, const char *name) {
    for (size_t i = 0; i < variables->count; i++)
        if (!strcmp(variables->list[i].name, name))
            return &variables->list[i];
    return NULL;
}

static struct variable *find_or_add(struct variables *variables, const char *name) {
    struct variable *variable = find(variables, name);
    if (variable)
        return variable;
    if (variables->count == variables->capacity) {
        variables->capacity = variables->capacity * 2 + 16;
        variables->list = tool_reallocate(variables->list, variables->capacity, sizeof(*variable));
    }
    variable = &variables->list[variables->count++];
    *variable = (struct variable){.name = string_copy(name)};
    return variable;
}

bool variables_is_name(const char *text) {
    const char *start = text;
    while (*text == '_' || ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z') ||
           (text > start && *text >= '0' && *text <= '9'))
        text++;
    return text > start && !*text;
}

const char *variables_get(const struct variables *variables, const char *name) {
    const struct variable *variable = find(variables, name);
    return variable ? variable->value : special_get(name);
}

bool variables_set(struct variables *variables, const char *name, const char *value) {
    if (special_set(name, value))
        return true;
    char *copy = string_copy(value); // before the old one goes: it may be a part of it
    struct variable *variable = find_or_add(variables, name);
    bool fixed = variable->fixed;
    free(fixed ? copy : variable->value);
    if (!fixed)
        variable->value = copy;
    return !fixed;
}

void variables_fix(struct variables *variables, const char *name) {
    find_or_add(variables, name)->fixed = true;
}

bool variables_is_fixed(const struct variables *variables, const char *name) {
    const struct variable *variable = find(variables, name);
    return variable && variable->fixed;
}

void variables_restore(struct variables *variables, const char *name, const char *value) {
    struct variable *variable = find(variables, name);
    if (variable)
        variable->fixed = false;
    if (value)
        variables_set(variables, name, value);
    else
        variables_unset(variables, name);
}

void variables_export(struct variables *variables, const char *name) {
    find_or_add(variables, name)->exported = true;
}

bool variables_unset(struct variables *variables, const char *name) {
    struct variable *variable = find(variables, name);
    if (!variable || variable->fixed)
        return !variable;
    free(variable->name);
    free(variable->value);
    *variable = variables->list[--variables->count];
    return true;
}

static void import_one(struct variables *variables, const char *entry) {
    const char *equals = strchr(entry, '=');
    if (!equals)
        return;
    struct text name = {0};
    text_add(&name, entry, (size_t)(equals - entry));
    if (variables_is_name(name.bytes)) {
        variables_set(variables, name.bytes, equals + 1);
        variables_export(variables, name.bytes);
    }
    text_release(&name);
}

static void keep_private(struct variable *variable) {
    variable->exported = false;
}

static void keep_fixed(struct variable *variable) {
    variable->fixed = true;
}

// What the shell above told of some of its variables.
static void take_mark(struct variables *variables, const char *mark, void (*keep)(struct variable *variable)) {
    const char *names = variables_get(variables, mark);
    struct text name = {0};
    if (!names)
        return;
    for (size_t length; *names; names += length + (names[length] == ':')) {
        length = strcspn(names, ":");
        text_clear(&name);
        text_add(&name, names, length);
        keep(find_or_add(variables, name.bytes));
    }
    text_release(&name);
    variables_unset(variables, mark);
}

void variables_import(struct variables *variables, char **environment) {
    for (; *environment; environment++)
        import_one(variables, *environment);
    take_mark(variables, private_mark, keep_private);
    take_mark(variables, fixed_mark, keep_fixed);
}

static void add_entry(struct strings *environment, const char *name, const char *value) {
    struct text entry = {0};
    text_add_string(&entry, name);
    text_add_character(&entry, '=');
    text_add_string(&entry, value);
    strings_add(environment, text_take(&entry));
}

void variables_environment(const struct variables *variables, struct strings *environment) {
    for (size_t i = 0; i < variables->count; i++)
        if (variables->list[i].exported && variables->list[i].value)
            add_entry(environment, variables->list[i].name, variables->list[i].value);
}

static void add_marked(struct text *names, const struct variable *variable, bool marked) {
    if (!marked)
        return;
    text_add_string(names, variable->name);
    text_add_character(names, ':');
}

static void add_mark(struct strings *environment, const char *mark, struct text *names) {
    if (names->length)
        add_entry(environment, mark, names->bytes);
    text_release(names);
}

void variables_for_subshell(const struct variables *variables, struct strings *environment) {
    struct text private = {0}, fixed = {0};
    variables_environment(variables, environment);
    for (size_t i = 0; i < variables->count; i++) {
        const struct variable *variable = &variables->list[i];
        bool is_private = variable->value && !variable->exported;
        if (is_private)
            add_entry(environment, variable->name, variable->value);
        add_marked(&private, variable, is_private);
        add_marked(&fixed, variable, variable->fixed);
    }
    add_mark(environment, private_mark, &private);
    add_mark(environment, fixed_mark, &fixed);
}

static int compare(const void *left, const void *right) {
    return strcmp(((const struct variable *)left)->name, ((const struct variable *)right)->name);
}

void variables_sort(struct variables *variables) {
    if (variables->count)
        qsort(variables->list, variables->count, sizeof(*variables->list), compare);
}

void variables_release(struct variables *variables) {
    for (size_t i = 0; i < variables->count; i++) {
        free(variables->list[i].name);
        free(variables->list[i].value);
    }
    free(variables->list);
    *variables = (struct variables){0};
}
