// Reading the text of packets: numbers, bytes in hex, names, thread ids, with bounds and without trust.
//
// Rules: a function that fails leaves the cursor where it was or beyond, never beyond `end`; the caller then answers with an error.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_cursor {
    const char *at, *end;
};

static inline size_t text_left(const struct text_cursor *cursor) {
    return (size_t)(cursor->end - cursor->at);
}

char text_digit(unsigned value);  // of a value below 16, in lower case
int text_digit_value(char digit); // negative: it is none

// A number in hex, at least one digit; false: none there, or more than 64 bits.
bool text_take_number(struct text_cursor *cursor, uint64_t *value);

// The character, or the word, if it is what comes next.
bool text_take(struct text_cursor *cursor, char wanted);
bool text_take_word(struct text_cursor *cursor, const char *word);

// Bytes in hex up to the end or the first that is none; says how many, at most `size`.
size_t text_take_bytes(struct text_cursor *cursor, uint8_t *bytes, size_t size);

// `size` bytes as 2 * size digits.
void text_put_bytes(char *digits, const void *bytes, size_t size);

// A process and a thread as GDB writes them: `p<process>.<thread>`, or a thread alone. 0 is any, DEBUG_ALL all.
struct debug_thread {
    uint32_t process;
    uint64_t thread;
};

#define DEBUG_ALL_PROCESSES UINT32_MAX
#define DEBUG_ALL_THREADS UINT64_MAX

bool text_take_thread(struct text_cursor *cursor, struct debug_thread *thread);

// The number of one process, and nothing behind it.
bool text_take_process(struct text_cursor *cursor, uint32_t *process);
