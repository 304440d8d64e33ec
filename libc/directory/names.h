// The names of the system's interfaces, for programs and for init. Pure.
#pragma once

#include <stdint.h>

// DIRECTORY_ENTRY(ID, "name"): system ids. An id is never used for anything else.
#define DIRECTORY_LIST(ENTRY)                                                                                          \
    ENTRY(1, "init")                                                                                                   \
    ENTRY(2, "files")                                                                                                  \
    ENTRY(3, "clock")                                                                                                  \
    ENTRY(4, "keyboard")                                                                                               \
    ENTRY(5, "display")                                                                                                \
    ENTRY(6, "serial")                                                                                                 \
    ENTRY(7, "screen")                                                                                                 \
    ENTRY(8, "serial-console")                                                                                         \
    ENTRY(9, "host")                                                                                                   \
    ENTRY(10, "bitmaps")                                                                                               \
    ENTRY(11, "memory")                                                                                                \
    ENTRY(12, "debug-line")

// The id of a name; 0: there is none.
uint32_t directory_id(const char *name);

// The name of an id; null: none has it.
const char *directory_name(uint32_t id);
