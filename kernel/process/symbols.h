// Names of a program's functions, from the symbol table of its ELF image: for backtraces of programs that failed.
//
// Rules: reads the image through its memory object, which was made by anyone: nothing in it is believed. May sleep.
#pragma once

#include <stdint.h>

#include "kernel/abi/status.h"

struct process;

enum { PROGRAM_SYMBOL_SIZE = 64 }; // of a name with its final 0; longer ones are cut

// Finds the function that `address` lies in. NOT_FOUND: none known. BAD_IMAGE: the image contradicts itself.
enum status program_symbol_find(struct process *process, uint64_t address, char name[PROGRAM_SYMBOL_SIZE],
                                uint64_t *offset);

// The other way round: where the function of this name lies in the process.
enum status program_symbol_address(struct process *process, const char *name, uint64_t *address);
