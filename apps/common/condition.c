// Conditions of `test` and `[`.
#include "apps/common/condition.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char condition_usage[] =
    "usage: test CONDITION\n"
    "       [ CONDITION ]\n"
    "Status: 0 it holds, 1 it does not, 2 it is wrong.\n"
    "  -e F  is there     -f F  a file        -d F  a directory   -s F  not empty\n"
    "  -r F  can be read  -w F  be written    -x F  be run        -t N  descriptor N is a terminal\n"
    "  -z W  empty word   -n W  no empty one  W = V   W != V   W < V   W > V: words compared\n"
    "  N -eq M   -ne   -lt   -le   -gt   -ge: numbers compared   F -nt G   F -ot G: newer, older\n"
    "  ! C   ( C )   C -a C   C -o C\n";

enum { DEPTH_MAX = 100 };

struct condition {
    char **words;
    size_t count, next;
    unsigned depth;
    const char *thing, *reason;
};

static bool fail(struct condition *condition, const char *thing, const char *reason) {
    if (!condition->reason) {
        condition->thing = thing;
        condition->reason = reason;
    }
    return false;
}

static const char *word_at(const struct condition *condition, size_t ahead) {
    size_t index = condition->next + ahead;
    return index < condition->count ? condition->words[index] : NULL;
}

static bool is(const char *word, const char *text) {
    return word && !strcmp(word, text);
}

static bool look_at_file(char letter, const char *path) {
    struct stat information;
    switch (letter) {
    case 'r':
        return !access(path, R_OK);
    case 'w':
        return !access(path, W_OK);
    case 'x':
        return !access(path, X_OK);
    case 'L':
    case 'h':
        return !lstat(path, &information) && S_ISLNK(information.st_mode);
    default:
        break;
    }
    if (stat(path, &information))
        return false;
    switch (letter) {
    case 'f':
        return S_ISREG(information.st_mode);
    case 'd':
        return S_ISDIR(information.st_mode);
    case 's':
        return information.st_size > 0;
    default:
        return true;
    }
}

static long long number_of(struct condition *condition, const char *word) {
    char *end;
    errno = 0;
    long long number = strtoll(word, &end, 10);
    if (end == word || end[strspn(end, " \t\n")] || errno)
        fail(condition, word, "a whole number is wanted");
    return number;
}

static bool evaluate_unary(struct condition *condition, char letter, const char *word) {
    if (letter == 'z' || letter == 'n')
        return !*word == (letter == 'z');
    if (letter == 't')
        return isatty((int)number_of(condition, word));
    return look_at_file(letter, word);
}

static int compare_ages(const char *left, const char *right) {
    struct stat first, second;
    bool has_first = !stat(left, &first), has_second = !stat(right, &second);
    if (!has_first || !has_second)
        return has_first - has_second;
    if (first.st_mtim.tv_sec != second.st_mtim.tv_sec)
        return first.st_mtim.tv_sec > second.st_mtim.tv_sec ? 1 : -1;
    return (first.st_mtim.tv_nsec > second.st_mtim.tv_nsec) - (first.st_mtim.tv_nsec < second.st_mtim.tv_nsec);
}

enum comparison { WORDS, NUMBERS, AGES };

static const struct binary {
    const char *text;
    enum comparison comparison;
    bool results[3]; // for less, equal, greater
} binaries[] = {
    {"=", WORDS, {0, 1, 0}},     {"==", WORDS, {0, 1, 0}},    {"!=", WORDS, {1, 0, 1}},    {"<", WORDS, {1, 0, 0}},
    {">", WORDS, {0, 0, 1}},     {"-eq", NUMBERS, {0, 1, 0}}, {"-ne", NUMBERS, {1, 0, 1}}, {"-lt", NUMBERS, {1, 0, 0}},
    {"-le", NUMBERS, {1, 1, 0}}, {"-gt", NUMBERS, {0, 0, 1}}, {"-ge", NUMBERS, {0, 1, 1}}, {"-nt", AGES, {0, 0, 1}},
    {"-ot", AGES, {1, 0, 0}},
};

static const struct binary *find_binary(const char *word) {
    for (size_t i = 0; word && i < sizeof(binaries) / sizeof(binaries[0]); i++)
        if (!strcmp(binaries[i].text, word))
            return &binaries[i];
    return NULL;
}

static bool evaluate_binary(struct condition *condition, const struct binary *binary) {
    const char *left = word_at(condition, 0), *right = word_at(condition, 2);
    long long order;
    if (binary->comparison == WORDS) {
        order = strcmp(left, right);
    } else if (binary->comparison == AGES) {
        order = compare_ages(left, right);
    } else {
        long long first = number_of(condition, left), second = number_of(condition, right);
        order = (first > second) - (first < second);
    }
    condition->next += 3;
    return binary->results[(order > 0) - (order < 0) + 1];
}

static bool evaluate_or(struct condition *condition);

static bool evaluate_group(struct condition *condition) {
    condition->next++;
    bool holds = evaluate_or(condition);
    if (!is(word_at(condition, 0), ")"))
        return fail(condition, NULL, "a ) is wanted");
    condition->next++;
    return holds;
}

static bool is_unary(const char *word) {
    return word && word[0] == '-' && word[1] && !word[2] && strchr("efdsrwxtznLh", word[1]);
}

static bool evaluate_primary(struct condition *condition) {
    const char *word = word_at(condition, 0);
    const struct binary *binary = find_binary(word_at(condition, 1));
    if (!word)
        return fail(condition, NULL, "a condition is wanted");
    if (binary && word_at(condition, 2))
        return evaluate_binary(condition, binary);
    if (!strcmp(word, "(") && word_at(condition, 1))
        return evaluate_group(condition);
    if (is_unary(word) && word_at(condition, 1)) {
        condition->next += 2;
        return evaluate_unary(condition, word[1], condition->words[condition->next - 1]);
    }
    condition->next++;
    return *word;
}

static bool evaluate_not(struct condition *condition) {
    if (++condition->depth > DEPTH_MAX)
        return fail(condition, NULL, "too much inside each other");
    bool inverts = is(word_at(condition, 0), "!") && word_at(condition, 1) && !find_binary(word_at(condition, 1));
    condition->next += inverts;
    bool holds = inverts ? !evaluate_not(condition) : evaluate_primary(condition);
    condition->depth--;
    return holds;
}

static bool evaluate_and(struct condition *condition) {
    bool holds = evaluate_not(condition);
    while (is(word_at(condition, 0), "-a")) {
        condition->next++;
        holds &= evaluate_not(condition);
    }
    return holds;
}

static bool evaluate_or(struct condition *condition) {
    bool holds = evaluate_and(condition);
    while (is(word_at(condition, 0), "-o")) {
        condition->next++;
        holds |= evaluate_and(condition);
    }
    return holds;
}

int condition_evaluate(char **words, size_t count, const char **thing, const char **reason) {
    struct condition condition = {.words = words, .count = count};
    bool holds = count && evaluate_or(&condition);
    if (condition.next < count)
        fail(&condition, words[condition.next], "not expected here");
    *thing = condition.thing;
    *reason = condition.reason;
    if (condition.reason)
        return CONDITION_WRONG;
    return holds ? CONDITION_HOLDS : CONDITION_FAILS;
}
