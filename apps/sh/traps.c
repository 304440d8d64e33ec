// Noting signals, and running the actions for them.
#include "apps/sh/traps.h"

#include <signal.h>
#include <stdlib.h>

#include "apps/sh/script.h"
#include "apps/sh/shell.h"

static struct shell *noting;

static void note(int signal) {
    struct traps *traps = &noting->traps;
    noting->signalled = true;
    if (signal == SIGINT && noting->interactive)
        noting->interrupted = true;
    if (traps->actions[signal])
        traps->pending[signal] = traps->any = true;
}

void traps_take_interrupts(struct shell *shell) {
    noting = shell;
    signal(SIGINT, note);
}

bool traps_set(struct shell *shell, int number, const char *action) {
    struct traps *traps = &shell->traps;
    bool noted = (action && *action) || (number == SIGINT && shell->interactive);
    noting = shell;
    if (number != TRAP_EXIT && signal(number, noted ? note : action ? SIG_IGN : SIG_DFL) == SIG_ERR)
        return false;
    free(traps->actions[number]);
    traps->actions[number] = action ? string_copy(action) : NULL;
    return true;
}

// The action may set another in its own place, and `exit` in it counts.
static void run_action(struct shell *shell, int number, const char *name) {
    int status = shell->status;
    bool interrupted = shell->interrupted;
    char *action = string_copy(shell->traps.actions[number]);
    shell->interrupted = false;
    script_run(shell, action, name);
    if (interrupted)
        shell->interrupted = true;
    if (!shell->leaving)
        shell->status = status;
    free(action);
}

void traps_run(struct shell *shell) {
    struct traps *traps = &shell->traps;
    while (traps->any && !shell->leaving) {
        traps->any = false;
        for (int number = 1; number < TRAP_COUNT && !shell->leaving; number++) {
            if (!traps->pending[number])
                continue;
            traps->pending[number] = false;
            if (traps->actions[number])
                run_action(shell, number, "trap");
        }
    }
}

void traps_run_exit(struct shell *shell) {
    if (!shell->traps.actions[TRAP_EXIT])
        return;
    shell->leaving = shell->returning = shell->interrupted = false;
    shell->breaking = 0;
    run_action(shell, TRAP_EXIT, "trap");
    shell->leaving = true;
}
