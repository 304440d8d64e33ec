// cksum: the checksum that POSIX gives files, and their sizes.
#include <stdint.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "cksum",
    .usage = "usage: cksum [FILE]...\n"
             "Shows a checksum (CRC) and the number of bytes of each file, or of standard input.\n",
    .options = "",
    .failure = 1,
};

enum { POLYNOMIAL = 0x04c11db7, TABLE = 256 };

static uint32_t table[TABLE];

static void table_make(void) {
    for (uint32_t byte = 0; byte < TABLE; byte++) {
        uint32_t rest = byte << 24;
        for (int bit = 0; bit < 8; bit++)
            rest = rest & 1u << 31 ? rest << 1 ^ POLYNOMIAL : rest << 1;
        table[byte] = rest;
    }
}

static uint32_t add(uint32_t sum, unsigned char byte) {
    return sum << 8 ^ table[sum >> 24 ^ byte];
}

// The size counts too, its low byte first, without high bytes that are 0.
static uint32_t end_sum(uint32_t sum, uint64_t size) {
    for (; size > 0; size >>= 8)
        sum = add(sum, (unsigned char)size);
    return ~sum;
}

static void sum_file(const char *name, const char *shown) {
    static struct input input;
    uint32_t sum = 0;
    uint64_t count = 0;
    char *block;
    size_t size;
    if (!input_open(&input, name))
        return;
    while (input_block(&input, &block, &size)) {
        for (size_t i = 0; i < size; i++)
            sum = add(sum, (unsigned char)block[i]);
        count += size;
    }
    input_close(&input);
    output_number(&standard_output, end_sum(sum, count));
    output_character(&standard_output, ' ');
    output_number(&standard_output, count);
    if (shown) {
        output_character(&standard_output, ' ');
        output_text(&standard_output, shown);
    }
    output_character(&standard_output, '\n');
}

int main(int argument_count, char **arguments) {
    int count;
    tool_start(&tool, argument_count, arguments);
    tool_option();
    char **names = tool_operands(&count);
    table_make();
    if (count == 0)
        sum_file("-", NULL);
    for (int i = 0; i < count; i++)
        sum_file(names[i], names[i]);
    return tool_finish(0);
}
