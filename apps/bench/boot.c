// Measured: the way from the machine's reset to the first prompt, and the memory in use there.
#include "apps/bench/bench.h"

#include <parley/machine.h>
#include <parley/object.h>
#include <parley/start.h>
#include <stdio.h>
#include <stdlib.h>

// This program's own memory does not count: it was not there at the prompt.
static uint64_t own_bytes(void) {
    struct account_information account;
    bench_check(account_read(bench_self(), &account), "reading the account");
    return account.items[ACCOUNT_MEMORY_PAGES].used * PAGE_SIZE;
}

int bench_boot(void) {
    const char *ready = getenv("READY"); // set by the interactive shell
    if (ready == 0) {
        fprintf(stderr, "bench: the shell has not told when it was ready: ask at an interactive one\n");
        return 1;
    }
    struct machine_information machine;
    bench_check(machine_information(&machine), "asking for the machine");
    double frequency = (double)start_information()->clock_frequency;
    printf("boot_to_prompt %.0f ns\n", strtod(ready, 0) * 1e9 / frequency);
    printf("memory_at_prompt_kib %llu kib\n",
           (unsigned long long)(machine.memory_total - machine.memory_free - own_bytes()) / 1024);
    return 0;
}
