// The state of a text terminal: a grid of cells, a cursor, and the escape sequences that change them. It knows nothing
// of pixels: the renderer asks it what each cell holds and which lines were touched.
//
// What it understands: UTF-8; BEL BS HT LF VT FF CR; ESC 7 8 c D E M; CSI @ A B C D E F G H J K L M P S T X a d e f g h l
// m n r s u, c (who are you), `?7` wrap, `?25` cursor, `4` insert; of its own, `> n T` and `> n S`, which look n lines back at what
// has gone off the top, and forth again: text that comes ends that. A line feed also returns the carriage.
// Rules: pure, after terminal_create no memory is allocated. Any bytes may come: what is not understood is skipped, and
// parameters are bounded. Columns and rows count from 0 here, from 1 in the sequences.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TERMINAL_COLUMNS_MAX = 512,
    TERMINAL_ROWS_MAX = 256,
    TERMINAL_PARAMETERS_MAX = 16,
    TERMINAL_REPLY_MAX = 64,
    TERMINAL_HISTORY = 1000, // lines that have gone off the top
    TERMINAL_FOREGROUND = 7, // colours of a terminal that was told none
    TERMINAL_BACKGROUND = 0,
};

enum cell_flag { CELL_BOLD = 1 << 0, CELL_UNDERLINE = 1 << 1, CELL_REVERSE = 1 << 2 };

// What one place shows. Colours are 0 to 15. A cell of zeros is not a blank one: see terminal_blank.
struct cell {
    uint32_t character; // Unicode
    uint8_t foreground;
    uint8_t background;
    uint8_t flags;  // enum cell_flag
    uint8_t unused; // 0
};
_Static_assert(sizeof(struct cell) == 8, "cells are compared as one word");

enum parse_state { PARSE_TEXT, PARSE_ESCAPE, PARSE_SEQUENCE, PARSE_STRING, PARSE_STRING_ESCAPE, PARSE_SKIP_ONE };

struct terminal_cursor {
    uint32_t column;
    uint32_t row;
    bool wrap_pending; // the last column was written: the next character goes to the next line first
    struct cell pen;   // what is written looks like this
};

struct terminal {
    uint32_t columns;
    uint32_t rows;
    struct cell *cells;     // columns * (rows + TERMINAL_HISTORY), in the order of storage
    uint16_t *lines;        // rows: which line of storage a row is; scrolling turns these alone
    uint16_t *history;      // TERMINAL_HISTORY: a ring of the lines of storage that have gone off the top
    uint32_t history_first; // the oldest
    uint32_t history_count;
    uint32_t view; // by how many lines what is shown lies back
    bool *touched; // rows: changed since the renderer looked
    struct terminal_cursor cursor;
    struct terminal_cursor saved;
    uint32_t top;    // scroll region: first row
    uint32_t bottom; // scroll region: last row
    bool cursor_shown;
    bool wraps;
    bool inserts;
    uint64_t scrolled; // how many times the whole screen moved up a line, for a renderer that can move pixels
    // the parser
    enum parse_state state;
    uint32_t parameters[TERMINAL_PARAMETERS_MAX];
    uint32_t parameter_count; // started, at least 1 in PARSE_SEQUENCE
    char marker;              // '?' and its like, or 0
    bool unknown;             // an intermediate byte came: skip the sequence
    uint32_t utf8_character;
    uint32_t utf8_left;  // bytes still to come
    uint32_t utf8_least; // the smallest character that needs so many bytes
    // what it answers to a report asked for
    char reply[TERMINAL_REPLY_MAX];
    uint32_t reply_size;
};

// How many bytes of memory a terminal of this size needs; 0: it is too large, or empty.
size_t terminal_memory_size(uint32_t columns, uint32_t rows);

// Makes a blank terminal in `memory`, of terminal_memory_size bytes, 8-byte aligned.
void terminal_create(struct terminal *terminal, uint32_t columns, uint32_t rows, void *memory);

void terminal_write(struct terminal *terminal, const void *text, size_t size);

// The cells of a row, as many as there are columns.
struct cell *terminal_row(const struct terminal *terminal, uint32_t row);

// The same of what a row shows, which may be history.
const struct cell *terminal_view_row(const struct terminal *terminal, uint32_t row);

// Takes at most `size` bytes of what the terminal answers; says how many.
size_t terminal_take_reply(struct terminal *terminal, char *buffer, size_t size);

// Whether a byte is a character that stands for itself.
static inline bool terminal_is_plain(uint8_t byte) {
    return byte >= 0x20 && byte < 0x7f;
}

// A cell as erasing leaves it.
struct cell terminal_blank(const struct terminal *terminal);

// ---- for the parser: what sequences do (terminal_edit.c) ----

void terminal_put_character(struct terminal *terminal, uint32_t character);
// Puts as many of the bytes as are plain characters and fit without wrapping, at least the first; says how many.
size_t terminal_put_plain(struct terminal *terminal, const uint8_t *bytes, size_t size);
void terminal_line_feed(struct terminal *terminal); // down, or scroll; the column stays
void terminal_reverse_line_feed(struct terminal *terminal);
void terminal_move_to(struct terminal *terminal, int64_t column, int64_t row); // is bounded to the screen
void terminal_erase(struct terminal *terminal, uint32_t row, uint32_t column, uint32_t count);
void terminal_scroll_up(struct terminal *terminal, uint32_t top, uint32_t bottom, uint32_t count);
void terminal_scroll_down(struct terminal *terminal, uint32_t top, uint32_t bottom, uint32_t count);
void terminal_look_back(struct terminal *terminal, int64_t lines); // or forth, where it is negative
void terminal_insert_cells(struct terminal *terminal, uint32_t count);
void terminal_delete_cells(struct terminal *terminal, uint32_t count);
void terminal_reset(struct terminal *terminal);
void terminal_answer(struct terminal *terminal, const char *text);

// Runs the sequence that the parser has gathered; `final` is its last byte (terminal_sequence.c).
void terminal_run_sequence(struct terminal *terminal, char final);
