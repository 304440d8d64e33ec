// The shell's variables.
#include "apps/sh/variables.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/sh/special.h"

// Holds the names, each with a colon behind, that a subshell must not export.
static const char private_mark[] = "SH_PRIVATE";

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

void variables_set(struct variables *variables, const char *name, const char *value) {
    if (special_set(name, value))
        return;
    char *copy = string_copy(value); // before the old one goes: it may be a part of it
    struct variable *variable = find_or_add(variables, name);
    free(variable->value);
    variable->value = copy;
}

void variables_export(struct variables *variables, const char *name) {
    find_or_add(variables, name)->exported = true;
}

void variables_unset(struct variables *variables, const char *name) {
    struct variable *variable = find(variables, name);
    if (!variable)
        return;
    free(variable->name);
    free(variable->value);
    *variable = variables->list[--variables->count];
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

static void keep_private(struct variables *variables) {
    const char *names = variables_get(variables, private_mark);
    struct text name = {0};
    for (size_t length; names && *names; names += length + (names[length] == ':')) {
        length = strcspn(names, ":");
        text_clear(&name);
        text_add(&name, names, length);
        struct variable *variable = find(variables, name.bytes);
        if (variable)
            variable->exported = false;
    }
    text_release(&name);
    variables_unset(variables, private_mark);
}

void variables_import(struct variables *variables, char **environment) {
    for (; *environment; environment++)
        import_one(variables, *environment);
    keep_private(variables);
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

void variables_for_subshell(const struct variables *variables, struct strings *environment) {
    struct text names = {0};
    variables_environment(variables, environment);
    for (size_t i = 0; i < variables->count; i++) {
        const struct variable *variable = &variables->list[i];
        if (variable->exported || !variable->value)
            continue;
        add_entry(environment, variable->name, variable->value);
        text_add_string(&names, variable->name);
        text_add_character(&names, ':');
    }
    if (names.length)
        add_entry(environment, private_mark, names.bytes);
    text_release(&names);
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
