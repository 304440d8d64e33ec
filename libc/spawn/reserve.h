// The part of its own limits that a program keeps from those that it starts.
#pragma once

#include "kernel/abi/object.h"

#include <stdbool.h>

bool reserve_is_kept(void);

// The limits of a program that is started now. Statuses: those of account_read and machine_information.
enum status reserve_limits(uint64_t limits[ACCOUNT_ITEM_COUNT]);
