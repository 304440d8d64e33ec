// The outcomes of calls, in words.
#pragma once

#include "kernel/abi/status.h"

// The status's name, as "PEER_DIED", and what it means to a person. A value that is no status gives "UNKNOWN".
const char *status_name(enum status status);
const char *status_text(enum status status);

// The errno that stands for an error; 0 for a success. Several statuses share one: errno knows fewer.
int status_errno(enum status status);
