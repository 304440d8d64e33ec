// What the start of a program shares with the rest of the library.
#pragma once

#include <stdint.h>

enum { EXIT_START_FAILED = 127 }; // exit code of a program that could not be set up

// The strings of a start block as main wants them; a block that is not sound leaves all as it was.
struct start_strings {
    int argument_count;
    char **arguments;
    char **environment;
};

// Where crt0 goes on. Never returns.
struct process_start;
_Noreturn void library_start(const struct process_start *start);

// Turns the offsets in the block into pointers, in place. Called once.
void start_block_open(void *block, uint64_t size, struct start_strings *strings);

// The start block that this program was given, null where it had none that is sound.
struct start_block;
const struct start_block *start_block_given(void);
