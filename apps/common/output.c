// Buffered bytes to a descriptor.
#include "apps/common/output.h"

#include <errno.h>
#include <unistd.h>

#include "apps/common/number.h"

static char standard_buffer[OUTPUT_SIZE];
struct output standard_output = {.descriptor = 1, .buffer = standard_buffer};

void output_start(struct output *output, int descriptor, char *buffer) {
    output->buffer = buffer;
    output->descriptor = descriptor;
    output->error = 0;
    output->used = 0;
    output->take = NULL;
}

int write_fully(int descriptor, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size) {
        ssize_t written = write(descriptor, next, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        next += written;
        size -= (size_t)written;
    }
    return 0;
}

static void write_out(struct output *output, const void *bytes, size_t size) {
    if (output->take)
        output->take(output->context, bytes, size);
    else if (!output->error)
        output->error = write_fully(output->descriptor, bytes, size);
}

bool output_flush(struct output *output) {
    write_out(output, output->buffer, output->used);
    output->used = 0;
    return !output->error;
}

void output_bytes(struct output *output, const void *bytes, size_t size) {
    if (OUTPUT_SIZE - output->used < size)
        output_flush(output);
    if (size >= OUTPUT_SIZE) {
        write_out(output, bytes, size);
        return;
    }
    memcpy(output->buffer + output->used, bytes, size);
    output->used += size;
}

void output_text(struct output *output, const char *text) {
    output_bytes(output, text, strlen(text));
}

void output_repeated(struct output *output, char character, size_t count) {
    while (count--)
        output_character(output, character);
}

void output_number_padded(struct output *output, uint64_t value, size_t width, char fill) {
    char text[NUMBER_TEXT_SIZE], *end = text + sizeof(text), *start = number_format(end, value);
    size_t length = (size_t)(end - start);
    if (length < width)
        output_repeated(output, fill, width - length);
    output_bytes(output, start, length);
}

void output_number(struct output *output, uint64_t value) {
    output_number_padded(output, value, 0, ' ');
}

void output_signed(struct output *output, int64_t value) {
    if (value < 0)
        output_character(output, '-');
    output_number(output, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void output_text_padded(struct output *output, const char *text, size_t width) {
    size_t columns = 0;
    for (const char *next = text; *next; next++)
        columns += ((unsigned char)*next & 0xc0) != 0x80;
    output_text(output, text);
    if (columns < width)
        output_repeated(output, ' ', width - columns);
}
