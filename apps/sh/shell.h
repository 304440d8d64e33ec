// The shell as a whole: what its parts share.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "apps/sh/alias.h"
#include "apps/sh/expand.h"
#include "apps/sh/functions.h"
#include "apps/sh/history.h"
#include "apps/sh/jobs.h"
#include "apps/sh/text.h"
#include "apps/sh/traps.h"
#include "apps/sh/variables.h"

enum shell_status {
    SHELL_MISUSED = 2,      // also: a syntax error
    SHELL_NO_PROGRAM = 126, // it is there, but cannot be run
    SHELL_NOT_FOUND = 127,
    SHELL_NO_PROCESS = 254, // it could not be started for lack of what each process needs
    SHELL_KILLED = 128,     // and the signal's number
    SHELL_INTERRUPTED = 130,
    SHELL_READER_GONE = 141,
};

struct shell {
    const char *program; // path by which this shell itself is started
    struct variables variables;
    struct strings arguments; // $0, $1, ...
    struct expander expander;
    struct functions functions;
    struct aliases aliases;
    struct strings locals; // what variables were before functions made their own (assignments.h)
    struct jobs jobs;
    struct history history;
    struct traps traps;
    int status;            // of the last pipeline
    unsigned long process; // $$: of the shell that was started first, also in ( ) and $( )
    pid_t last_background;
    bool interactive;
    bool given_line; // with -c, and not by a shell that this one does a part of the work of
    // Ctrl-C: what was typed is not gone on with. The handler of SIGINT sets it too: no |=, which would undo that between its look and
    // its store.
    volatile bool interrupted;
    volatile bool signalled; // a signal was noted: `wait` ends
    bool leaving;            // exit was called
    bool stop_on_error;      // set -e
    bool trace;              // set -x
    bool unset_fails;        // set -u
    bool substituted;        // a $(...) was run since the last command began: its status is that of an assignment
    bool pipe_fail;          // set -o pipefail
    bool continuing;         // what breaks off is one round, not the loop
    bool returning;          // return was called
    unsigned breaking;       // so many loops are to be left
    unsigned loops;          // inside of which this runs
    unsigned calls;          // of functions, inside of each other
    unsigned sourced;        // files read by `.`, inside of each other
    unsigned redirected;     // commands with others inside whose input is not the terminal
    unsigned passed;         // a bit for each descriptor above 2 that commands are given
    unsigned tested;         // inside of && || ! and conditions, where a failure is no error
    unsigned depth;          // of scripts inside each other
    size_t options_index;    // what getopts made $OPTIND
    size_t options_at;       // how far it has read in that argument
};

// The expander, with what $? $$ $! are now.
struct expander *shell_expander(struct shell *shell);

// Whether the next command is to be run: false after exit, return, break, Ctrl-C.
bool shell_goes_on(const struct shell *shell);

// Says "sh: NAME: REASON" on a descriptor. `name` may be null.
void shell_complain(int descriptor, const char *name, const char *reason);
void shell_complain_errno(int descriptor, const char *name);

// Tells why an expansion failed; the status of that. It ends a script, as what follows relies on it.
int shell_fail_expansion(struct shell *shell);

// Sets an option by its long name: errexit, nounset, pipefail, xtrace. False: there is none of this name.
bool shell_set_option(struct shell *shell, const char *name, bool set);

// Changes the directory, and $PWD and $OLDPWD. False: errno.
bool shell_change_directory(struct shell *shell, const char *path);
