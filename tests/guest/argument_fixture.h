// The good values of the argument tests, and the pages whose addresses are wrong.
#pragma once

#include <stdbool.h>

#include "tests/guest/argument_table.h"

// Makes everything that GOOD_... names. To be called in each test: the harness ends the children after it.
void argument_fixture_make(void);
void argument_fixture_end(void);

uint64_t argument_good(enum fixture which);

// Restores what a sound call changed.
void argument_undo(enum after_call after, uint64_t value);

// A number with the same object and all rights but these; the caller closes it.
int32_t argument_number_without(int32_t number, uint32_t rights);

// A number of an object of any kind but this; never closed.
int32_t argument_number_of_other_kind(enum object_kind kind);

// A page that can be read alone, holding a copy of `size` bytes of `content`.
uint64_t argument_read_only(const void *content, uint32_t size);

// An address so that the last byte of `size` is on a page that is not mapped; before it a copy of `content`.
uint64_t argument_running_out(const void *content, uint32_t size);

uint64_t argument_unmapped(void);     // a page that is not mapped
uint64_t argument_inaccessible(void); // a page mapped with PROTECTION_NONE

// What a wrong call must leave as it was, beside the account: whether it is as it was at argument_fixture_make.
// `memory_too`: the buffer as well.
const char *argument_fixture_changed(bool memory_too);
