// Conditions between [[ and ]], by recursive descent.
#include "apps/sh/double_bracket.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/condition.h"
#include "apps/common/match.h"
#include "apps/sh/expression.h"
#include "apps/sh/shell.h"

enum { DEPTH_MAX = 100 };

struct condition {
    struct shell *shell;
    const struct word *next;
    unsigned depth;
    bool failed; // it was complained about
};

static bool either(struct condition *condition, bool wanted);

static bool fail(struct condition *condition, const char *thing, const char *reason) {
    struct text name = {0};
    text_add_string(&name, "[[");
    text_add_string(&name, thing ? ": " : "");
    text_add_string(&name, thing ? thing : "");
    if (!condition->failed)
        shell_complain(2, name.bytes, reason);
    text_release(&name);
    condition->failed = true;
    return false;
}

static bool is_next(const struct condition *condition, const char *text) {
    return condition->next && !strcmp(condition->next->text, text);
}

static bool take(struct condition *condition, const char *text) {
    bool there = is_next(condition, text);
    if (there)
        condition->next = condition->next->next;
    return there;
}

// One of `words`, which have a blank on either side.
static bool is_among(const char *words, const char *text) {
    size_t length = strlen(text);
    for (const char *at = strstr(words, text); at && length; at = strstr(at + 1, text))
        if (at > words && at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

// As the operator takes it: a pattern, a regular expression or a text. Null: it was complained about.
static char *expand(struct condition *condition, const struct word *word, const char *operator) {
    struct expander *expander = shell_expander(condition->shell);
    char *text;
    if (!strcmp(operator, "=~"))
        text = expand_special(expander, word->text, ".[]{}()*+?^$|\\");
    else if (is_among(" = == != ", operator))
        text = expand_pattern(expander, word->text);
    else
        text = expand_string(expander, word->text);
    if (!text) {
        shell_complain(2, NULL, expander->problem.bytes);
        condition->failed = true;
    }
    return text;
}

static bool ask_test(struct condition *condition, char **words, size_t count) {
    const char *thing = NULL, *reason = NULL;
    int result = condition_evaluate(words, count, &thing, &reason);
    return result == CONDITION_WRONG ? fail(condition, thing, reason) : result == CONDITION_HOLDS;
}

// $BASH_REMATCH is what the expression matched, and nothing where it did not.
static bool matches_expression(struct condition *condition, const char *left, const char *right) {
    struct expression_match match = {0};
    struct text matched = {0};
    enum expression_result result = expression_find(right, left, &match);
    if (result == EXPRESSION_WRONG)
        return fail(condition, right, "no regular expression");
    text_add(&matched, left + match.start, match.end - match.start);
    variables_set(&condition->shell->variables, "BASH_REMATCH", matched.bytes);
    text_release(&matched);
    return result == EXPRESSION_MATCHES;
}

static bool compare(struct condition *condition, const char *left, const char *operator, char * right) {
    if (!strcmp(operator, "=~"))
        return matches_expression(condition, left, right);
    if (is_among(" = == != ", operator))
        return pattern_matches(right, left) == (*operator!= '!');
    if (is_among(" < > ", operator))
        return *operator== '<' ? strcmp(left, right) < 0 : strcmp(left, right) > 0;
    char *words[] = {(char *)left, (char *)operator, right, NULL};
    return ask_test(condition, words, 3);
}

static bool binary(struct condition *condition, const struct word *left, bool wanted) {
    const struct word *operator= condition->next, *right = operator->next;
    if (!right)
        return fail(condition, operator->text, "a word is wanted behind it");
    condition->next = right->next;
    if (!wanted || condition->failed)
        return false;
    char *first = expand(condition, left, "");
    char *second = first ? expand(condition, right, operator->text) : NULL;
    bool holds = second && compare(condition, first, operator->text, second);
    free(first);
    free(second);
    return holds;
}

// `operator` is null where the word alone is asked for.
static bool unary(struct condition *condition, const struct word *operator, const struct word * word, bool wanted) {
    char *text = wanted && !condition->failed ? expand(condition, word, "") : NULL;
    if (!text)
        return false;
    char *words[] = {operator? operator->text : (char *)"-n", text, NULL };
    bool holds = ask_test(condition, words, 2);
    free(text);
    return holds;
}

static bool simple(struct condition *condition, bool wanted) {
    static const char both[] = " = == != =~ < > -eq -ne -lt -le -gt -ge -nt -ot -ef ";
    const struct word *word = condition->next;
    if (!word || is_among(" && || ) ", word->text))
        return fail(condition, word ? word->text : NULL, "a condition is wanted");
    condition->next = word->next;
    if (condition->next && is_among(both, condition->next->text))
        return binary(condition, word, wanted);
    bool has_operator = word->text[0] == '-' && word->text[1] && !word->text[2];
    if (!has_operator || !condition->next || is_among(" && || ) ", condition->next->text))
        return unary(condition, NULL, word, wanted);
    const struct word *operand = condition->next;
    condition->next = operand->next;
    return unary(condition, word, operand, wanted);
}

static bool one(struct condition *condition, bool wanted) {
    if (++condition->depth > DEPTH_MAX)
        return fail(condition, NULL, "too much inside each other");
    bool holds;
    if (take(condition, "!")) {
        holds = !one(condition, wanted);
    } else if (take(condition, "(")) {
        holds = either(condition, wanted);
        if (!take(condition, ")"))
            holds = fail(condition, NULL, "a ) is wanted");
    } else {
        holds = simple(condition, wanted);
    }
    condition->depth--;
    return holds;
}

static bool both(struct condition *condition, bool wanted) {
    bool holds = one(condition, wanted);
    while (take(condition, "&&"))
        holds &= one(condition, wanted && holds);
    return holds;
}

static bool either(struct condition *condition, bool wanted) {
    bool holds = both(condition, wanted);
    while (take(condition, "||"))
        holds |= both(condition, wanted && !holds);
    return holds;
}

int double_bracket(struct shell *shell, const struct word *words) {
    struct condition condition = {.shell = shell, .next = words};
    bool holds = either(&condition, true);
    if (condition.next)
        fail(&condition, condition.next->text, "not expected here");
    return condition.failed ? SHELL_MISUSED : !holds;
}
