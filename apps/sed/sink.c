// Where sed writes.
#include "apps/sed/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "apps/common/tool.h"

struct sink sink_standard = {.output = &standard_output};
static struct sink *files;

static struct output *make_output(int descriptor) {
    struct output *output = tool_allocate(1, sizeof(*output));
    output_start(output, descriptor, tool_allocate(OUTPUT_SIZE, 1));
    return output;
}

struct sink *sink_of_file(const char *name) {
    if (!strcmp(name, "/dev/stdout"))
        return &sink_standard;
    for (struct sink *sink = files; sink; sink = sink->next)
        if (!strcmp(sink->name, name))
            return sink;
    int descriptor = strcmp(name, "/dev/stderr") != 0 ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666) : 2;
    if (descriptor < 0)
        tool_fail_errno(name);
    struct sink *sink = tool_allocate(1, sizeof(*sink));
    *sink = (struct sink){.output = make_output(descriptor), .name = strdup(name), .next = files};
    return files = sink;
}

void sink_bytes(struct sink *sink, const void *bytes, size_t size) {
    if (sink->unended)
        output_character(sink->output, '\n');
    sink->unended = false;
    output_bytes(sink->output, bytes, size);
}

void sinks_flush(void) {
    for (struct sink *sink = files; sink; sink = sink->next)
        output_flush(sink->output);
}

void sinks_finish(void) {
    for (struct sink *sink = files; sink; sink = sink->next) {
        if (output_flush(sink->output))
            continue;
        errno = sink->output->error;
        tool_complain_errno(sink->name);
    }
}
