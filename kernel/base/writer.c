// Formatting: what printf does, for text that goes through a writer.
#include "kernel/base/writer.h"

#include <stdbool.h>

#include "kernel/base/string.h"

enum { DIGITS_MAX = 24 };

// One conversion of a format: %[flags][width][.precision][length]conversion.
struct conversion {
    bool zero, left, prefix, negative;
    int width, precision; // precision -1: none given
    int length;           // bytes of the argument: 1, 2, 4, 8
    char kind;
};

static void buffer_put(struct writer *writer, const char *text, size_t size) {
    size_t room = writer->length < writer->capacity ? writer->capacity - writer->length : 0;
    size_t fitting = size < room ? size : room;
    if (fitting > 0)
        memcpy(writer->buffer + writer->length, text, fitting);
    writer->length += size;
}

void writer_to_buffer(struct writer *writer, char *buffer, size_t capacity) {
    *writer = (struct writer){.put = buffer_put, .buffer = buffer, .capacity = capacity};
}

void writer_text(struct writer *writer, const char *text) {
    writer->put(writer, text, strlen(text));
}

static void put_repeated(struct writer *writer, char character, int count) {
    for (; count > 0; count--)
        writer->put(writer, &character, 1);
}

static void put_string(struct writer *writer, const struct conversion *conversion, const char *text) {
    size_t length = 0;
    while ((conversion->precision < 0 || length < (size_t)conversion->precision) && text[length] != 0)
        length++;
    int padding = conversion->width - (int)length;
    if (!conversion->left)
        put_repeated(writer, ' ', padding);
    writer->put(writer, text, length);
    if (conversion->left)
        put_repeated(writer, ' ', padding);
}

// Writes the digits backwards from `end`; returns how many.
static int make_digits(char *end, uint64_t value, unsigned base, bool capital) {
    const char *digits = capital ? "0123456789ABCDEF" : "0123456789abcdef";
    int count = 0;
    for (; value != 0 || count == 0; value /= base)
        *(end - ++count) = digits[value % base];
    return count;
}

static void put_number(struct writer *writer, const struct conversion *conversion, uint64_t value) {
    char digits[DIGITS_MAX];
    bool hexadecimal = conversion->kind == 'x' || conversion->kind == 'X';
    int count = make_digits(digits + DIGITS_MAX, value, hexadecimal ? 16 : 10, conversion->kind == 'X');
    const char *sign = conversion->negative ? "-" : conversion->prefix && hexadecimal ? "0x" : "";
    int zeros = conversion->precision - count;
    int padding = conversion->width - count - (int)strlen(sign) - (zeros > 0 ? zeros : 0);
    if (conversion->zero && !conversion->left && conversion->precision < 0 && padding > 0) {
        zeros = padding;
        padding = 0;
    }
    if (!conversion->left)
        put_repeated(writer, ' ', padding);
    writer_text(writer, sign);
    put_repeated(writer, '0', zeros);
    writer->put(writer, digits + DIGITS_MAX - count, (size_t)count);
    if (conversion->left)
        put_repeated(writer, ' ', padding);
}

static const char *read_flags(const char *format, struct conversion *conversion) {
    for (;; format++) {
        if (*format == '0')
            conversion->zero = true;
        else if (*format == '-')
            conversion->left = true;
        else if (*format == '#')
            conversion->prefix = true;
        else
            return format;
    }
}

static const char *read_length(const char *format, struct conversion *conversion) {
    int shorts = 0, longs = 0;
    for (;; format++) {
        if (*format == 'h')
            shorts++;
        else if (*format == 'l' || *format == 'z')
            longs++;
        else
            break;
    }
    conversion->length = longs > 0 ? 8 : shorts == 0 ? 4 : shorts == 1 ? 2 : 1;
    return format;
}

// Sign-extends or cuts an argument to its length.
static uint64_t signed_argument(struct conversion *conversion, uint64_t value) {
    int unused = 64 - conversion->length * 8;
    int64_t extended = (int64_t)(value << unused) >> unused;
    conversion->negative = extended < 0;
    return conversion->negative ? 0 - (uint64_t)extended : (uint64_t)extended;
}

static uint64_t unsigned_argument(const struct conversion *conversion, uint64_t value) {
    int unused = 64 - conversion->length * 8;
    return value << unused >> unused;
}

static uint64_t next_integer(const struct conversion *conversion, va_list *arguments) {
    return conversion->length == 8 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t);
}

static void put_conversion(struct writer *writer, struct conversion *conversion, va_list *arguments) {
    char character;
    switch (conversion->kind) {
    case 'd':
    case 'i':
        put_number(writer, conversion, signed_argument(conversion, next_integer(conversion, arguments)));
        return;
    case 'u':
    case 'x':
    case 'X':
        put_number(writer, conversion, unsigned_argument(conversion, next_integer(conversion, arguments)));
        return;
    case 'p':
        conversion->prefix = true;
        conversion->kind = 'x';
        put_number(writer, conversion, (uint64_t)va_arg(*arguments, void *));
        return;
    case 's':
        put_string(writer, conversion, va_arg(*arguments, const char *));
        return;
    case 'c':
        character = (char)va_arg(*arguments, int);
        conversion->precision = 1;
        put_string(writer, conversion, &character);
        return;
    default:
        writer->put(writer, &conversion->kind, 1);
    }
}

static const char *read_number(const char *format, int *number, va_list *arguments) {
    *number = 0;
    if (*format == '*') {
        *number = va_arg(*arguments, int);
        return format + 1;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        *number = *number * 10 + (*format - '0');
    return format;
}

// Reads one conversion behind its '%'; returns what follows it.
static const char *read_conversion(const char *format, struct conversion *conversion, va_list *arguments) {
    *conversion = (struct conversion){.precision = -1};
    format = read_flags(format, conversion);
    format = read_number(format, &conversion->width, arguments);
    if (*format == '.')
        format = read_number(format + 1, &conversion->precision, arguments);
    format = read_length(format, conversion);
    conversion->kind = *format;
    return *format == 0 ? format : format + 1;
}

void writer_format_list(struct writer *writer, const char *format, va_list list) {
    va_list arguments;
    va_copy(arguments, list);
    while (*format != 0) {
        size_t plain = 0;
        while (format[plain] != 0 && format[plain] != '%')
            plain++;
        if (plain > 0)
            writer->put(writer, format, plain);
        format += plain;
        if (*format == 0)
            break;
        struct conversion conversion;
        format = read_conversion(format + 1, &conversion, &arguments);
        if (conversion.kind != 0)
            put_conversion(writer, &conversion, &arguments);
    }
    va_end(arguments);
}

void writer_format(struct writer *writer, const char *format, ...) {
    va_list list;
    va_start(list, format);
    writer_format_list(writer, format, list);
    va_end(list);
}
