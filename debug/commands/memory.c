// Commands on memory: looking at it in all usual forms, writing it, searching it, names and values.
#include "debug/commands/commands.h"
#include "kernel/base/string.h"
#include "kernel/base/symbols.h"

enum { LINE_BYTES = 16, SEARCH_PART = 512, FOUND_MAX = 32, STRING_MAX = 200 };

// ---- x ----

// "/8xg": how many, in which form, of which size. What is not said stays as it was the last time.
struct format {
    uint64_t count;
    char form; // x d u o t c a s
    uint32_t size;
};

static struct format last = {1, 'x', 8};
static uint64_t next_address;

static uint32_t size_of_letter(char letter) {
    return letter == 'b' ? 1 : letter == 'h' ? 2 : letter == 'w' ? 4 : letter == 'g' ? 8 : 0;
}

static bool take_format(const char *text, struct format *format) {
    format->count = 1;
    if (*text >= '0' && *text <= '9')
        for (format->count = 0; *text >= '0' && *text <= '9' && format->count < UINT32_MAX; text++)
            format->count = format->count * 10 + (uint64_t)(*text - '0');
    for (; *text != 0; text++) {
        uint32_t size = size_of_letter(*text);
        if (size != 0)
            format->size = size;
        else if (*text == 'x' || *text == 'd' || *text == 'u' || *text == 'o' || *text == 't' || *text == 'c' ||
                 *text == 'a' || *text == 's')
            format->form = *text;
        else
            return false;
    }
    if (format->form == 'c' || format->form == 's')
        format->size = 1;
    if (format->form == 'a')
        format->size = 8;
    return true;
}

static void write_digits(struct writer *out, uint64_t value, unsigned base, uint32_t digits) {
    char text[64];
    for (uint32_t i = digits; i-- > 0; value /= base)
        text[i] = (char)('0' + value % base);
    out->put(out, text, digits);
}

static void write_character(struct writer *out, uint8_t c) {
    if (c >= ' ' && c <= '~')
        writer_format(out, " '%c'", c);
    else
        writer_format(out, "%4u", c);
}

static void write_item(const struct command_call *call, const struct format *format, uint64_t value) {
    struct writer *out = call->out;
    uint32_t bits = format->size * 8;
    int64_t with_sign = (int64_t)(value << (64 - bits)) >> (64 - bits);
    writer_text(out, " ");
    switch (format->form) {
    case 'd':
        writer_format(out, "%lld", (long long)with_sign);
        break;
    case 'u':
        writer_format(out, "%llu", (unsigned long long)value);
        break;
    case 'o':
        write_digits(out, value, 8, (bits + 2) / 3);
        break;
    case 't':
        write_digits(out, value, 2, bits);
        break;
    case 'c':
        write_character(out, (uint8_t)value);
        break;
    case 'a':
        writer_format(out, "%#llx ", (unsigned long long)value);
        command_write_address(out, &call->session->thread, value);
        break;
    default:
        writer_format(out, "%0*llx", (int)format->size * 2, (unsigned long long)value);
    }
}

static uint64_t write_string(const struct command_call *call, uint64_t at) {
    char c = 0;
    if (target_memory_read(&call->session->thread, at, &c, 1) != 1) {
        writer_text(call->out, " there is no memory");
        return at;
    }
    writer_text(call->out, " \"");
    for (uint32_t i = 0; i < STRING_MAX; i++, at++) {
        if (target_memory_read(&call->session->thread, at, &c, 1) != 1 || c == 0)
            break;
        writer_format(call->out, c >= ' ' && c <= '~' ? "%c" : "\\x%02x", (uint8_t)c);
    }
    writer_text(call->out, "\"");
    return at + (c == 0);
}

static uint64_t write_line(const struct command_call *call, const struct format *format, uint64_t at, uint64_t items) {
    writer_format(call->out, "%016llx:", (unsigned long long)at);
    for (uint64_t i = 0; i < items; i++, at += format->size) {
        uint64_t value = 0;
        if (target_memory_read(&call->session->thread, at, &value, format->size) != format->size) {
            writer_text(call->out, " there is no memory");
            return 0;
        }
        write_item(call, format, value);
    }
    return at;
}

static void run_examine(const struct command_call *call) {
    struct format format = last;
    if (!take_format(call->format, &format)) {
        writer_text(call->out, "x/COUNT FORM SIZE: form x d u o t c a s, size b h w g; for example x/8xg $rsp\n");
        return;
    }
    if (call->count > 0 && !command_value(call, call->rest, &next_address))
        return;
    uint64_t per_line = format.form == 'a' || format.form == 's' ? 1 : LINE_BYTES / format.size;
    for (uint64_t left = format.count; left > 0;) {
        uint64_t items = left < per_line ? left : per_line, at = next_address;
        if (format.form == 's') {
            writer_format(call->out, "%016llx:", (unsigned long long)at);
            next_address = write_string(call, at);
        } else {
            uint64_t end = write_line(call, &format, at, items);
            writer_text(call->out, end == 0 ? "\n" : "");
            if (end == 0)
                return;
            next_address = end;
        }
        writer_text(call->out, "\n");
        left -= items;
    }
    last = format;
    call->session->repeats = true;
}

// ---- writing and searching ----

static void run_write(const struct command_call *call) {
    struct format format = {1, 'x', 8};
    uint64_t address, value;
    if (call->count != 2 || !take_format(call->format, &format)) {
        writer_text(call->out, "write/SIZE ADDRESS VALUE: size b h w g; without blanks in them\n");
        return;
    }
    if (!command_value(call, call->words[0], &address) || !command_value(call, call->words[1], &value))
        return;
    if (target_memory_write(&call->session->thread, address, &value, format.size) == format.size)
        writer_format(call->out, "%u bytes at %#llx\n", format.size, (unsigned long long)address);
    else
        writer_text(call->out, "it cannot be written: nothing is there, or others share the page\n");
}

static uint32_t search_part(const struct command_call *call, uint64_t at, size_t size, const void *wanted,
                            size_t length, uint32_t found) {
    static uint8_t part[SEARCH_PART + sizeof(uint64_t)];
    size_t there = target_memory_read(&call->session->thread, at, part, size + length - 1);
    for (size_t i = 0; i + length <= there && i < size && found < FOUND_MAX; i++, at++)
        if (memcmp(part + i, wanted, length) == 0) {
            writer_format(call->out, "%016llx\n", (unsigned long long)at);
            found++;
        }
    return found;
}

static void run_find(const struct command_call *call) {
    struct format format = {1, 'x', 8};
    uint64_t address, size, value;
    uint32_t found = 0;
    if (call->count != 3 || !take_format(call->format, &format)) {
        writer_text(call->out, "find/SIZE ADDRESS LENGTH VALUE\n");
        return;
    }
    if (!command_value(call, call->words[0], &address) || !command_value(call, call->words[1], &size) ||
        !command_value(call, call->words[2], &value))
        return;
    for (uint64_t done = 0; done < size && found < FOUND_MAX; done += SEARCH_PART) {
        uint64_t part = size - done < SEARCH_PART ? size - done : SEARCH_PART;
        found = search_part(call, address + done, part, &value, format.size, found);
    }
    writer_format(call->out, "%u found\n", found);
}

// ---- names and values ----

static void run_print(const struct command_call *call) {
    uint64_t value;
    if (!command_value(call, call->rest, &value))
        return;
    writer_format(call->out, "%#llx %llu ", (unsigned long long)value, (unsigned long long)value);
    command_write_address(call->out, &call->session->thread, value);
    writer_text(call->out, "\n");
}

static void run_symbol(const struct command_call *call) {
    uint64_t address;
    if (call->count == 0 || !command_value(call, call->rest, &address)) {
        writer_text(call->out, call->count == 0 ? "which address, or which function?\n" : "");
        return;
    }
    writer_format(call->out, "%#llx ", (unsigned long long)address);
    command_write_address(call->out, &call->session->thread, address);
    writer_text(call->out, "\n");
}

// The kernel's functions whose names hold a text.
static void run_functions(const struct command_call *call) {
    size_t length = strlen(call->rest);
    uint64_t address;
    uint32_t count = 0;
    for (uint32_t i = 0; symbol_at(i, &address) != 0; i++) {
        const char *name = symbol_at(i, &address);
        bool holds = false;
        for (const char *at = name; *at != 0 && !holds; at++)
            holds = strncmp(at, call->rest, length) == 0;
        if (!holds)
            continue;
        writer_format(call->out, "%016llx %s\n", (unsigned long long)address, name);
        count++;
    }
    writer_format(call->out, "%u function%s\n", count, count == 1 ? "" : "s");
}

const struct command memory_commands[] = {
    {"x", "/8xg ADDRESS", "memory: how many, in which form (xduotcas), of which size (bhwg)", run_examine},
    {"write", "/SIZE ADDRESS VALUE", "writes 1, 2, 4 or 8 bytes (bhwg)", run_write},
    {"find", "/SIZE ADDRESS LENGTH VALUE", "where a value stands in memory", run_find},
    {"print", "VALUE", "a value: main+8, $rsp, *($rbp+8), (1<<12)-1", run_print},
    {"symbol", "VALUE", "which function lies there, or where it lies", run_symbol},
    {"functions", "TEXT", "the kernel's functions that have this in their names", run_functions},
    {0, 0, 0, 0},
};
