// Reads PC Screen Fonts: the two headers, and the table that says which characters each glyph shows.
#include "drivers/display/font.h"

#include <stdbool.h>
#include <string.h>

enum {
    PSF1_MAGIC = 0x0436,
    PSF1_HEADER_SIZE = 4,
    PSF1_MODE_512 = 1 << 0,
    PSF1_MODE_TABLE = 3 << 1,
    PSF1_SEPARATOR = 0xffff,
    PSF1_START_OF_SERIES = 0xfffe,
    PSF2_MAGIC = (int)0x864ab572,
    PSF2_FLAG_TABLE = 1 << 0,
    PSF2_SEPARATOR = 0xff,
    PSF2_START_OF_SERIES = 0xfe,
    NO_GLYPH = 0xffff,
    GLYPH_COUNT_MAX = 0xfffe,
};

struct psf2_header {
    uint32_t magic, version, header_size, flags, glyph_count, glyph_size, height, width;
};

// A place in the bytes of the table, for reading on.
struct reader {
    const uint8_t *next;
    const uint8_t *end;
};

// One character of the table, or what is none.
enum token_kind { TOKEN_CHARACTER, TOKEN_SERIES, TOKEN_SEPARATOR, TOKEN_END };

struct token {
    enum token_kind kind;
    uint32_t character;
};

static struct token read_psf1(struct reader *reader) {
    if (reader->end - reader->next < 2) {
        return (struct token){TOKEN_END, 0};
    }
    uint32_t unit = reader->next[0] | (uint32_t)reader->next[1] << 8;
    reader->next += 2;
    enum token_kind kind = unit == PSF1_SEPARATOR         ? TOKEN_SEPARATOR
                           : unit == PSF1_START_OF_SERIES ? TOKEN_SERIES
                                                          : TOKEN_CHARACTER;
    return (struct token){kind, unit};
}

// UTF-8; a byte that starts no character counts as one by itself.
static struct token read_psf2(struct reader *reader) {
    if (reader->next == reader->end) {
        return (struct token){TOKEN_END, 0};
    }
    uint32_t first = *reader->next++;
    if (first == PSF2_SEPARATOR || first == PSF2_START_OF_SERIES) {
        return (struct token){first == PSF2_SEPARATOR ? TOKEN_SEPARATOR : TOKEN_SERIES, 0};
    }
    uint32_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    uint32_t character = more ? first & (0x3f >> more) : first;
    for (; more && reader->next < reader->end && (*reader->next & 0xc0) == 0x80; more--) {
        character = character << 6 | (*reader->next++ & 0x3f);
    }
    return (struct token){TOKEN_CHARACTER, character};
}

// The first glyph that claims a character has it.
static void add(struct font *font, uint32_t character, uint32_t glyph) {
    if (character < FONT_DIRECT) {
        if (font->direct[character] == NO_GLYPH) {
            font->direct[character] = glyph;
        }
    } else if (font->map_count < FONT_MAP_MAX) {
        font->map[font->map_count++] = (struct font_entry){character, glyph};
    }
}

// Insertion sort: tables are nearly in order, and short.
static void sort_map(struct font *font) {
    for (uint32_t i = 1; i < font->map_count; i++) {
        struct font_entry entry = font->map[i];
        uint32_t at = i;
        for (; at > 0 && font->map[at - 1].character > entry.character; at--) {
            font->map[at] = font->map[at - 1];
        }
        font->map[at] = entry;
    }
}

// A glyph's characters, then the series of several characters that it also shows, which are skipped.
static void read_table(struct font *font, struct reader reader, struct token (*read)(struct reader *)) {
    uint32_t glyph = 0;
    bool in_series = false;
    for (struct token token = read(&reader); token.kind != TOKEN_END && glyph < font->glyph_count;
         token = read(&reader)) {
        if (token.kind == TOKEN_SEPARATOR) {
            glyph++;
            in_series = false;
        } else if (token.kind == TOKEN_SERIES) {
            in_series = true;
        } else if (!in_series) {
            add(font, token.character, glyph);
        }
    }
    sort_map(font);
}

// Without a table a glyph's place is its character.
static void map_by_place(struct font *font) {
    for (uint32_t glyph = 0; glyph < font->glyph_count && glyph < FONT_DIRECT; glyph++) {
        font->direct[glyph] = glyph;
    }
}

static enum status check_shape(const struct font *font, size_t room) {
    if (font->glyph_count == 0 || font->width == 0 || font->height == 0 || font->glyph_count > GLYPH_COUNT_MAX) {
        return STATUS_CORRUPT;
    }
    if (font->width > FONT_WIDTH_MAX || font->height > FONT_HEIGHT_MAX) {
        return STATUS_UNSUPPORTED;
    }
    if (font->glyph_size < font->row_size * font->height || room / font->glyph_count < font->glyph_size) {
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

static enum status open_psf1(struct font *font, const uint8_t *bytes, size_t size, struct reader *table) {
    uint8_t mode = bytes[2];
    font->glyph_count = mode & PSF1_MODE_512 ? 512 : 256;
    font->glyph_size = font->height = bytes[3];
    font->width = 8;
    font->row_size = 1;
    font->glyphs = bytes + PSF1_HEADER_SIZE;
    enum status status = check_shape(font, size - PSF1_HEADER_SIZE);
    if (status == STATUS_OK && mode & PSF1_MODE_TABLE) {
        *table = (struct reader){font->glyphs + font->glyph_count * font->glyph_size, bytes + size};
    }
    return status;
}

static enum status open_psf2(struct font *font, const uint8_t *bytes, size_t size, struct reader *table) {
    struct psf2_header header;
    memcpy(&header, bytes, sizeof(header));
    if (header.header_size < sizeof(header) || header.header_size > size || header.width > FONT_WIDTH_MAX) {
        return header.width > FONT_WIDTH_MAX ? STATUS_UNSUPPORTED : STATUS_CORRUPT;
    }
    font->glyph_count = header.glyph_count;
    font->glyph_size = header.glyph_size;
    font->width = header.width;
    font->height = header.height;
    font->row_size = (header.width + 7) / 8;
    font->glyphs = bytes + header.header_size;
    enum status status = check_shape(font, size - header.header_size);
    if (status == STATUS_OK && header.flags & PSF2_FLAG_TABLE) {
        *table = (struct reader){font->glyphs + (size_t)font->glyph_count * font->glyph_size, bytes + size};
    }
    return status;
}

static void choose_missing(struct font *font) {
    font->missing = 0;
    uint32_t replacement = font_glyph_of(font, 0xfffd);
    font->missing = replacement ? replacement : font->direct['?'] != NO_GLYPH ? font->direct['?'] : 0;
}

enum status font_open(struct font *font, const void *bytes, size_t size) {
    struct reader table = {NULL, NULL};
    uint32_t magic = 0;
    memcpy(&magic, bytes, size < sizeof(magic) ? size : sizeof(magic));
    bool second = magic == (uint32_t)PSF2_MAGIC && size >= sizeof(struct psf2_header);
    bool first = (magic & 0xffff) == PSF1_MAGIC && size >= PSF1_HEADER_SIZE;
    if (!first && !second) {
        return STATUS_CORRUPT;
    }
    font->map_count = 0;
    memset(font->direct, 0xff, sizeof(font->direct));
    enum status status = second ? open_psf2(font, bytes, size, &table) : open_psf1(font, bytes, size, &table);
    if (status != STATUS_OK) {
        return status;
    }
    if (table.next) {
        read_table(font, table, second ? read_psf2 : read_psf1);
    } else {
        map_by_place(font);
    }
    choose_missing(font);
    return STATUS_OK;
}

uint32_t font_glyph_of(const struct font *font, uint32_t character) {
    if (character < FONT_DIRECT) {
        return font->direct[character] != NO_GLYPH ? font->direct[character] : font->missing;
    }
    uint32_t low = 0, high = font->map_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (font->map[middle].character < character) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < font->map_count && font->map[low].character == character;
    return found ? font->map[low].glyph : font->missing;
}
