// swap-load MiB [ROUNDS [FILE]]: uses so much memory, whether the machine has it or not, and checks every byte of it: for the tests of the swap area.
// FILE is there once all of it was used.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, WORDS = PAGE / sizeof(uint64_t) };

// What a page holds in a round: all its words follow from where it is.
static uint64_t word_of(uint64_t page, uint64_t round, uint64_t i) {
    uint64_t mixed = (page * 512 + i + 1) * 0x9e3779b97f4a7c15u + round;
    return mixed ^ mixed >> 29;
}

static void fill(uint64_t *pages, uint64_t page, uint64_t round) {
    for (uint64_t i = 0; i < WORDS; i++)
        pages[page * WORDS + i] = word_of(page, round, i);
}

static uint64_t wrong_words(const uint64_t *pages, uint64_t page, uint64_t round) {
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < WORDS; i++)
        wrong += pages[page * WORDS + i] != word_of(page, round, i);
    return wrong;
}

// Every page is checked and filled anew, in an order that differs from round to round.
static uint64_t check_all(uint64_t *pages, uint64_t count, uint64_t round) {
    uint64_t wrong = 0, step = round % 2 ? count - 1 : 1;
    for (uint64_t k = 0, page = round % count; k < count; k++, page = (page + step) % count) {
        wrong += wrong_words(pages, page, round);
        fill(pages, page, round + 1);
    }
    return wrong;
}

int main(int count, char **arguments) {
    uint64_t size = count > 1 ? strtoull(arguments[1], NULL, 10) << 20 : 0;
    uint64_t page_count = size / PAGE, rounds = count > 2 ? strtoull(arguments[2], NULL, 10) : 2, wrong = 0;
    if (page_count == 0) {
        fputs("usage: swap-load MiB [ROUNDS [FILE]]\n", stderr);
        return 2;
    }
    uint64_t *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        perror("swap-load");
        return 2;
    }
    for (uint64_t page = 0; page < page_count; page++)
        fill(pages, page, 0);
    if (count > 3)
        fclose(fopen(arguments[3], "w"));
    for (uint64_t round = 0; round < rounds; round++)
        wrong += check_all(pages, page_count, round);
    printf("%llu MiB checked %llu times, %llu words wrong\n", (unsigned long long)size >> 20,
           (unsigned long long)rounds, (unsigned long long)wrong);
    return wrong != 0;
}
