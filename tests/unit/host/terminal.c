// The shell's terminal on the host: termios, so that the shell can be tried by hand and by tests on the build
// machine.
#include "apps/native/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios cooked;
static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal) {
    interrupted = signal;
}

bool terminal_open(void) {
    if (tcgetattr(0, &cooked))
        return false;
    struct termios raw = cooked;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    signal(SIGINT, note_interrupt);
    signal(SIGPIPE, note_interrupt);
    return !tcsetattr(0, TCSADRAIN, &raw);
}

void terminal_close(void) {
    tcsetattr(0, TCSADRAIN, &cooked);
}

// Here a job does that.
void terminal_set_editing(bool edits) {
    (void)edits;
}

size_t terminal_columns(void) {
    struct winsize size;
    return !ioctl(1, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

void terminal_size(size_t *columns, size_t *rows) {
    struct winsize size;
    bool known = !ioctl(1, TIOCGWINSZ, &size) && size.ws_col && size.ws_row;
    *columns = known ? size.ws_col : 80;
    *rows = known ? size.ws_row : 25;
}

bool terminal_job_begin(int *input, bool may_stop) {
    (void)may_stop;
    interrupted = 0;
    terminal_close();
    *input = -1;
    return true;
}

bool terminal_round_begin(void) {
    int input;
    return terminal_job_begin(&input, true);
}

void terminal_job_add(const pid_t *processes, size_t count) {
    (void)processes;
    (void)count;
}

void terminal_job_stop_again(void) {
}

bool terminal_job_end(void) {
    bool typed = interrupted == SIGINT;
    terminal_open();
    return typed;
}

// Without groups of processes the host's terminal stops nothing that could return.
unsigned terminal_job_leave(void) {
    terminal_open();
    return 0;
}

bool terminal_job_return(unsigned name) {
    (void)name;
    return false;
}

void terminal_job_drop(unsigned name) {
    (void)name;
}

bool terminal_job_signal(const pid_t *processes, size_t count, int signal) {
    bool reached = false;
    for (size_t i = 0; i < count; i++) {
        bool sent = processes[i] > 0 && !kill(processes[i], signal);
        if (sent && (signal == SIGHUP || signal == SIGTERM))
            kill(processes[i], SIGCONT);
        reached |= sent;
    }
    return reached;
}
