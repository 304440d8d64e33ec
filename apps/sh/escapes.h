// $'...': a quoted text in which \n is a line end, and so on, as in C.
#pragma once

#include <stddef.h>

// What is meant by the text between the quotes, up to a byte of 0. In memory of the caller's.
char *escapes_replace(const char *text, size_t length);
