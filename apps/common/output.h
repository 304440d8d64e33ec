// Buffered bytes to a descriptor: what the tools write with, in place of stdio.
//
// Rules: an output is made by output_start and belongs to one thread. What was written reaches the descriptor
// at output_flush, or before, when the buffer is full. After the first failed write everything is dropped,
// and `error` holds its errno. output_flush tells it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OUTPUT_SIZE = 64 << 10 };

struct output {
    int descriptor;
    int error; // errno of the first write that failed, 0: none did
    size_t used;
    char *buffer; // OUTPUT_SIZE bytes
    void (*take)(void *context, const char *bytes,
                 size_t size); // gets what is written in place of the descriptor; null: none
    void *context;
};

// Of the tool itself: descriptor 1.
extern struct output standard_output;

// `buffer` has OUTPUT_SIZE bytes, and is the output's from now on.
void output_start(struct output *output, int descriptor, char *buffer);
void output_bytes(struct output *output, const void *bytes, size_t size);
void output_text(struct output *output, const char *text);
void output_number(struct output *output, uint64_t value);
void output_signed(struct output *output, int64_t value);

// Right-aligned in `width` columns, with `fill` before.
void output_number_padded(struct output *output, uint64_t value, size_t width, char fill);

// Left-aligned in `width` columns, of which a continuation byte of UTF-8 takes none.
void output_text_padded(struct output *output, const char *text, size_t width);
void output_repeated(struct output *output, char character, size_t count);

// False if this or an earlier write failed.
bool output_flush(struct output *output);

static inline void output_character(struct output *output, char character) {
    if (output->used == OUTPUT_SIZE)
        output_flush(output);
    output->buffer[output->used++] = character;
}

// Room for `size` bytes (at most OUTPUT_SIZE) to be filled in by the caller, who then adds to `used`.
static inline char *output_room(struct output *output, size_t size) {
    if (OUTPUT_SIZE - output->used < size)
        output_flush(output);
    return output->buffer + output->used;
}

// Writes all of it past any buffer; 0 or an errno.
int write_fully(int descriptor, const void *bytes, size_t size);
