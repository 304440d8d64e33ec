// What the files of the guest harness need of each other.
#pragma once

#include <stdbool.h>

#define GUEST_ROLE_OPTION "--role"

// Called first: argument 0, by which the program finds its own image.
void guest_name_program(const char *argument);

// Whether this process was started in a role.
bool guest_is_child(void);

// Ends all children that are left of a test, and forgets them.
void guest_children_end(void);
