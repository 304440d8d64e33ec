// The screen of a terminal: writing, scrolling, inserting, deleting and erasing cells.
#include "drivers/display/terminal.h"

#include <assert.h>
#include <string.h>

enum {
    TERMINAL_LINE_MEMORY = sizeof(uint16_t) + sizeof(bool),
    TERMINAL_HISTORY_MEMORY = TERMINAL_HISTORY * sizeof(uint16_t),
};

size_t terminal_memory_size(uint32_t columns, uint32_t rows) {
    if (columns == 0 || rows == 0 || columns > TERMINAL_COLUMNS_MAX || rows > TERMINAL_ROWS_MAX) {
        return 0;
    }
    size_t cells = (size_t)columns * (rows + TERMINAL_HISTORY);
    return cells * sizeof(struct cell) + (size_t)rows * TERMINAL_LINE_MEMORY + TERMINAL_HISTORY_MEMORY;
}

void terminal_create(struct terminal *terminal, uint32_t columns, uint32_t rows, void *memory) {
    *terminal = (struct terminal){.columns = columns, .rows = rows, .cells = memory};
    terminal->lines = (uint16_t *)(terminal->cells + (size_t)columns * (rows + TERMINAL_HISTORY));
    terminal->history = terminal->lines + rows;
    terminal->touched = (bool *)(terminal->history + TERMINAL_HISTORY);
    for (uint32_t row = 0; row < rows; row++) {
        terminal->lines[row] = row;
    }
    terminal_reset(terminal);
}

struct cell *terminal_row(const struct terminal *terminal, uint32_t row) {
    return &terminal->cells[(size_t)terminal->lines[row] * terminal->columns];
}

const struct cell *terminal_view_row(const struct terminal *terminal, uint32_t row) {
    if (row >= terminal->view) {
        return terminal_row(terminal, row - terminal->view);
    }
    uint32_t index = terminal->history_first + terminal->history_count - terminal->view + row;
    return &terminal->cells[(size_t)terminal->history[index % TERMINAL_HISTORY] * terminal->columns];
}

struct cell terminal_blank(const struct terminal *terminal) {
    return (struct cell){
        .character = ' ',
        .foreground = terminal->cursor.pen.foreground,
        .background = terminal->cursor.pen.background,
    };
}

void terminal_erase(struct terminal *terminal, uint32_t row, uint32_t column, uint32_t count) {
    assert(row < terminal->rows && column < terminal->columns);
    struct cell *cells = terminal_row(terminal, row);
    struct cell blank = terminal_blank(terminal);
    uint32_t left = terminal->columns - column;
    for (uint32_t i = 0; i < (count < left ? count : left); i++) {
        cells[column + i] = blank;
    }
    terminal->touched[row] = true;
}

void terminal_reset(struct terminal *terminal) {
    terminal->cursor = (struct terminal_cursor){
        .pen = {.character = ' ', .foreground = TERMINAL_FOREGROUND, .background = TERMINAL_BACKGROUND},
    };
    terminal->saved = terminal->cursor;
    terminal->top = 0;
    terminal->bottom = terminal->rows - 1;
    terminal->cursor_shown = true;
    terminal->wraps = true;
    terminal->inserts = false;
    for (uint32_t row = 0; row < terminal->rows; row++) {
        terminal_erase(terminal, row, 0, terminal->columns);
    }
}

// Turns the lines of rows `top` to `bottom` by one and blanks the one that comes in.
static void turn_lines_up(struct terminal *terminal, uint32_t top, uint32_t bottom) {
    uint16_t first = terminal->lines[top];
    memmove(&terminal->lines[top], &terminal->lines[top + 1], (bottom - top) * sizeof(terminal->lines[0]));
    terminal->lines[bottom] = first;
    terminal_erase(terminal, bottom, 0, terminal->columns);
}

// The uppermost line becomes the newest of the history, and the oldest of that, or one never used, comes in.
static void roll_screen_up(struct terminal *terminal) {
    uint32_t last = terminal->rows - 1;
    uint16_t gone = terminal->lines[0], fresh = terminal->rows + terminal->history_count;
    if (terminal->history_count < TERMINAL_HISTORY) {
        terminal->history[terminal->history_count++] = gone;
    } else {
        fresh = terminal->history[terminal->history_first];
        terminal->history[terminal->history_first] = gone;
        terminal->history_first = (terminal->history_first + 1) % TERMINAL_HISTORY;
    }
    memmove(terminal->lines, terminal->lines + 1, last * sizeof(terminal->lines[0]));
    terminal->lines[last] = fresh;
    terminal_erase(terminal, last, 0, terminal->columns);
}

static void turn_lines_down(struct terminal *terminal, uint32_t top, uint32_t bottom) {
    uint16_t last = terminal->lines[bottom];
    memmove(&terminal->lines[top + 1], &terminal->lines[top], (bottom - top) * sizeof(terminal->lines[0]));
    terminal->lines[top] = last;
    terminal_erase(terminal, top, 0, terminal->columns);
}

static void touch_rows(struct terminal *terminal, uint32_t top, uint32_t bottom) {
    memset(&terminal->touched[top], true, bottom - top + 1);
}

void terminal_scroll_up(struct terminal *terminal, uint32_t top, uint32_t bottom, uint32_t count) {
    assert(top <= bottom && bottom < terminal->rows);
    uint32_t height = bottom - top + 1;
    bool whole = top == 0 && bottom == terminal->rows - 1;
    count = count < height ? count : height;
    for (uint32_t i = 0; i < count; i++) {
        if (whole) {
            roll_screen_up(terminal);
        } else {
            turn_lines_up(terminal, top, bottom);
        }
    }
    terminal->scrolled += whole ? count : 0;
    touch_rows(terminal, top, bottom);
}

void terminal_scroll_down(struct terminal *terminal, uint32_t top, uint32_t bottom, uint32_t count) {
    assert(top <= bottom && bottom < terminal->rows);
    uint32_t height = bottom - top + 1;
    for (uint32_t i = 0; i < (count < height ? count : height); i++) {
        turn_lines_down(terminal, top, bottom);
    }
    touch_rows(terminal, top, bottom);
}

void terminal_look_back(struct terminal *terminal, int64_t lines) {
    int64_t most = terminal->history_count, view = terminal->view + lines;
    view = view < 0 ? 0 : view > most ? most : view;
    if (view != terminal->view) {
        terminal->view = (uint32_t)view;
        touch_rows(terminal, 0, terminal->rows - 1);
    }
}

// Who writes is to be seen.
static void end_looking_back(struct terminal *terminal) {
    if (terminal->view != 0) {
        terminal_look_back(terminal, -(int64_t)terminal->view);
    }
}

void terminal_line_feed(struct terminal *terminal) {
    struct terminal_cursor *cursor = &terminal->cursor;
    end_looking_back(terminal);
    cursor->wrap_pending = false;
    if (cursor->row == terminal->bottom) {
        terminal_scroll_up(terminal, terminal->top, terminal->bottom, 1);
    } else if (cursor->row < terminal->rows - 1) {
        cursor->row++;
    }
}

void terminal_reverse_line_feed(struct terminal *terminal) {
    struct terminal_cursor *cursor = &terminal->cursor;
    cursor->wrap_pending = false;
    if (cursor->row == terminal->top) {
        terminal_scroll_down(terminal, terminal->top, terminal->bottom, 1);
    } else if (cursor->row > 0) {
        cursor->row--;
    }
}

static uint32_t bounded(int64_t value, uint32_t limit) {
    return value < 0 ? 0 : value >= limit ? limit - 1 : (uint32_t)value;
}

void terminal_move_to(struct terminal *terminal, int64_t column, int64_t row) {
    terminal->cursor.column = bounded(column, terminal->columns);
    terminal->cursor.row = bounded(row, terminal->rows);
    terminal->cursor.wrap_pending = false;
}

void terminal_insert_cells(struct terminal *terminal, uint32_t count) {
    uint32_t column = terminal->cursor.column;
    uint32_t left = terminal->columns - column;
    struct cell *cells = terminal_row(terminal, terminal->cursor.row) + column;
    count = count < left ? count : left;
    memmove(cells + count, cells, (left - count) * sizeof(*cells));
    terminal_erase(terminal, terminal->cursor.row, column, count);
}

void terminal_delete_cells(struct terminal *terminal, uint32_t count) {
    uint32_t column = terminal->cursor.column;
    uint32_t left = terminal->columns - column;
    struct cell *cells = terminal_row(terminal, terminal->cursor.row) + column;
    count = count < left ? count : left;
    memmove(cells, cells + count, (left - count) * sizeof(*cells));
    terminal_erase(terminal, terminal->cursor.row, terminal->columns - count, count);
}

void terminal_put_character(struct terminal *terminal, uint32_t character) {
    struct terminal_cursor *cursor = &terminal->cursor;
    end_looking_back(terminal);
    if (cursor->wrap_pending) {
        cursor->column = 0;
        terminal_line_feed(terminal);
    }
    if (terminal->inserts) {
        terminal_insert_cells(terminal, 1);
    }
    struct cell *cell = terminal_row(terminal, cursor->row) + cursor->column;
    *cell = cursor->pen;
    cell->character = character;
    terminal->touched[cursor->row] = true;
    if (cursor->column < terminal->columns - 1) {
        cursor->column++;
    } else {
        cursor->wrap_pending = terminal->wraps;
    }
}

size_t terminal_put_plain(struct terminal *terminal, const uint8_t *bytes, size_t size) {
    struct terminal_cursor *cursor = &terminal->cursor;
    size_t room = terminal->columns - 1 - cursor->column, count = 0;
    end_looking_back(terminal);
    if (room == 0 || terminal->inserts) {
        terminal_put_character(terminal, bytes[0]);
        return 1;
    }
    struct cell *cells = terminal_row(terminal, cursor->row) + cursor->column;
    struct cell cell = cursor->pen;
    room = size < room ? size : room;
    while (count < room && terminal_is_plain(bytes[count])) {
        cell.character = bytes[count];
        cells[count++] = cell;
    }
    cursor->column += count;
    terminal->touched[cursor->row] = true;
    return count;
}

void terminal_answer(struct terminal *terminal, const char *text) {
    size_t size = strlen(text);
    if (size <= TERMINAL_REPLY_MAX - terminal->reply_size) {
        memcpy(&terminal->reply[terminal->reply_size], text, size);
        terminal->reply_size += size;
    }
}

size_t terminal_take_reply(struct terminal *terminal, char *buffer, size_t size) {
    size_t taken = terminal->reply_size < size ? terminal->reply_size : size;
    memcpy(buffer, terminal->reply, taken);
    memmove(terminal->reply, terminal->reply + taken, terminal->reply_size - taken);
    terminal->reply_size -= taken;
    return taken;
}
