// The expression of find: which files are wanted, and what is done with them.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apps/common/directory.h"
#include "apps/common/match.h"
#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/find/find.h"

enum { DAY = 24 * 60 * 60, MINUTE = 60, DEPTH_MAX = 100 };

static struct expression *current;
static char **words; // what is left
static unsigned depth;

static bool holds_and(const struct term *term, struct found *found) {
    return term->left->holds(term->left, found) && term->right->holds(term->right, found);
}

static bool holds_or(const struct term *term, struct found *found) {
    return term->left->holds(term->left, found) || term->right->holds(term->right, found);
}

static bool holds_not(const struct term *term, struct found *found) {
    return !term->left->holds(term->left, found);
}

static bool holds_always(const struct term *term, struct found *found) {
    (void)found;
    return term->number;
}

static bool holds_name(const struct term *term, struct found *found) {
    return pattern_matches(term->text, path_name(found->path));
}

static char *lower(const char *text) {
    char *made = strdup(text ? text : "");
    for (char *letter = made; letter && *letter; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    return made;
}

static bool holds_name_in_any_case(const struct term *term, struct found *found) {
    char *pattern = lower(term->text), *name = lower(path_name(found->path));
    bool matches = pattern && name && pattern_matches(pattern, name);
    free(pattern);
    free(name);
    return matches;
}

static bool holds_path(const struct term *term, struct found *found) {
    return pattern_matches(term->text, found->path);
}

static bool holds_type(const struct term *term, struct found *found) {
    mode_t mode = found->information.st_mode;
    switch (term->letter) {
    case 'f':
        return S_ISREG(mode);
    case 'd':
        return S_ISDIR(mode);
    case 'l':
        return S_ISLNK(mode);
    case 'p':
        return S_ISFIFO(mode);
    default:
        return S_ISCHR(mode);
    }
}

static bool compare(const struct term *term, uint64_t number) {
    if (term->sign == '+')
        return number > term->number;
    return term->sign == '-' ? number < term->number : number == term->number;
}

static bool holds_size(const struct term *term, struct found *found) {
    return compare(term, ((uint64_t)found->information.st_size + term->unit - 1) / term->unit);
}

static bool holds_age(const struct term *term, struct found *found) {
    time_t age = time(NULL) - found->information.st_mtim.tv_sec;
    return compare(term, age > 0 ? (uint64_t)age / term->unit : 0);
}

static bool holds_newer(const struct term *term, struct found *found) {
    const struct timespec *time = &found->information.st_mtim;
    return time->tv_sec != term->time.tv_sec ? time->tv_sec > term->time.tv_sec : time->tv_nsec > term->time.tv_nsec;
}

static bool holds_empty(const struct term *term, struct found *found) {
    struct names names;
    (void)term;
    if (S_ISREG(found->information.st_mode))
        return !found->information.st_size;
    if (!S_ISDIR(found->information.st_mode) || !directory_list(found->path, &names))
        return false;
    bool empty = !names.count;
    names_free(&names);
    return empty;
}

static bool prune(const struct term *term, struct found *found) {
    (void)term;
    found->pruned = true;
    return true;
}

static struct term *make(term_function *holds) {
    struct term *term = tool_allocate(1, sizeof(*term));
    *term = (struct term){.holds = holds};
    return term;
}

static const char *take_value(const char *name) {
    if (!*words)
        tool_misused(name, "needs a value");
    return *words++;
}

static void take_signed(struct term *term, const char *name, const char *text) {
    term->sign = *text == '+' || *text == '-' ? *text++ : '=';
    if (!number_parse(text, &term->number))
        tool_fail(name, "a number is wanted, which may have + or - before it");
}

static struct term *take_size(const char *name) {
    static const struct {
        char letter;
        uint64_t unit;
    } units[] = {{'c', 1}, {'w', 2}, {'b', 512}, {'k', 1 << 10}, {'M', 1 << 20}, {'G', 1 << 30}};
    struct term *term = make(holds_size);
    char *text = strdup(take_value(name));
    size_t length = text ? strlen(text) : 0;
    term->unit = 512;
    for (size_t i = 0; length && i < sizeof(units) / sizeof(units[0]); i++) {
        if (text[length - 1] == units[i].letter) {
            term->unit = units[i].unit;
            text[length - 1] = 0;
            break;
        }
    }
    take_signed(term, name, text ? text : "");
    free(text);
    return term;
}

static struct term *take_age(const char *name) {
    struct term *term = make(holds_age);
    term->unit = !strcmp(name, "-mmin") ? MINUTE : DAY;
    take_signed(term, name, take_value(name));
    return term;
}

static struct term *take_text(const char *name) {
    static const struct {
        const char *name;
        term_function *holds;
    } tests[] = {{"-name", holds_name}, {"-iname", holds_name_in_any_case}, {"-path", holds_path}};
    struct term *term = make(holds_name);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        if (!strcmp(tests[i].name, name))
            term->holds = tests[i].holds;
    term->text = take_value(name);
    return term;
}

static struct term *take_type(const char *name) {
    struct term *term = make(holds_type);
    const char *value = take_value(name);
    if (!value[0] || value[1] || !strchr("fdlpc", value[0]))
        tool_fail(value, "no such type: f, d, l, p or c");
    term->letter = value[0];
    return term;
}

static struct term *take_newer(const char *name) {
    struct term *term = make(holds_newer);
    struct stat information;
    const char *path = take_value(name);
    if (stat(path, &information))
        tool_fail_errno(path);
    term->time = information.st_mtim;
    return term;
}

static struct term *take_depth(const char *name) {
    struct term *term = make(holds_always);
    uint64_t number;
    if (!number_parse(take_value(name), &number) || number > UINT32_MAX)
        tool_fail(name, "a number is wanted");
    *(!strcmp(name, "-maxdepth") ? &current->most : &current->least) = (unsigned)number;
    term->number = 1;
    return term;
}

static struct term *take_exec(const char *name) {
    struct term *term = make(action_exec);
    term->words = words;
    current->acts = true;
    while (*words && strcmp(*words, ";") != 0 && !(!strcmp(*words, "+") && !strcmp(words[-1], "{}")))
        words++;
    if (!*words)
        tool_misused(name, "needs a ; or {} + at its end");
    term->word_count = (size_t)(words - term->words);
    if (**words++ == '+') {
        term->word_count--; // {}
        term->holds = action_exec_batch;
        term->batch = batch_make(term);
    }
    if (!term->word_count)
        tool_misused(name, "needs a command");
    return term;
}

static struct term *take_simple(const char *name) {
    static const struct {
        const char *name;
        term_function *holds;
        bool acts;
    } simple[] = {{"-print", action_print, true},  {"-print0", action_print0, true}, {"-delete", action_delete, true},
                  {"-empty", holds_empty, false},  {"-prune", prune, false},         {"-true", holds_always, false},
                  {"-false", holds_always, false}, {"-depth", holds_always, false}};
    for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
        if (strcmp(simple[i].name, name) != 0)
            continue;
        struct term *term = make(simple[i].holds);
        term->number = strcmp(name, "-false") != 0;
        current->acts |= simple[i].acts;
        current->depth_first |= !strcmp(name, "-delete") || !strcmp(name, "-depth");
        return term;
    }
    tool_misused(name, "unknown test or action");
}

static const struct {
    const char *name;
    struct term *(*take)(const char *name);
} takers[] = {
    {"-name", take_text},      {"-iname", take_text},     {"-path", take_text}, {"-type", take_type},
    {"-size", take_size},      {"-mtime", take_age},      {"-mmin", take_age},  {"-newer", take_newer},
    {"-maxdepth", take_depth}, {"-mindepth", take_depth}, {"-exec", take_exec},
};

static const struct term *take_or(void);

static const struct term *take_primary(void) {
    if (!*words)
        tool_misused(NULL, "a test or an action is missing at the end");
    const char *name = *words++;
    if (!strcmp(name, "(")) {
        const struct term *inner = take_or();
        if (!*words || strcmp(*words, ")") != 0)
            tool_misused("(", "has no )");
        words++;
        return inner;
    }
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (!strcmp(takers[i].name, name))
            return takers[i].take(name);
    return take_simple(name);
}

static bool is_next(const char *name, const char *other) {
    return *words && (!strcmp(*words, name) || !strcmp(*words, other));
}

static const struct term *take_not(void) {
    if (++depth > DEPTH_MAX)
        tool_misused(NULL, "too much inside each other");
    const struct term *result;
    if (is_next("!", "-not")) {
        struct term *term = make(holds_not);
        words++;
        term->left = take_not();
        result = term;
    } else {
        result = take_primary();
    }
    depth--;
    return result;
}

static const struct term *join(term_function *holds, const struct term *left, const struct term *right) {
    struct term *term = make(holds);
    term->left = left;
    term->right = right;
    return term;
}

static const struct term *take_and(void) {
    const struct term *left = take_not();
    while (*words && !is_next("-o", "-or") && strcmp(*words, ")") != 0) {
        words += is_next("-a", "-and");
        left = join(holds_and, left, take_not());
    }
    return left;
}

static const struct term *take_or(void) {
    const struct term *left = take_and();
    while (is_next("-o", "-or")) {
        words++;
        left = join(holds_or, left, take_and());
    }
    return left;
}

void expression_parse(struct expression *expression, char **list) {
    current = expression;
    words = list;
    if (*words)
        expression->root = take_or();
    if (*words)
        tool_misused(*words, "it has no (");
}
