// The programs that the shell starts, on the host: Linux limits them by itself.
#include "apps/native/programs.h"

void programs_keep_reserve(void) {
}
