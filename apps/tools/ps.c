// ps: the processes.
#include <stdlib.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "ps",
    .usage =
        "usage: ps\n"
        "Lists the processes: id, parent, user, threads, memory in KiB, processor time, priority, what each does.\n",
    .options = "aefx",
    .failure = 1,
};

static void show_state(const struct process_information *process) {
    if (process->state != THREAD_WAITING) {
        output_text_padded(&standard_output, words_thread_state(process->state), 32);
        return;
    }
    output_text(&standard_output, "waits ");
    output_text_padded(&standard_output, words_wait_reason(process->wait_reason), 26);
}

static void show(const struct process_information *process) {
    struct output *out = &standard_output;
    char time[DURATION_TEXT_SIZE];
    output_number_padded(out, process->process, 5, ' ');
    output_number_padded(out, process->parent, 7, ' ');
    output_number_padded(out, process->user, 5, ' ');
    output_number_padded(out, process->threads, 8, ' ');
    output_number_padded(out, process->pages * (PAGE_SIZE / 1024), 8, ' ');
    output_number_padded(out, process->priority, 9, ' ');
    output_text(out, "  ");
    output_text_padded(out, words_duration(process->processor_time, time), 13);
    show_state(process);
    output_text(out, " ");
    output_text(out, process->name);
    output_character(out, '\n');
}

int main(int argument_count, char **arguments) {
    size_t count;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    struct process_information *processes = listing_processes(&count);
    output_text(&standard_output, "  PID PARENT USER THREADS     KIB PRIORITY  TIME         STATE"
                                  "                            NAME\n");
    for (size_t i = 0; i < count; i++)
        show(&processes[i]);
    free(processes);
    return tool_finish(0);
}
