// hexdump: bytes as numbers.
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "hexdump",
    .usage = "usage: hexdump [-Cv] [-n COUNT] [-s OFFSET] [FILE]...\n"
             "Writes the bytes of the files, one behind the other, sixteen a line, as numbers of two bytes.\n"
             "  -C  byte by byte, with the characters   -v  lines like the one before too, in place of a *\n"
             "  -n  at most COUNT bytes   -s  from OFFSET on\n",
    .options = "Cvn:s:",
    .failure = 1,
};

enum { ROW = 16 };

static bool canonical, all_rows;
static uint64_t most = UINT64_MAX, skipped;

struct dump {
    unsigned char row[ROW], before[ROW];
    size_t used;
    uint64_t offset; // of the row
    bool any, starred;
};

static void put_hexadecimal(uint64_t value, size_t width) {
    static const char digits[] = "0123456789abcdef";
    while (width--)
        output_character(&standard_output, digits[value >> (width * 4) & 15]);
}

static void put_canonical(const struct dump *dump) {
    struct output *out = &standard_output;
    for (size_t i = 0; i < ROW; i++) {
        output_text(out, i % 8 ? " " : "  ");
        if (i < dump->used)
            put_hexadecimal(dump->row[i], 2);
        else
            output_text(out, "  ");
    }
    output_text(out, "  |");
    for (size_t i = 0; i < dump->used; i++)
        output_character(out, dump->row[i] >= ' ' && dump->row[i] <= '~' ? (char)dump->row[i] : '.');
    output_character(out, '|');
}

static void put_words(const struct dump *dump) {
    for (size_t i = 0; i < ROW; i += 2) {
        unsigned high = i + 1 < dump->used ? dump->row[i + 1] : 0;
        output_character(&standard_output, ' ');
        if (i < dump->used)
            put_hexadecimal(dump->row[i] | high << 8, 4);
        else
            output_text(&standard_output, "    ");
    }
}

static void put_row(struct dump *dump) {
    bool again = dump->any && dump->used == ROW && !memcmp(dump->row, dump->before, ROW);
    if (again && !all_rows) {
        output_text(&standard_output, dump->starred ? "" : "*\n");
        dump->starred = true;
    } else {
        put_hexadecimal(dump->offset, canonical ? 8 : 7);
        if (canonical)
            put_canonical(dump);
        else
            put_words(dump);
        output_character(&standard_output, '\n');
        dump->starred = false;
    }
    memcpy(dump->before, dump->row, ROW);
    dump->any = true;
    dump->offset += dump->used;
    dump->used = 0;
}

static void add(struct dump *dump, const char *bytes, size_t size) {
    for (size_t i = 0; i < size && !standard_output.error; i++) {
        dump->row[dump->used++] = (unsigned char)bytes[i];
        if (dump->used == ROW)
            put_row(dump);
    }
}

static void dump_file(struct dump *dump, const char *name, uint64_t *skip, uint64_t *left) {
    static struct input input;
    char *block;
    size_t size;
    if (!input_open(&input, name))
        return;
    while (*left && !standard_output.error && input_block(&input, &block, &size)) {
        size_t gone = *skip < size ? (size_t)*skip : size;
        *skip -= gone;
        size_t wanted = *left < size - gone ? (size_t)*left : size - gone;
        *left -= wanted;
        add(dump, block + gone, wanted);
    }
    input_close(&input);
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        canonical |= option == 'C';
        all_rows |= option == 'v';
        if (option == 'n')
            most = tool_value_number();
        if (option == 's')
            skipped = tool_value_number();
    }
    struct dump dump = {.offset = skipped};
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++)
        dump_file(&dump, *files, &skipped, &most);
    if (dump.used)
        put_row(&dump);
    if (dump.any) {
        put_hexadecimal(dump.offset, canonical ? 8 : 7);
        output_character(&standard_output, '\n');
    }
    return tool_finish(0);
}
