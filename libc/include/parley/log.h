// Words to the kernel's log, for programs that run before, or without, a console.
#pragma once

// As printf without floating point, at most 512 bytes a call, with nothing allocated. A line end is put behind.
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
