// waits: who waits for whom, and which of them wait in a circle.
#include <parley/clock.h>
#include <stdlib.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"
#include "apps/waits/graph.h"

static const struct tool tool = {
    .name = "waits",
    .usage =
        "usage: waits [PID]...\n"
        "Tells what every thread, or those of the processes named, waits for, since when, until when, and who\n"
        "could end the wait. Processes that wait in a circle are marked with ! and explained. Status 1 if any do.\n",
    .options = "",
    .failure = 2,
};

enum { STATUS_CYCLE = 1 };

static struct output *const out = &standard_output;

static void show_process(uint32_t process, const char *name) {
    output_number(out, process);
    output_text(out, " (");
    output_text(out, name && *name ? name : "?");
    output_character(out, ')');
}

static const char *name_of(const struct process_information *processes, size_t count, uint32_t process) {
    for (size_t i = 0; i < count; i++)
        if (processes[i].process == process)
            return processes[i].name;
    return NULL;
}

struct known {
    struct graph graph;
    struct process_information *processes;
    size_t process_count;
};

static void show_object(const struct wait_information *wait) {
    if (!wait->object)
        return;
    output_text(out, ", ");
    output_text(out, words_object_kind(wait->kind));
    output_character(out, ' ');
    output_number(out, wait->object);
    if (*wait->object_name) {
        output_text(out, " \"");
        output_text(out, wait->object_name);
        output_character(out, '"');
    }
}

static void show_times(const struct wait_information *wait, uint64_t now) {
    char text[DURATION_TEXT_SIZE];
    output_text(out, ", since ");
    output_text(out, words_duration(now > wait->since ? now - wait->since : 0, text));
    if (wait->deadline == DEADLINE_NEVER)
        return;
    output_text(out, ", for ");
    output_text(out, words_duration(wait->deadline > now ? wait->deadline - now : 0, text));
    output_text(out, " more");
}

static void show_wakers(const struct known *known, const struct wait_information *wait) {
    for (uint32_t i = 0; i < wait->waker_count && i < WAIT_WAKERS_MAX; i++) {
        output_text(out, i ? ", " : "; could be ended by ");
        show_process(wait->wakers[i], name_of(known->processes, known->process_count, wait->wakers[i]));
    }
    if (wait->waker_count > WAIT_WAKERS_MAX)
        output_text(out, " and others");
}

static void show_wait(const struct known *known, const struct wait_information *wait, uint64_t now) {
    const struct graph_process *process = graph_find(&known->graph, wait->process);
    output_text(out, process->cycle ? "! " : process->stuck ? "* " : "  ");
    show_process(wait->process, wait->process_name);
    output_text(out, " waits ");
    output_text(out, words_wait_reason(wait->reason));
    show_object(wait);
    show_times(wait, now);
    show_wakers(known, wait);
    output_character(out, '\n');
}

// "Cycle 1: 5 (a) waits for data in a pipe, which 6 (b) could bring; 6 (b) ..., which 5 (a) could bring."
static void explain_members(const struct known *known, size_t first) {
    size_t at = first;
    do {
        const struct graph_process *process = &known->graph.processes[at];
        const struct wait_information *wait = &known->graph.waits[process->wait];
        uint32_t next = known->graph.processes[process->next].process;
        output_text(out, at == first ? " " : "; ");
        show_process(process->process, wait->process_name);
        output_text(out, " waits ");
        output_text(out, words_wait_reason(wait->reason));
        output_text(out, ", which only ");
        show_process(next, name_of(known->processes, known->process_count, next));
        output_text(out, wait->waker_count > 1 ? " or others that are stuck could bring" : " could bring");
        at = process->next;
    } while (at != first);
}

static void explain_end(uint64_t until, uint64_t now) {
    char text[DURATION_TEXT_SIZE];
    if (until == DEADLINE_NEVER) {
        output_text(out, ". None of them can ever go on, unless one is ended (kill).\n");
        return;
    }
    output_text(out, ". None of them can go on before the first deadline passes, in ");
    output_text(out, words_duration(until > now ? until - now : 0, text));
    output_text(out, ".\n");
}

static void explain_cycles(const struct known *known, uint64_t now) {
    for (uint32_t cycle = 1; cycle <= known->graph.cycles; cycle++) {
        size_t first = 0;
        while (known->graph.processes[first].cycle != cycle)
            first++;
        output_text(out, "Cycle ");
        output_number(out, cycle);
        output_character(out, ':');
        explain_members(known, first);
        explain_end(graph_cycle_until(&known->graph, cycle), now);
    }
}

static bool has_bystanders(const struct graph *graph) {
    for (size_t i = 0; i < graph->process_count; i++)
        if (graph->processes[i].stuck && !graph->processes[i].cycle)
            return true;
    return false;
}

static bool is_wanted(char **words, uint32_t process) {
    uint64_t number;
    for (char **word = words; *word; word++)
        if (number_parse(*word, &number) && number == process)
            return true;
    return !*words;
}

static void check_words(char **words) {
    uint64_t number;
    for (; *words; words++)
        if (!number_parse(*words, &number))
            tool_misused(*words, "not a process id");
}

int main(int argument_count, char **arguments) {
    struct known known;
    size_t count;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **words = tool_operands(NULL);
    check_words(words);
    struct wait_information *waits = listing_waits(&count);
    uint64_t now = clock_now();
    known.processes = listing_processes(&known.process_count);
    if (!graph_make(&known.graph, waits, count, known.processes, known.process_count))
        tool_fail(NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        if (is_wanted(words, waits[i].process))
            show_wait(&known, &waits[i], now);
    explain_cycles(&known, now);
    if (has_bystanders(&known.graph))
        output_text(out, "Those marked * wait for one of a cycle.\n");
    return tool_finish(known.graph.cycles ? STATUS_CYCLE : 0);
}
