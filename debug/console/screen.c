// Text on the debugger's page of the screen: a grid of characters, of which those that changed are drawn.
#include "debug/console/screen.h"
#include "debug/console/console.h"
#include "drivers/display/font.h"
#include "kernel/base/string.h"

enum {
    COLUMNS_MAX = 160,
    ROWS_MAX = 64,
    TEXT_COLOURS = 0x1f00, // white on blue
    CURSOR_COLOURS = 0xf100,
    FOREGROUND = 0xe8ecf4,
    BACKGROUND = 0x16203c,
    CURSOR_MARK = 0x80, // of a drawn cell
    BITS_PER_BYTE = 8,
};

extern const uint8_t font_data[];
extern const uint64_t font_data_size;

static struct font font;
static bool has_font;
static struct screen_place place;
static uint32_t columns, rows;
static uint32_t row, column; // of the cursor
static uint8_t cells[ROWS_MAX][COLUMNS_MAX], drawn[ROWS_MAX][COLUMNS_MAX];

// ---- drawing ----

static void draw_pixels(uint32_t y, uint32_t x, uint8_t cell) {
    const uint8_t *bits = font_glyph_pixels(&font, font_glyph_of(&font, cell & ~(uint32_t)CURSOR_MARK));
    uint32_t flip = cell & CURSOR_MARK ? 1 : 0;
    volatile uint32_t *line = place.pixels + (uint64_t)y * font.height * place.pitch + x * font.width;
    for (uint32_t i = 0; i < font.height; i++, line += place.pitch, bits += font.row_size)
        for (uint32_t bit = 0; bit < font.width; bit++)
            line[bit] = (bits[bit / BITS_PER_BYTE] >> (7 - bit % BITS_PER_BYTE) & 1) != flip ? FOREGROUND : BACKGROUND;
}

static void draw(uint32_t y, uint32_t x, uint8_t cell) {
    if (place.pixels != 0)
        draw_pixels(y, x, cell);
    else
        place.text[y * place.width + x] =
            (uint16_t)((cell & CURSOR_MARK ? CURSOR_COLOURS : TEXT_COLOURS) | (cell & ~CURSOR_MARK));
}

void console_screen_show(void) {
    for (uint32_t y = 0; y < rows; y++) {
        for (uint32_t x = 0; x < columns; x++) {
            uint8_t cell = cells[y][x] != 0 ? cells[y][x] : ' ';
            if (y == row && x == column)
                cell |= CURSOR_MARK;
            if (drawn[y][x] == cell)
                continue;
            draw(y, x, cell);
            drawn[y][x] = cell;
        }
    }
}

// What lies beside and below the characters.
static void clear_edges(void) {
    for (uint32_t y = 0; place.pixels != 0 && y < place.height; y++)
        for (uint32_t x = y < rows * font.height ? columns * font.width : 0; x < place.width; x++)
            place.pixels[(uint64_t)y * place.pitch + x] = BACKGROUND;
}

// ---- text ----

static void scroll(void) {
    memmove(cells[0], cells[1], sizeof(cells[0]) * (ROWS_MAX - 1));
    memset(cells[ROWS_MAX - 1], 0, sizeof(cells[0]));
    memset(cells[rows - 1], 0, sizeof(cells[0]));
}

static void next_line(void) {
    column = 0;
    if (row + 1 < rows)
        row++;
    else
        scroll();
}

static void put(char c) {
    if (c == '\n') {
        next_line();
    } else if (c == '\r') {
        column = 0;
    } else if (c == '\b') {
        column -= column > 0;
    } else if (c >= ' ' && c <= '~') {
        if (column == columns)
            next_line();
        cells[row][column++] = (uint8_t)c;
    }
}

void console_screen_put(const char *text, size_t size) {
    for (size_t i = 0; rows > 0 && i < size; i++)
        put(text[i]);
}

// ---- the screen as a whole ----

void console_screen_start(void) {
    has_font = font_open(&font, font_data, font_data_size) == STATUS_OK;
    screen_adapter_start();
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

void console_screen_take(void) {
    uint32_t rows_before = rows;
    screen_adapter_take(&place);
    bool is_there = place.text != 0 || (place.pixels != 0 && has_font);
    columns = is_there ? least(place.width / (place.pixels != 0 ? font.width : 1), COLUMNS_MAX) : 0;
    rows = is_there ? least(place.height / (place.pixels != 0 ? font.height : 1), ROWS_MAX) : 0;
    if (rows != rows_before || row >= rows)
        row = column = 0;
    if (rows != rows_before)
        memset(cells, 0, sizeof(cells));
    memset(drawn, 0, sizeof(drawn));
    if (!is_there)
        return;
    clear_edges();
    screen_adapter_show(&place);
}

void console_screen_give_back(void) {
    if (rows > 0)
        screen_adapter_give_back(&place);
}
