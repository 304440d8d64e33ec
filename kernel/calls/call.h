// Moved: see kernel/base/call.h.
#pragma once
#include "kernel/base/call.h"
