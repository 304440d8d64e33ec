// The shell's alias and unalias.
#include <string.h>

#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

static void show(struct output *output, const char *alias) {
    size_t name = strcspn(alias, "=");
    output_text(output, "alias ");
    output_bytes(output, alias, name + 1);
    builtin_write_quoted(output, alias + name + 1);
    output_character(output, '\n');
}

static int set(struct builtin_call *call, const char *word) {
    struct text name = {0};
    text_add(&name, word, strcspn(word, "="));
    bool done = aliases_set(&call->shell->aliases, name.bytes, strchr(word, '=') + 1);
    text_release(&name);
    return done ? 0 : builtin_fail(call, word, "no name of an alias", 1);
}

static int tell(struct builtin_call *call, const char *name) {
    const char *value = aliases_find(&call->shell->aliases, name);
    if (!value)
        return builtin_fail(call, name, "no such alias", 1);
    show(call->output, value - strlen(name) - 1);
    return 0;
}

int builtin_alias(struct builtin_call *call) {
    const struct strings *list = &call->shell->aliases.list;
    int status = 0;
    for (size_t i = 0; call->count == 1 && i < list->count; i++)
        show(call->output, list->list[i]);
    for (size_t i = 1; i < call->count; i++)
        status |= strchr(call->arguments[i], '=') ? set(call, call->arguments[i]) : tell(call, call->arguments[i]);
    return status;
}

int builtin_unalias(struct builtin_call *call) {
    struct aliases *aliases = &call->shell->aliases;
    int status = 0;
    if (call->count < 2)
        return builtin_fail(call, NULL, "a name is wanted, or -a for all", SHELL_MISUSED);
    if (!strcmp(call->arguments[1], "-a")) {
        strings_release(&aliases->list);
        return 0;
    }
    for (size_t i = 1; i < call->count; i++)
        if (!aliases_remove(aliases, call->arguments[i]))
            status = builtin_fail(call, call->arguments[i], "no such alias", 1);
    return status;
}
