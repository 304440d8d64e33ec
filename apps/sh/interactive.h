// The shell at a terminal: prompt, line, run, again.
#pragma once

struct shell;

// Until exit or Ctrl-D; the exit status. The terminal is open.
int interactive_run(struct shell *shell);
