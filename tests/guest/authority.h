// Machine numbers for tests: what a test program asks the service `authority` of, and what it gets.
//
// The request is a message of this shape; the reply carries one machine number with these rights and no others.
#pragma once

#include <stdint.h>

enum { AUTHORITY_MAGIC = 0x68747561 };

struct authority_request {
    uint32_t magic;
    uint32_t rights; // enum right
};

// A machine number with these rights; the caller closes it. Any failure ends the test.
int32_t authority_machine(uint32_t rights);
