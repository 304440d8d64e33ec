// Reading the text of packets.
#include "debug/protocol/text.h"

enum { DIGIT_BITS = 4, BITS = 64 };

char text_digit(unsigned value) {
    return "0123456789abcdef"[value & 0xf];
}

int text_digit_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool text_take_number(struct text_cursor *cursor, uint64_t *value) {
    const char *start = cursor->at;
    *value = 0;
    for (; cursor->at < cursor->end && text_digit_value(*cursor->at) >= 0; cursor->at++) {
        if (*value >> (BITS - DIGIT_BITS) != 0)
            return false;
        *value = *value << DIGIT_BITS | (uint64_t)text_digit_value(*cursor->at);
    }
    return cursor->at > start;
}

bool text_take(struct text_cursor *cursor, char wanted) {
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

bool text_take_word(struct text_cursor *cursor, const char *word) {
    const char *at = cursor->at;
    for (; *word != 0; word++, at++)
        if (at == cursor->end || *at != *word)
            return false;
    cursor->at = at;
    return true;
}

size_t text_take_bytes(struct text_cursor *cursor, uint8_t *bytes, size_t size) {
    size_t count = 0;
    for (; count < size && text_left(cursor) >= 2; count++, cursor->at += 2) {
        int high = text_digit_value(cursor->at[0]), low = text_digit_value(cursor->at[1]);
        if (high < 0 || low < 0)
            break;
        bytes[count] = (uint8_t)(high << DIGIT_BITS | low);
    }
    return count;
}

void text_put_bytes(char *digits, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        digits[2 * i] = text_digit(at[i] >> DIGIT_BITS);
        digits[2 * i + 1] = text_digit(at[i] & 0xf);
    }
}

bool text_take_process(struct text_cursor *cursor, uint32_t *process) {
    uint64_t number;
    if (!text_take_number(cursor, &number) || number == 0 || number > UINT32_MAX || text_left(cursor) > 0)
        return false;
    *process = (uint32_t)number;
    return true;
}

// A part of a thread id: a number, or -1 for all.
static bool take_part(struct text_cursor *cursor, uint64_t *value) {
    if (text_take(cursor, '-')) {
        *value = DEBUG_ALL_THREADS;
        return text_take(cursor, '1');
    }
    return text_take_number(cursor, value);
}

bool text_take_thread(struct text_cursor *cursor, struct debug_thread *thread) {
    uint64_t process = 0;
    *thread = (struct debug_thread){0, 0};
    if (!text_take(cursor, 'p')) {
        bool is_sound = take_part(cursor, &thread->thread);
        if (thread->thread == DEBUG_ALL_THREADS)
            thread->process = DEBUG_ALL_PROCESSES;
        return is_sound;
    }
    if (!take_part(cursor, &process) || (process > UINT32_MAX && process != DEBUG_ALL_THREADS))
        return false;
    thread->process = (uint32_t)process;
    thread->thread = DEBUG_ALL_THREADS;
    return !text_take(cursor, '.') || take_part(cursor, &thread->thread);
}
