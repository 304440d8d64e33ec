// Tests of the kernel's formatting, against the host's own printf.
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kernel/base/writer.h"

static char text[256], right[256];

// The same format and arguments through both.
#define EXPECT_SAME(...)                                                                                               \
    do {                                                                                                               \
        struct writer writer;                                                                                          \
        writer_to_buffer(&writer, text, sizeof(text));                                                                 \
        writer_format(&writer, __VA_ARGS__);                                                                           \
        int length = snprintf(right, sizeof(right), __VA_ARGS__);                                                      \
        text[writer.length] = 0;                                                                                       \
        cr_assert_str_eq(text, right);                                                                                 \
        cr_assert_eq(writer.length, (size_t)length);                                                                   \
    } while (0)

Test(writer, integers_of_every_length_are_as_printf_writes_them) {
    EXPECT_SAME("%d %d %d", 0, INT_MAX, INT_MIN);
    EXPECT_SAME("%ld %lu %lld", LONG_MIN, ULONG_MAX, LLONG_MAX);
    EXPECT_SAME("%hd %hu %hhd %hhu", (short)-5, (unsigned short)65535, (signed char)-128, (unsigned char)255);
    EXPECT_SAME("%zu %i %u", (size_t)77, -3, UINT_MAX);
}

Test(writer, hexadecimal_has_prefix_and_case) {
    EXPECT_SAME("%x %X %#x %#lx", 0xbeefu, 0xbeefu, 0xbeefu, 0xdeadbeefcafeul);
}

Test(writer, width_and_zeros_and_sides_are_as_printf_writes_them) {
    EXPECT_SAME("[%5d] [%-5d] [%05d] [%05d] [%016lx]", 42, 42, 42, -42, 0x123ul);
    EXPECT_SAME("[%.3d] [%6.3d] [%-6.3d] [%*d]", 7, 7, 7, 8, 9);
}

Test(writer, strings_and_characters_are_cut_and_padded) {
    EXPECT_SAME("[%s] [%10s] [%-10s] [%.2s] [%.*s] [%c] %%", "word", "word", "word", "word", 3, "word", 'x');
}

Test(writer, a_string_without_end_is_read_no_further_than_its_precision) {
    char bare[4] = {'a', 'b', 'c', 'd'};
    EXPECT_SAME("%.4s", bare);
}

Test(writer, what_does_not_fit_is_counted_and_not_written) {
    struct writer writer;
    char small[4] = {9, 9, 9, 9};
    writer_to_buffer(&writer, small, 3);
    writer_text(&writer, "abcdef");
    cr_assert_eq(writer.length, 6);
    cr_assert_eq(memcmp(small, "abc\x09", 4), 0);
    writer_format(&writer, "%d", 12);
    cr_assert_eq(writer.length, 8);
    cr_assert_eq(memcmp(small, "abc\x09", 4), 0);
}

Test(writer, a_format_that_ends_inside_a_conversion_ends_there) {
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text));
    const char *volatile format = "ab%"; // not for the compiler to see
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
    writer_format(&writer, format);
#pragma clang diagnostic pop
    cr_assert_eq(writer.length, 2);
}
