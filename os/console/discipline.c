// The editing of a line by its control characters, as a table of them.
#include "os/console/discipline.h"

#include <stdbool.h>
#include <string.h>

enum {
    BYTE_INTERRUPT = 0x03, // Ctrl-C
    BYTE_END = 0x04,       // Ctrl-D
    BYTE_BELL = 0x07,
    BYTE_BACKSPACE = 0x08,
    BYTE_KILL_LINE = 0x15, // Ctrl-U
    BYTE_KILL_WORD = 0x17, // Ctrl-W
    BYTE_SUSPEND = 0x1a,   // Ctrl-Z
    BYTE_QUIT = 0x1c,      // Ctrl-backslash
    BYTE_DELETE = 0x7f,
    CONTROL_BIT = 0x40,
};

static void echo(const struct discipline *discipline, struct discipline_result *result, const char *text, size_t size) {
    if (!(discipline->mode & (CONSOLE_NO_ECHO | CONSOLE_RAW)) && size <= DISCIPLINE_ECHO_MAX - result->echo_size) {
        memcpy(result->echo + result->echo_size, text, size);
        result->echo_size += size;
    }
}

static bool is_control(uint8_t byte) {
    return (byte < 0x20 && byte != '\t') || byte == BYTE_DELETE;
}

// A control character is shown as ^C, a tab as one space.
static void echo_byte(const struct discipline *discipline, struct discipline_result *result, uint8_t byte) {
    if (is_control(byte)) {
        echo(discipline, result, (char[]){'^', byte ^ CONTROL_BIT}, 2);
    } else {
        echo(discipline, result, (char[]){byte == '\t' ? ' ' : byte}, 1);
    }
}

// Removes the last character, all bytes of its UTF-8.
static void erase_character(struct discipline *discipline, struct discipline_result *result) {
    uint8_t byte = 0;
    do {
        byte = discipline->line[--discipline->size];
    } while (discipline->size > 0 && (byte & 0xc0) == 0x80);
    echo(discipline, result, "\b \b", 3);
    if (is_control(byte)) {
        echo(discipline, result, "\b \b", 3);
    }
}

static void backspace(struct discipline *discipline, struct discipline_result *result) {
    if (discipline->size > 0) {
        erase_character(discipline, result);
    }
}

static void kill_line(struct discipline *discipline, struct discipline_result *result) {
    while (discipline->size > 0) {
        erase_character(discipline, result);
    }
}

static bool ends_in_space(const struct discipline *discipline) {
    return discipline->size > 0 && discipline->line[discipline->size - 1] == ' ';
}

static void kill_word(struct discipline *discipline, struct discipline_result *result) {
    while (ends_in_space(discipline)) {
        erase_character(discipline, result);
    }
    while (discipline->size > 0 && !ends_in_space(discipline)) {
        erase_character(discipline, result);
    }
}

static void hand_on(struct discipline *discipline, struct discipline_result *result) {
    result->data = discipline->line;
    result->data_size = discipline->size;
    discipline->size = 0;
}

static void end_line(struct discipline *discipline, struct discipline_result *result) {
    discipline->line[discipline->size++] = '\n';
    echo(discipline, result, "\n", 1);
    hand_on(discipline, result);
}

static void end_stream(struct discipline *discipline, struct discipline_result *result) {
    if (discipline->size > 0) {
        hand_on(discipline, result);
    } else {
        result->signal = SIGNAL_END;
    }
}

// The line is dropped, and the key shown also in a raw terminal.
static void drop_line(struct discipline *discipline, struct discipline_result *result, char letter) {
    discipline->size = 0;
    if (!(discipline->mode & CONSOLE_NO_ECHO)) {
        memcpy(result->echo, (char[]){'^', letter, '\n'}, 3);
        result->echo_size = 3;
    }
}

static void interrupt(struct discipline *discipline, struct discipline_result *result) {
    drop_line(discipline, result, 'C');
    result->signal = SIGNAL_INTERRUPT;
}

static void suspend(struct discipline *discipline, struct discipline_result *result) {
    if (discipline->mode & CONSOLE_NO_STOP) {
        return;
    }
    drop_line(discipline, result, 'Z');
    result->signal = SIGNAL_SUSPEND;
}

static void (*const controls[BYTE_DELETE + 1])(struct discipline *, struct discipline_result *) = {
    [BYTE_BACKSPACE] = backspace,
    [BYTE_DELETE] = backspace,
    [BYTE_KILL_LINE] = kill_line,
    [BYTE_KILL_WORD] = kill_word,
    ['\r'] = end_line,
    ['\n'] = end_line,
    [BYTE_END] = end_stream,
    [BYTE_INTERRUPT] = interrupt,
    [BYTE_SUSPEND] = suspend,
};

// One place is kept for the line's end.
static void add(struct discipline *discipline, struct discipline_result *result, uint8_t byte) {
    if (discipline->size >= DISCIPLINE_LINE_MAX - 1) {
        echo(discipline, result, "\a", 1);
        return;
    }
    discipline->line[discipline->size++] = byte;
    echo_byte(discipline, result, byte);
}

static void start_result(struct discipline_result *result) {
    result->signal = SIGNAL_NONE;
    result->data = NULL;
    result->data_size = 0;
    result->echo_size = 0;
}

void discipline_take(struct discipline *discipline, uint8_t byte, struct discipline_result *result) {
    start_result(result);
    if (byte == BYTE_QUIT) {
        discipline->size = 0;
        echo(discipline, result, "^\\\n", 3);
        result->signal = SIGNAL_QUIT;
    } else if (byte == BYTE_INTERRUPT && discipline->mode & CONSOLE_INTERRUPTS) {
        interrupt(discipline, result);
    } else if (discipline->mode & CONSOLE_RAW) {
        discipline->line[discipline->size++] = byte;
        hand_on(discipline, result);
    } else if (byte <= BYTE_DELETE && controls[byte]) {
        controls[byte](discipline, result);
    } else {
        add(discipline, result, byte);
    }
}

void discipline_set_mode(struct discipline *discipline, uint32_t mode, struct discipline_result *result) {
    start_result(result);
    discipline->mode = mode | (discipline->mode & CONSOLE_NO_STOP);
    if (mode & CONSOLE_RAW) {
        hand_on(discipline, result);
    }
}
