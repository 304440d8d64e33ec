// Bytes and lines of a descriptor, in blocks of 64 KiB, or 1 MiB where there is much, without a copy per line.
//
// Rules: behind each line SHORT_SLACK bytes (common/short.h) may be read. What input_block and input_line
// give out stays valid until the next call on the same input. Trouble is complained about with the input's
// name (common/tool.h), and reads as the end.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { INPUT_BLOCK = 64 << 10 };

struct input {
    int descriptor;
    const char *name;
    bool ended;   // no more bytes will come
    bool is_long; // the last read filled all the room there was
    size_t start; // of what was not given out yet
    size_t end;
    size_t capacity;
    char *buffer; // SHORT_SLACK bytes longer; stays with the struct when it is opened again
};

struct line {
    char *text;      // not ended by a 0
    size_t length;   // without the line end
    bool terminated; // false: the last line of an input that does not end with a line end
};

// The text of a whole input.
struct whole {
    char *text;
    size_t size;
    size_t capacity;
};

// Opens a file, or standard input where `name` is "-". False: it could not be, which was complained about.
bool input_open(struct input *input, const char *name);
void input_close(struct input *input);

// Reads a first or a further block behind what is there, without giving it out. False: the end.
bool input_fill(struct input *input);

// All bytes that are there, at least one. False: the end.
bool input_block(struct input *input, char **block, size_t *size);

// The next line, however long. False: the end.
bool input_line(struct input *input, struct line *line);

// Adds all that is left to `whole`, which starts as zeros and is the caller's to free.
void input_whole(struct input *input, struct whole *whole);
