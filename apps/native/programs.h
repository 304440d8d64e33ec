// The programs that the shell starts, where POSIX has no word for it.
#pragma once

// From now on a program that is started leaves a part of what this one may have (spawn_keep_reserve).
void programs_keep_reserve(void);
