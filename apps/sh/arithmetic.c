// Arithmetic of the shell, by climbing up the operators' precedences.
#include "apps/sh/arithmetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 100,
    NUMBER_SIZE = 24,
    LOWEST = 1,
    TERNARY = 2,
    LOGICAL_OR = 3,
    LOGICAL_AND = 4,
    POWER = 14,
    UNARY = 15
};

struct arithmetic {
    struct variables *variables;
    const char *next;
    const char *problem;
    unsigned depth;
    unsigned skipped; // inside of what && || ?: leave out: nothing is set, nothing is divided
};

static const struct operation {
    const char *text; // the longer first
    int precedence;
    char kind;
} operations[] = {
    {"<<", 11, 'l'}, {">>", 11, 'r'}, {"<=", 10, 'a'}, {">=", 10, 'b'}, {"==", 9, '='}, {"!=", 9, '!'}, {"&&", 4, 'A'},
    {"||", 3, 'O'},  {"<", 10, '<'},  {">", 10, '>'},  {"&", 8, '&'},   {"^", 7, '^'},  {"|", 6, '|'},  {"+", 12, '+'},
    {"-", 12, '-'},  {"**", 14, 'p'}, {"*", 13, '*'},  {"/", 13, '/'},  {"%", 13, '%'}, {"?", 2, '?'},  {",", 1, ','},
};

static int64_t evaluate(struct arithmetic *arithmetic, int lowest);

static int64_t fail(struct arithmetic *arithmetic, const char *problem) {
    if (!arithmetic->problem)
        arithmetic->problem = problem;
    return 0;
}

static void skip_blanks(struct arithmetic *arithmetic) {
    arithmetic->next += strspn(arithmetic->next, " \t\n");
}

static bool take(struct arithmetic *arithmetic, char character) {
    skip_blanks(arithmetic);
    bool there = *arithmetic->next == character;
    arithmetic->next += there;
    return there;
}

static size_t name_length(const char *text) {
    size_t length = 0;
    while (text[length] == '_' || ((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z') ||
           (length && text[length] >= '0' && text[length] <= '9'))
        length++;
    return length;
}

static int64_t divide(struct arithmetic *arithmetic, char kind, int64_t left, int64_t right) {
    if (!right)
        return arithmetic->skipped ? 0 : fail(arithmetic, "division by 0");
    if (right == -1)
        return kind == '/' ? (int64_t)(0 - (uint64_t)left) : 0;
    return kind == '/' ? left / right : left % right;
}

static int64_t power(struct arithmetic *arithmetic, uint64_t base, int64_t exponent) {
    uint64_t result = 1;
    if (exponent < 0)
        return arithmetic->skipped ? 0 : fail(arithmetic, "a power below 0");
    for (; exponent; exponent >>= 1, base *= base)
        result *= exponent & 1 ? base : 1;
    return (int64_t)result;
}

static int64_t compare(char kind, int64_t left, int64_t right) {
    switch (kind) {
    case 'a':
        return left <= right;
    case 'b':
        return left >= right;
    case '=':
        return left == right;
    case '!':
        return left != right;
    case '<':
        return left < right;
    default:
        return left > right;
    }
}

static int64_t apply(struct arithmetic *arithmetic, char kind, int64_t left, int64_t right) {
    uint64_t first = (uint64_t)left, second = (uint64_t)right;
    switch (kind) {
    case '+':
        return (int64_t)(first + second);
    case '-':
        return (int64_t)(first - second);
    case '*':
        return (int64_t)(first * second);
    case '/':
    case '%':
        return divide(arithmetic, kind, left, right);
    case 'p':
        return power(arithmetic, first, right);
    case ',':
        return right;
    case '&':
        return left & right;
    case '|':
        return left | right;
    case '^':
        return left ^ right;
    case 'l':
        return (int64_t)(first << (second & 63));
    case 'r':
        return left >> (second & 63);
    default:
        return compare(kind, left, right);
    }
}

static int64_t number(struct arithmetic *arithmetic) {
    char *end;
    uint64_t value = strtoull(arithmetic->next, &end, 0);
    if (name_length(end) || (*end >= '0' && *end <= '9'))
        return fail(arithmetic, "not a number");
    arithmetic->next = end;
    return (int64_t)value;
}

static int64_t value_of(const struct arithmetic *arithmetic, const char *name) {
    const char *value = variables_get(arithmetic->variables, name);
    return value ? strtoll(value, NULL, 0) : 0;
}

// The kind of the assignment that follows: '=' alone, or the operator before it; 0: none follows.
static char take_assignment(struct arithmetic *arithmetic) {
    static const char *const texts[] = {"<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};
    static const char kinds[] = "lr+-*/%&|^";
    skip_blanks(arithmetic);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!strncmp(arithmetic->next, texts[i], strlen(texts[i]))) {
            arithmetic->next += strlen(texts[i]);
            return kinds[i];
        }
    }
    if (arithmetic->next[0] != '=' || arithmetic->next[1] == '=')
        return 0;
    arithmetic->next++;
    return '=';
}

static int64_t set(struct arithmetic *arithmetic, const char *name, int64_t value) {
    char digits[NUMBER_SIZE];
    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    bool counts = !arithmetic->skipped && !arithmetic->problem;
    return !counts || variables_set(arithmetic->variables, name, digits) ? value
                                                                         : fail(arithmetic, "a variable is read only");
}

// 1 for ++, -1 for --, 0 for neither: then nothing is taken.
static int take_step(struct arithmetic *arithmetic) {
    skip_blanks(arithmetic);
    char first = *arithmetic->next;
    if ((first != '+' && first != '-') || arithmetic->next[1] != first)
        return 0;
    arithmetic->next += 2;
    return first == '+' ? 1 : -1;
}

// NAME, NAME = VALUE, NAME++, or, with `before`, ++NAME.
static int64_t variable(struct arithmetic *arithmetic, int before) {
    struct text name = {0};
    size_t length = name_length(arithmetic->next);
    text_add(&name, arithmetic->next, length);
    arithmetic->next += length;
    int64_t value = value_of(arithmetic, name.bytes);
    char kind = before ? 0 : take_assignment(arithmetic);
    int behind = before || kind ? 0 : take_step(arithmetic);
    if (kind) {
        int64_t right = evaluate(arithmetic, TERNARY);
        value = set(arithmetic, name.bytes, kind == '=' ? right : apply(arithmetic, kind, value, right));
    } else if (before) {
        value = set(arithmetic, name.bytes, apply(arithmetic, '+', value, before));
    } else if (behind) {
        set(arithmetic, name.bytes, apply(arithmetic, '+', value, behind));
    }
    text_release(&name);
    return value;
}

// ++ and -- before a name; before all else they are two signs.
static int take_step_before(struct arithmetic *arithmetic) {
    const char *start = arithmetic->next;
    int step = take_step(arithmetic);
    skip_blanks(arithmetic);
    if (!step || !name_length(arithmetic->next))
        arithmetic->next = start;
    return arithmetic->next == start ? 0 : step;
}

static int64_t operand(struct arithmetic *arithmetic) {
    if (take(arithmetic, '(')) {
        int64_t value = evaluate(arithmetic, LOWEST);
        return take(arithmetic, ')') ? value : fail(arithmetic, "a ) is wanted");
    }
    int step = take_step_before(arithmetic);
    if (step)
        return variable(arithmetic, step);
    if (take(arithmetic, '-'))
        return (int64_t)(0 - (uint64_t)evaluate(arithmetic, UNARY));
    if (take(arithmetic, '+'))
        return evaluate(arithmetic, UNARY);
    if (take(arithmetic, '!'))
        return !evaluate(arithmetic, UNARY);
    if (take(arithmetic, '~'))
        return ~evaluate(arithmetic, UNARY);
    if (*arithmetic->next >= '0' && *arithmetic->next <= '9')
        return number(arithmetic);
    return name_length(arithmetic->next) ? variable(arithmetic, 0) : fail(arithmetic, "a number is wanted");
}

static const struct operation *find(struct arithmetic *arithmetic) {
    skip_blanks(arithmetic);
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        if (!strncmp(arithmetic->next, operations[i].text, strlen(operations[i].text)))
            return &operations[i];
    return NULL;
}

static int64_t evaluate_unless(struct arithmetic *arithmetic, bool skip, int lowest) {
    arithmetic->skipped += skip;
    int64_t value = evaluate(arithmetic, lowest);
    arithmetic->skipped -= skip;
    return value;
}

static int64_t choose(struct arithmetic *arithmetic, bool first) {
    int64_t yes = evaluate_unless(arithmetic, !first, LOWEST);
    if (!take(arithmetic, ':'))
        return fail(arithmetic, "a : is wanted");
    int64_t no = evaluate_unless(arithmetic, first, TERNARY);
    return first ? yes : no;
}

static int64_t go_on(struct arithmetic *arithmetic, const struct operation *operation, int64_t left) {
    switch (operation->precedence) {
    case TERNARY:
        return choose(arithmetic, left);
    case LOGICAL_OR:
        return evaluate_unless(arithmetic, left, LOGICAL_OR + 1) || left;
    case LOGICAL_AND:
        return evaluate_unless(arithmetic, !left, LOGICAL_AND + 1) && left;
    case POWER:
        return apply(arithmetic, operation->kind, left, evaluate(arithmetic, POWER)); // the right one first
    default:
        return apply(arithmetic, operation->kind, left, evaluate(arithmetic, operation->precedence + 1));
    }
}

static int64_t evaluate(struct arithmetic *arithmetic, int lowest) {
    const struct operation *operation;
    if (++arithmetic->depth > DEPTH_MAX)
        return fail(arithmetic, "too much inside each other");
    int64_t value = operand(arithmetic);
    while (!arithmetic->problem && (operation = find(arithmetic)) && operation->precedence >= lowest) {
        arithmetic->next += strlen(operation->text);
        value = go_on(arithmetic, operation, value);
    }
    arithmetic->depth--;
    return value;
}

bool arithmetic_evaluate(struct variables *variables, const char *text, int64_t *value, const char **problem) {
    struct arithmetic arithmetic = {.variables = variables, .next = text};
    skip_blanks(&arithmetic);
    *value = *arithmetic.next ? evaluate(&arithmetic, LOWEST) : 0;
    skip_blanks(&arithmetic);
    if (*arithmetic.next)
        fail(&arithmetic, "an operator is wanted");
    *problem = arithmetic.problem;
    return !arithmetic.problem;
}
