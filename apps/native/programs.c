// The programs that the shell starts leave it a part of what it may have.
#include "apps/native/programs.h"

#include <parley/spawn.h>

void programs_keep_reserve(void) {
    spawn_keep_reserve();
}
