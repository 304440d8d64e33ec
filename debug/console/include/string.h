// What pure parts of drivers want of <string.h>, where they are compiled for the kernel.
#pragma once

#include "kernel/base/string.h"
