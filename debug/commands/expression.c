// The reader of expressions: one function per level of the grammar, the first mistake ends it.
#include "debug/commands/expression.h"

#include "kernel/base/string.h"

enum { DEPTH_MAX = 16, LEVEL_COUNT = 5 };

struct reader {
    const struct expression_scope *scope;
    const char *at;
    const char *error; // the first one
    int depth;
};

static uint64_t read_level(struct reader *reader, int level);

static uint64_t fail(struct reader *reader, const char *error) {
    if (reader->error == 0)
        reader->error = error;
    return 0;
}

static void skip_blanks(struct reader *reader) {
    while (*reader->at == ' ')
        reader->at++;
}

static bool take(struct reader *reader, const char *text) {
    size_t length = strlen(text);
    skip_blanks(reader);
    if (strncmp(reader->at, text, length) != 0)
        return false;
    reader->at += length;
    return true;
}

// ---- single values ----

static int digit_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

static uint64_t read_number(struct reader *reader) {
    int base = reader->at[0] == '0' && (reader->at[1] == 'x' || reader->at[1] == 'X') ? 16 : 10;
    uint64_t value = 0;
    reader->at += base == 16 ? 2 : 0;
    if (digit_value(*reader->at) >= base)
        return fail(reader, "a number lacks its digits");
    for (; digit_value(*reader->at) < base; reader->at++)
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_value(*reader->at), &value))
            return fail(reader, "a number has more than 64 bits");
    return value;
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static uint64_t read_name(struct reader *reader,
                          bool (*find)(void *context, const char *name, size_t length, uint64_t *value),
                          const char *error) {
    const char *name = reader->at;
    uint64_t value = 0;
    size_t length = 0;
    while (is_name(name[length]))
        length++;
    if (length == 0 || !find(reader->scope->context, name, length, &value))
        return fail(reader, error);
    reader->at += length;
    return value;
}

static uint64_t read_memory(struct reader *reader) {
    uint64_t value = 0, address = read_level(reader, LEVEL_COUNT);
    if (reader->error == 0 && !reader->scope->memory(reader->scope->context, address, &value))
        return fail(reader, "there is no memory at that address");
    return value;
}

static uint64_t read_group(struct reader *reader) {
    uint64_t value = read_level(reader, 0);
    return take(reader, ")") ? value : fail(reader, "a ) is missing");
}

static uint64_t read_character(struct reader *reader) {
    if (reader->at[0] == 0 || reader->at[1] != '\'')
        return fail(reader, "a character stands between two '");
    reader->at += 2;
    return (uint8_t)reader->at[-2];
}

static uint64_t read_value(struct reader *reader) {
    if (take(reader, "*"))
        return read_memory(reader);
    if (take(reader, "-"))
        return 0 - read_level(reader, LEVEL_COUNT);
    if (take(reader, "~"))
        return ~read_level(reader, LEVEL_COUNT);
    if (take(reader, "("))
        return read_group(reader);
    if (take(reader, "'"))
        return read_character(reader);
    if (take(reader, "$"))
        return read_name(reader, reader->scope->reg,
                         "there is no register of this name, or nobody knows what is in it");
    if (*reader->at >= '0' && *reader->at <= '9')
        return read_number(reader);
    if (*reader->at == 0)
        return fail(reader, "a value is missing");
    return read_name(reader, reader->scope->symbol, "there is no function of this name");
}

// ---- operators ----

static uint64_t apply(struct reader *reader, const char *sign, uint64_t left, uint64_t right) {
    if ((*sign == '/' || *sign == '%') && right == 0)
        return fail(reader, "a division by zero");
    switch (*sign) {
    case '|':
        return left | right;
    case '&':
        return left & right;
    case '<':
        return right < 64 ? left << right : 0;
    case '>':
        return right < 64 ? left >> right : 0;
    case '+':
        return left + right;
    case '-':
        return left - right;
    case '*':
        return left * right;
    case '/':
        return right != 0 ? left / right : 0;
    default:
        return right != 0 ? left % right : 0;
    }
}

// The operators of each level, those that bind least first.
static const char *const levels[LEVEL_COUNT][4] = {{"|"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}};

static const char *take_sign(struct reader *reader, int level) {
    for (int i = 0; i < 4 && levels[level][i] != 0; i++)
        if (take(reader, levels[level][i]))
            return levels[level][i];
    return 0;
}

static uint64_t read_level(struct reader *reader, int level) {
    if (reader->error != 0 || ++reader->depth > DEPTH_MAX * LEVEL_COUNT)
        return fail(reader, "this is too deep");
    if (level == LEVEL_COUNT) {
        uint64_t value = read_value(reader);
        reader->depth--;
        return value;
    }
    uint64_t value = read_level(reader, level + 1);
    const char *sign;
    while (reader->error == 0 && (sign = take_sign(reader, level)) != 0)
        value = apply(reader, sign, value, read_level(reader, level + 1));
    reader->depth--;
    return value;
}

const char *expression_read(const char *text, const struct expression_scope *scope, uint64_t *value, const char **at) {
    struct reader reader = {.scope = scope, .at = text};
    *value = read_level(&reader, 0);
    skip_blanks(&reader);
    if (reader.error == 0 && *reader.at != 0)
        reader.error = "this is no operator";
    *at = reader.at;
    return reader.error;
}
