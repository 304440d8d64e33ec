// From bytes to characters and sequences: UTF-8, control characters, and the syntax of escape sequences.
#include "drivers/display/terminal.h"

enum {
    BYTE_ESCAPE = 0x1b,
    BYTE_BELL = 0x07,
    BYTE_CANCEL = 0x18,
    BYTE_SUBSTITUTE = 0x1a,
    BYTE_DELETE = 0x7f,
    CHARACTER_REPLACEMENT = 0xfffd,
    CHARACTER_LAST = 0x10ffff,
    TAB_WIDTH = 8,
    PARAMETER_LIMIT = 9999,
};

static void back_space(struct terminal *terminal) {
    terminal_move_to(terminal, (int64_t)terminal->cursor.column - 1, terminal->cursor.row);
}

static void tabulate(struct terminal *terminal) {
    terminal_move_to(terminal, (terminal->cursor.column / TAB_WIDTH + 1) * TAB_WIDTH, terminal->cursor.row);
}

static void carriage_return(struct terminal *terminal) {
    terminal_move_to(terminal, 0, terminal->cursor.row);
}

static void new_line(struct terminal *terminal) {
    carriage_return(terminal);
    terminal_line_feed(terminal);
}

static void start_escape(struct terminal *terminal) {
    terminal->state = PARSE_ESCAPE;
}

static void end_sequence(struct terminal *terminal) {
    terminal->state = PARSE_TEXT;
}

// What control characters do, also in the midst of a sequence. The others are skipped.
static void (*const controls[0x20])(struct terminal *) = {
    ['\b'] = back_space,
    ['\t'] = tabulate,
    ['\n'] = new_line,
    ['\v'] = new_line,
    ['\f'] = new_line,
    ['\r'] = carriage_return,
    [BYTE_ESCAPE] = start_escape,
    [BYTE_CANCEL] = end_sequence,
    [BYTE_SUBSTITUTE] = end_sequence,
};

static void save_cursor(struct terminal *terminal) {
    terminal->saved = terminal->cursor;
}

static void restore_cursor(struct terminal *terminal) {
    terminal->cursor = terminal->saved;
}

static void start_sequence(struct terminal *terminal) {
    terminal->state = PARSE_SEQUENCE;
    terminal->parameter_count = 1;
    terminal->parameters[0] = 0;
    terminal->marker = 0;
    terminal->unknown = false;
}

static void start_string(struct terminal *terminal) {
    terminal->state = PARSE_STRING;
}

static void skip_one(struct terminal *terminal) {
    terminal->state = PARSE_SKIP_ONE;
}

// What a byte after ESC does.
static void (*const escapes[0x80])(struct terminal *) = {
    ['7'] = save_cursor,        ['8'] = restore_cursor, ['c'] = terminal_reset,
    ['D'] = terminal_line_feed, ['E'] = new_line,       ['M'] = terminal_reverse_line_feed,
    ['['] = start_sequence,     [']'] = start_string,   ['P'] = start_string,
    ['X'] = start_string,       ['^'] = start_string,   ['_'] = start_string,
    ['('] = skip_one,           [')'] = skip_one,       ['#'] = skip_one,
};

static void take_escape(struct terminal *terminal, uint8_t byte) {
    terminal->state = PARSE_TEXT;
    if (byte < 0x80 && escapes[byte]) {
        escapes[byte](terminal);
    }
}

static void take_digit(struct terminal *terminal, uint8_t byte) {
    uint32_t *parameter = &terminal->parameters[terminal->parameter_count - 1];
    *parameter = *parameter * 10 + (byte - '0');
    if (*parameter > PARAMETER_LIMIT) {
        *parameter = PARAMETER_LIMIT;
    }
}

static void next_parameter(struct terminal *terminal) {
    if (terminal->parameter_count == TERMINAL_PARAMETERS_MAX) {
        terminal->unknown = true;
    } else {
        terminal->parameters[terminal->parameter_count++] = 0;
    }
}

static void take_sequence(struct terminal *terminal, uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        take_digit(terminal, byte);
    } else if (byte == ';' || byte == ':') {
        next_parameter(terminal);
    } else if (byte >= '<' && byte <= '?') {
        terminal->marker = byte;
    } else if (byte >= 0x20 && byte < 0x40) {
        terminal->unknown = true;
    } else {
        terminal->state = PARSE_TEXT;
        if (!terminal->unknown && byte < BYTE_DELETE) {
            terminal_run_sequence(terminal, byte);
        }
    }
}

// A string (a window's title and the like) is skipped until BEL or ESC \.
static void take_string(struct terminal *terminal, uint8_t byte) {
    if (byte == BYTE_BELL || byte == BYTE_CANCEL) {
        terminal->state = PARSE_TEXT;
    } else if (byte == BYTE_ESCAPE) {
        terminal->state = PARSE_STRING_ESCAPE;
    }
}

static void take_string_escape(struct terminal *terminal, uint8_t byte) {
    terminal->state = PARSE_TEXT;
    if (byte != '\\') {
        take_escape(terminal, byte);
    }
}

static bool is_character(const struct terminal *terminal) {
    uint32_t character = terminal->utf8_character;
    return character >= terminal->utf8_least && character <= CHARACTER_LAST &&
           (character < 0xd800 || character > 0xdfff);
}

static void start_utf8(struct terminal *terminal, uint8_t byte) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc0 || byte >= 0xf8) {
        terminal_put_character(terminal, CHARACTER_REPLACEMENT);
        return;
    }
    terminal->utf8_left = left;
    terminal->utf8_least = least[left];
    terminal->utf8_character = byte & (0x3f >> left);
}

// A byte that cannot continue a character ends it, shown as the replacement, and is taken afresh by the caller.
static bool continues_utf8(struct terminal *terminal, uint8_t byte) {
    if (terminal->utf8_left == 0) {
        return false;
    }
    if ((byte & 0xc0) != 0x80) {
        terminal->utf8_left = 0;
        terminal_put_character(terminal, CHARACTER_REPLACEMENT);
        return false;
    }
    terminal->utf8_character = terminal->utf8_character << 6 | (byte & 0x3f);
    if (--terminal->utf8_left == 0) {
        terminal_put_character(terminal, is_character(terminal) ? terminal->utf8_character : CHARACTER_REPLACEMENT);
    }
    return true;
}

static void take_text(struct terminal *terminal, uint8_t byte) {
    if (continues_utf8(terminal, byte)) {
        return;
    }
    if (byte >= 0x80) {
        start_utf8(terminal, byte);
    } else if (byte < 0x20) {
        if (controls[byte]) {
            controls[byte](terminal);
        }
    } else if (byte != BYTE_DELETE) {
        terminal_put_character(terminal, byte);
    }
}

static void take_one(struct terminal *terminal, uint8_t byte) {
    terminal->state = PARSE_TEXT;
}

static void (*const states[])(struct terminal *, uint8_t) = {
    [PARSE_TEXT] = take_text,
    [PARSE_ESCAPE] = take_escape,
    [PARSE_SEQUENCE] = take_sequence,
    [PARSE_STRING] = take_string,
    [PARSE_STRING_ESCAPE] = take_string_escape,
    [PARSE_SKIP_ONE] = take_one,
};

// Takes the next byte, or a run of plain characters at once; says how many.
static size_t take(struct terminal *terminal, const uint8_t *bytes, size_t size) {
    bool inside = terminal->state == PARSE_ESCAPE || terminal->state == PARSE_SEQUENCE;
    if (terminal->state == PARSE_TEXT && terminal->utf8_left == 0 && terminal_is_plain(bytes[0])) {
        return terminal_put_plain(terminal, bytes, size);
    }
    if (!inside || bytes[0] >= 0x20) {
        states[terminal->state](terminal, bytes[0]);
    } else if (controls[bytes[0]]) {
        controls[bytes[0]](terminal);
    }
    return 1;
}

void terminal_write(struct terminal *terminal, const void *text, size_t size) {
    const uint8_t *bytes = text;
    for (size_t taken = 0; taken < size;) {
        taken += take(terminal, bytes + taken, size - taken);
    }
}
