// The names of signals.
#include "apps/common/signal_name.h"

#include <signal.h>
#include <stddef.h>
#include <strings.h>

#include "apps/common/number.h"

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},     {"QUIT", SIGQUIT}, {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"FPE", SIGFPE},     {"KILL", SIGKILL}, {"BUS", SIGBUS},   {"SEGV", SIGSEGV},
    {"SYS", SIGSYS},   {"PIPE", SIGPIPE},   {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"URG", SIGURG},
    {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},   {"CONT", SIGCONT}, {"CHLD", SIGCHLD}, {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"IO", SIGIO},       {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF}, {"WINCH", SIGWINCH}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
};

enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]) };

int signal_of_name(const char *text) {
    uint64_t number;
    if (number_parse(text, &number))
        return number < NSIG ? (int)number : -1;
    if (!strncasecmp(text, "SIG", 3))
        text += 3;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (!strcasecmp(signals[i].name, text))
            return signals[i].number;
    return -1;
}

const char *signal_name_of(int number) {
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (signals[i].number == number)
            return signals[i].name;
    return "?";
}

void signal_names_write(struct output *output) {
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        output_number_padded(output, (uint64_t)signals[i].number, 2, ' ');
        output_text(output, ") SIG");
        output_text(output, signals[i].name);
        output_character(output, '\n');
    }
}
