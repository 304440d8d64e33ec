// Running text: scripts, lines, and what commands write.
#pragma once

struct shell;

enum script_result { SCRIPT_DONE, SCRIPT_OPEN };

// Runs all the lines of a script; the status of the last. A syntax error is told with its place, ends the
// script, and is status 2. `name`: what to call it in complaints.
int script_run(struct shell *shell, const char *script, const char *name);

// The same for a file; `unread` where it cannot be read.
int script_run_file(struct shell *shell, const char *path, int unread);

// Runs lines that may go on: SCRIPT_OPEN, and nothing was run of the last command, if more must come first.
enum script_result script_run_lines(struct shell *shell, const char *lines);

// What a command writes to standard output, without the line ends behind; null: it could not be run.
char *script_substitute(void *shell, const char *command);
