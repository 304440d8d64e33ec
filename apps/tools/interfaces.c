// interfaces: what can be found in the system, and by whom it is served.
#include <parley/interface.h>
#include <string.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"

static const struct tool tool = {
    .name = "interfaces",
    .usage = "usage: interfaces\n"
             "Lists the registered interfaces: id, name, version, generation, size of data and code in KiB, clients "
             "and how\n"
             "many there may be, state, and the process that serves it.\n"
             "States: free (no client), serving, waited for (a client's pages are not ready yet), full.\n",
    .options = "",
    .failure = 1,
};

static const char *state_of(const struct interface_information *entry) {
    if (entry->clients == entry->clients_max)
        return "full";
    if (entry->waiting > 0)
        return "waited for";
    return entry->clients > 0 ? "serving" : "free";
}

static const char *name_of(uint32_t process) {
    static struct process_information information;
    size_t count = 0;
    process_list(process - 1, &information, 1, &count);
    return count == 1 && information.process == process ? information.name : "gone";
}

static void show(const struct interface_information *entry) {
    struct output *out = &standard_output;
    output_number_padded(out, entry->id, 5, ' ');
    output_text(out, "  ");
    output_text_padded(out, entry->name, 16);
    output_number_padded(out, entry->version, 7, ' ');
    output_number_padded(out, entry->generation, 11, ' ');
    output_number_padded(out, entry->data_size / 1024, 9, ' ');
    output_number_padded(out, entry->code_size / 1024, 9, ' ');
    output_number_padded(out, entry->clients, 8, ' ');
    output_number_padded(out, entry->clients_max, 8, ' ');
    output_text(out, "  ");
    output_text_padded(out, state_of(entry), 12);
    output_number_padded(out, entry->server, 5, ' ');
    output_text(out, " ");
    output_text(out, name_of(entry->server));
    output_character(out, '\n');
}

int main(int argument_count, char **arguments) {
    struct interface_information entry;
    uint32_t after = 0;
    size_t count;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    output_text(&standard_output,
                "   ID  NAME            VERSION GENERATION DATA KIB CODE KIB CLIENTS AT MOST  STATE       SERVER\n");
    while (interface_list(after, &entry, 1, &count) == STATUS_OK && count == 1) {
        show(&entry);
        after = entry.id << 16 | entry.version;
    }
    return tool_finish(0);
}
