// NAME=VALUE as commands and functions have them.
#include "apps/sh/assignments.h"

#include <stdlib.h>
#include <string.h>

#include "apps/sh/shell.h"

static char *name_of(const char *assignment) {
    struct text name = {0};
    text_add(&name, assignment, strcspn(assignment, "="));
    return text_take(&name);
}

bool assignment_is_refused(const struct shell *shell, const char *assignment) {
    char *name = name_of(assignment);
    bool refused = variables_is_fixed(&shell->variables, name);
    free(name);
    return refused;
}

void assignment_apply(struct shell *shell, const char *assignment) {
    char *name = name_of(assignment);
    variables_set(&shell->variables, name, strchr(assignment, '=') + 1);
    free(name);
}

void assignment_note(const struct shell *shell, const char *assignment, struct strings *before) {
    struct text note = {0};
    char *name = name_of(assignment);
    const char *value = variables_get(&shell->variables, name);
    text_add_string(&note, name);
    if (value) {
        text_add_character(&note, '=');
        text_add_string(&note, value);
    }
    free(name);
    strings_add(before, text_take(&note));
}

void assignments_restore(struct shell *shell, struct strings *before, size_t from) {
    while (before->count > from) {
        char *note = before->list[--before->count], *name = name_of(note), *equals = strchr(note, '=');
        variables_restore(&shell->variables, name, equals ? equals + 1 : NULL);
        free(name);
        free(note);
        before->list[before->count] = NULL;
    }
}
