// What the test of gdbserver debugs: a program with a function to break in, words to watch, threads, a fault, and a signal.
//
// debuggee [threads | fault | wait | signals]: adds 1 to 5 and ends with 7; the same in two threads more; touches nothing; waits to be let go;
// waits for a signal that it takes.
#include <parley/thread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signal.h>
#include <unistd.h>

enum { ROUNDS = 5, THREADS = 2, CODE = 7 };

int add(int number);

volatile int total, rounds, goes_on;
volatile double ratio = 0.5;
volatile int *volatile nowhere;

__attribute__((noinline)) int add(int number) {
    total = total + number;
    ratio = ratio * 2;
    return total;
}

static void *add_all(void *argument) {
    for (rounds = 1; rounds <= ROUNDS; rounds++)
        add(rounds);
    return argument;
}

static void run_threads(void) {
    struct thread *threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        thread_start(add_all, NULL, NULL, &threads[i]);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i], NULL);
}

static void take_signal(int number) {
    goes_on = number;
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    if (strcmp(what, "threads") == 0)
        run_threads();
    else if (strcmp(what, "fault") == 0)
        *nowhere = 1;
    bool is_signals = strcmp(what, "signals") == 0;
    if (is_signals)
        signal(SIGUSR1, take_signal);
    while ((is_signals || strcmp(what, "wait") == 0) && !goes_on)
        sleep(1);
    add_all(NULL);
    printf("total %d\n", total);
    return CODE;
}
