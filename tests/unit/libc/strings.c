// The string functions of libc against the host's, at every alignment, up to the last byte of a page.
//
// They are compiled under other names (library_...), since the host's own have the usual ones.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *library_memmove(void *to, const void *from, size_t size);
void *library_memset(void *to, int value, size_t size);
int library_memcmp(const void *a, const void *b, size_t size);
void *library_memchr(const void *memory, int wanted, size_t size);
size_t library_strlen(const char *text);
char *library_strchr(const char *text, int wanted);
int library_strcmp(const char *a, const char *b);

enum { PAGE = 4096, LONGEST = 300 };

// Two pages; what lies behind them may not be touched.
static unsigned char *pages_create(void) {
    unsigned char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + 2 * PAGE, PAGE, PROT_NONE);
    return pages;
}

static int sign(int value) {
    return (value > 0) - (value < 0);
}

static void fill(unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)"abc\xff"[rand() % 4];
}

Test(strings, memcmp_and_strcmp_order_as_the_host_does) {
    unsigned char *a = pages_create(), *b = pages_create();
    srand(1);
    for (int round = 0; round < 200000; round++) {
        size_t size = (size_t)rand() % LONGEST;
        unsigned char *left = a + 2 * PAGE - size - 1 - (size_t)rand() % 20, *right = b + 2 * PAGE - size - 1;
        fill(left, size);
        memcpy(right, left, size);
        left[size] = right[size] = 0;
        if (size && rand() % 2)
            right[(size_t)rand() % size] = 'x';
        cr_assert_eq(sign(library_memcmp(left, right, size)), sign(memcmp(left, right, size)));
        cr_assert_eq(sign(library_strcmp((char *)left, (char *)right)), sign(strcmp((char *)left, (char *)right)));
    }
}

Test(strings, searches_find_what_the_host_finds) {
    unsigned char *pages = pages_create();
    srand(2);
    for (int round = 0; round < 200000; round++) {
        size_t size = (size_t)rand() % LONGEST;
        unsigned char *text = pages + 2 * PAGE - size - 1 - (size_t)rand() % 3 * 7;
        int wanted = (unsigned char)"abcx"[rand() % 4];
        fill(text, size);
        text[size] = 0;
        cr_assert_eq(library_strlen((char *)text), size);
        cr_assert_eq(library_memchr(text, wanted, size), memchr(text, wanted, size));
        cr_assert_eq(library_strchr((char *)text, wanted), strchr((char *)text, wanted));
        cr_assert_eq(library_strchr((char *)text, 0), (char *)text + size);
    }
}

Test(strings, moves_and_fills_touch_their_bytes_and_no_other) {
    unsigned char expected[3 * LONGEST], actual[3 * LONGEST];
    srand(3);
    for (int round = 0; round < 200000; round++) {
        size_t size = (size_t)rand() % LONGEST, to = (size_t)rand() % LONGEST, from = (size_t)rand() % LONGEST;
        fill(expected, sizeof expected);
        memcpy(actual, expected, sizeof actual);
        memmove(expected + to, expected + from, size);
        cr_assert_eq(library_memmove(actual + to, actual + from, size), actual + to);
        memset(expected + from, round, size / 2);
        cr_assert_eq(library_memset(actual + from, round, size / 2), actual + from);
        cr_assert_eq(memcmp(expected, actual, sizeof actual), 0);
    }
}
