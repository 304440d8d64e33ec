// What the control sequences (ESC [ parameters letter) do.
#include "drivers/display/terminal.h"

#include <stdio.h>

enum { DEFAULT_COLOUR = 9, BRIGHT = 8, BASIC_COLOURS = 16, EXTENDED_BY_INDEX = 5, EXTENDED_BY_PARTS = 2 };

// The parameter at `index`; 0 and absent ones count as 1.
static uint32_t count_at(const struct terminal *terminal, uint32_t index) {
    uint32_t value = index < terminal->parameter_count ? terminal->parameters[index] : 0;
    return value ? value : 1;
}

static void move_by(struct terminal *terminal, int64_t columns, int64_t rows) {
    terminal_move_to(terminal, terminal->cursor.column + columns, terminal->cursor.row + rows);
}

static void cursor_up(struct terminal *terminal) {
    move_by(terminal, 0, -(int64_t)count_at(terminal, 0));
}

static void cursor_down(struct terminal *terminal) {
    move_by(terminal, 0, count_at(terminal, 0));
}

static void cursor_right(struct terminal *terminal) {
    move_by(terminal, count_at(terminal, 0), 0);
}

static void cursor_left(struct terminal *terminal) {
    move_by(terminal, -(int64_t)count_at(terminal, 0), 0);
}

static void cursor_next_line(struct terminal *terminal) {
    terminal_move_to(terminal, 0, (int64_t)terminal->cursor.row + count_at(terminal, 0));
}

static void cursor_previous_line(struct terminal *terminal) {
    terminal_move_to(terminal, 0, (int64_t)terminal->cursor.row - count_at(terminal, 0));
}

static void cursor_to_column(struct terminal *terminal) {
    terminal_move_to(terminal, (int64_t)count_at(terminal, 0) - 1, terminal->cursor.row);
}

static void cursor_to_row(struct terminal *terminal) {
    terminal_move_to(terminal, terminal->cursor.column, (int64_t)count_at(terminal, 0) - 1);
}

static void cursor_to(struct terminal *terminal) {
    terminal_move_to(terminal, (int64_t)count_at(terminal, 1) - 1, (int64_t)count_at(terminal, 0) - 1);
}

static void erase_rows(struct terminal *terminal, uint32_t from, uint32_t until) {
    for (uint32_t row = from; row < until; row++) {
        terminal_erase(terminal, row, 0, terminal->columns);
    }
}

// 0: from the cursor on, 1: up to the cursor, 2: the whole line.
static void erase_in_line(struct terminal *terminal) {
    uint32_t column = terminal->cursor.column, row = terminal->cursor.row;
    switch (terminal->parameters[0]) {
    case 0:
        terminal_erase(terminal, row, column, terminal->columns);
        break;
    case 1:
        terminal_erase(terminal, row, 0, column + 1);
        break;
    case 2:
        terminal_erase(terminal, row, 0, terminal->columns);
        break;
    }
}

static void erase_in_screen(struct terminal *terminal) {
    switch (terminal->parameters[0]) {
    case 0:
        erase_rows(terminal, terminal->cursor.row + 1, terminal->rows);
        break;
    case 1:
        erase_rows(terminal, 0, terminal->cursor.row);
        break;
    default:
        erase_rows(terminal, 0, terminal->rows);
        return;
    }
    erase_in_line(terminal);
}

static void erase_cells(struct terminal *terminal) {
    terminal_erase(terminal, terminal->cursor.row, terminal->cursor.column, count_at(terminal, 0));
}

static void insert_cells(struct terminal *terminal) {
    terminal_insert_cells(terminal, count_at(terminal, 0));
}

static void delete_cells(struct terminal *terminal) {
    terminal_delete_cells(terminal, count_at(terminal, 0));
}

static bool inside_region(const struct terminal *terminal) {
    return terminal->cursor.row >= terminal->top && terminal->cursor.row <= terminal->bottom;
}

static void insert_lines(struct terminal *terminal) {
    if (inside_region(terminal)) {
        terminal_scroll_down(terminal, terminal->cursor.row, terminal->bottom, count_at(terminal, 0));
    }
}

static void delete_lines(struct terminal *terminal) {
    if (inside_region(terminal)) {
        terminal_scroll_up(terminal, terminal->cursor.row, terminal->bottom, count_at(terminal, 0));
    }
}

static void scroll_up(struct terminal *terminal) {
    terminal_scroll_up(terminal, terminal->top, terminal->bottom, count_at(terminal, 0));
}

static void scroll_down(struct terminal *terminal) {
    terminal_scroll_down(terminal, terminal->top, terminal->bottom, count_at(terminal, 0));
}

static void set_region(struct terminal *terminal) {
    uint32_t top = count_at(terminal, 0) - 1;
    uint32_t bottom =
        terminal->parameter_count > 1 && terminal->parameters[1] ? terminal->parameters[1] : terminal->rows;
    bottom = (bottom < terminal->rows ? bottom : terminal->rows) - 1;
    if (top < bottom) {
        terminal->top = top;
        terminal->bottom = bottom;
        terminal_move_to(terminal, 0, 0);
    }
}

static void set_mode(struct terminal *terminal, bool on) {
    for (uint32_t i = 0; i < terminal->parameter_count; i++) {
        uint32_t mode = terminal->parameters[i];
        if (terminal->marker == '?' && mode == 25) {
            terminal->cursor_shown = on;
            terminal->touched[terminal->cursor.row] = true;
        } else if (terminal->marker == '?' && mode == 7) {
            terminal->wraps = on;
        } else if (terminal->marker == 0 && mode == 4) {
            terminal->inserts = on;
        }
    }
}

static void set_modes(struct terminal *terminal) {
    set_mode(terminal, true);
}

static void reset_modes(struct terminal *terminal) {
    set_mode(terminal, false);
}

static void save_cursor(struct terminal *terminal) {
    terminal->saved = terminal->cursor;
}

static void restore_cursor(struct terminal *terminal) {
    terminal->cursor = terminal->saved;
}

static void report(struct terminal *terminal) {
    char text[32];
    if (terminal->parameters[0] == 5) {
        terminal_answer(terminal, "\x1b[0n");
    } else if (terminal->parameters[0] == 6) {
        snprintf(text, sizeof(text), "\x1b[%u;%uR", (unsigned)terminal->cursor.row + 1,
                 (unsigned)terminal->cursor.column + 1);
        terminal_answer(terminal, text);
    }
}

static void identify(struct terminal *terminal) {
    terminal_answer(terminal, "\x1b[?6c");
}

// The nearest of the 16 colours to one of the 256: the cube's and the greys' by their strongest parts.
static uint8_t basic_colour(uint32_t red, uint32_t green, uint32_t blue) {
    uint32_t highest = red > green ? red : green;
    highest = highest > blue ? highest : blue;
    uint32_t half = highest / 2;
    uint8_t colour = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
    return highest < 64 ? 0 : highest > 192 ? colour | BRIGHT : colour;
}

static uint8_t palette_colour(uint32_t index) {
    if (index < BASIC_COLOURS) {
        return index;
    }
    if (index >= 232) {
        uint32_t grey = (index - 232) * 10 + 8;
        return basic_colour(grey, grey, grey);
    }
    index -= BASIC_COLOURS;
    return basic_colour(index / 36 % 6 * 51, index / 6 % 6 * 51, index % 6 * 51);
}

// Colour 38 or 48 at `index`, then 5;N or 2;R;G;B. Returns the index of its last parameter.
static uint32_t extended_colour(struct terminal *terminal, uint32_t index, uint8_t *colour) {
    const uint32_t *parameters = &terminal->parameters[index];
    uint32_t left = terminal->parameter_count - index;
    if (left > 2 && parameters[1] == EXTENDED_BY_INDEX) {
        *colour = palette_colour(parameters[2] & 0xff);
        return index + 2;
    }
    if (left > 4 && parameters[1] == EXTENDED_BY_PARTS) {
        *colour = basic_colour(parameters[2], parameters[3], parameters[4]);
        return index + 4;
    }
    return terminal->parameter_count;
}

struct rendition {
    uint8_t set;
    uint8_t clear;
};

// What the parameters 0 to 27 of `m` do to the flags of what is written.
static const struct rendition renditions[28] = {
    [1] = {CELL_BOLD, 0},  [4] = {CELL_UNDERLINE, 0},  [7] = {CELL_REVERSE, 0},
    [22] = {0, CELL_BOLD}, [24] = {0, CELL_UNDERLINE}, [27] = {0, CELL_REVERSE},
};

static void set_colour(struct cell *pen, uint32_t parameter) {
    uint32_t base = parameter / 10 * 10, digit = parameter % 10;
    bool background = base == 40 || base == 100;
    uint8_t fallback = background ? TERMINAL_BACKGROUND : TERMINAL_FOREGROUND;
    uint8_t colour = digit == DEFAULT_COLOUR ? fallback : digit + (base >= 90 ? BRIGHT : 0);
    if (digit == BRIGHT) {
        return;
    }
    *(background ? &pen->background : &pen->foreground) = colour;
}

static void set_rendition(struct terminal *terminal) {
    struct cell *pen = &terminal->cursor.pen;
    for (uint32_t i = 0; i < terminal->parameter_count; i++) {
        uint32_t parameter = terminal->parameters[i];
        if (parameter == 0) {
            *pen = (struct cell){' ', TERMINAL_FOREGROUND, TERMINAL_BACKGROUND, 0, 0};
        } else if (parameter < 28) {
            pen->flags = (pen->flags | renditions[parameter].set) & ~renditions[parameter].clear;
        } else if (parameter == 38) {
            i = extended_colour(terminal, i, &pen->foreground);
        } else if (parameter == 48) {
            i = extended_colour(terminal, i, &pen->background);
        } else if ((parameter >= 30 && parameter < 50) || (parameter >= 90 && parameter < 108 && parameter % 10 < 8)) {
            set_colour(pen, parameter);
        }
    }
}

// By the final byte; `m`, `h`, `l` and the like are the only ones that a marker may precede.
static void (*const sequences[0x80])(struct terminal *) = {
    ['@'] = insert_cells,
    ['A'] = cursor_up,
    ['B'] = cursor_down,
    ['C'] = cursor_right,
    ['D'] = cursor_left,
    ['E'] = cursor_next_line,
    ['F'] = cursor_previous_line,
    ['G'] = cursor_to_column,
    ['`'] = cursor_to_column,
    ['H'] = cursor_to,
    ['f'] = cursor_to,
    ['J'] = erase_in_screen,
    ['K'] = erase_in_line,
    ['L'] = insert_lines,
    ['M'] = delete_lines,
    ['P'] = delete_cells,
    ['S'] = scroll_up,
    ['T'] = scroll_down,
    ['X'] = erase_cells,
    ['a'] = cursor_right,
    ['d'] = cursor_to_row,
    ['e'] = cursor_down,
    ['h'] = set_modes,
    ['l'] = reset_modes,
    ['m'] = set_rendition,
    ['n'] = report,
    ['c'] = identify,
    ['r'] = set_region,
    ['s'] = save_cursor,
    ['u'] = restore_cursor,
};

void terminal_run_sequence(struct terminal *terminal, char final) {
    if (terminal->marker == '>' && (final == 'T' || final == 'S')) {
        int64_t lines = count_at(terminal, 0);
        terminal_look_back(terminal, final == 'T' ? lines : -lines);
        return;
    }
    void (*run)(struct terminal *) = sequences[(uint8_t) final & 0x7f];
    bool takes_marker = final == 'h' || final == 'l';
    if (run && (terminal->marker == 0 || takes_marker)) {
        run(terminal);
    }
}
