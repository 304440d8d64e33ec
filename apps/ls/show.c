// How ls shows things: columns, lines, and the long form.
#include <time.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/ls/entry.h"

enum { COLUMN_GAP = 2, SIZE_TEXT = 32 };

static struct output *const out = &standard_output;

void mode_format(mode_t mode, char text[11]) {
    static const char letters[] = "rwxrwxrwx";
    text[0] = S_ISDIR(mode) ? 'd' : S_ISREG(mode) ? '-' : S_ISCHR(mode) ? 'c' : S_ISLNK(mode) ? 'l' : 'p';
    for (int i = 0; i < 9; i++)
        text[i + 1] = mode & (0400u >> i) ? letters[i] : '-';
    text[10] = 0;
}

static char mark_of(const struct entry *entry, const struct show_options *options) {
    mode_t mode = entry->information.st_mode;
    if (options->mark && S_ISDIR(mode))
        return '/';
    return options->mark_executable && S_ISREG(mode) && (mode & 0111) ? '*' : 0;
}

static size_t width_of(const struct entry *entry, const struct show_options *options) {
    size_t columns = mark_of(entry, options) != 0;
    for (const char *next = entry->name; *next; next++)
        columns += ((unsigned char)*next & 0xc0) != 0x80;
    return columns;
}

static void show_name(const struct entry *entry, const struct show_options *options) {
    char mark = mark_of(entry, options);
    output_text(out, entry->name);
    if (mark)
        output_character(out, mark);
}

static void show_lines(const struct entries *entries, const struct show_options *options) {
    for (size_t i = 0; i < entries->count; i++) {
        show_name(&entries->list[i], options);
        output_character(out, '\n');
    }
}

static void show_columns(const struct entries *entries, const struct show_options *options) {
    size_t widest = 1;
    for (size_t i = 0; i < entries->count; i++) {
        size_t width = width_of(&entries->list[i], options);
        widest = width > widest ? width : widest;
    }
    size_t columns = (options->width + COLUMN_GAP) / (widest + COLUMN_GAP);
    columns = columns ? columns : 1;
    size_t rows = (entries->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < entries->count; i += rows) {
            show_name(&entries->list[i], options);
            if (i + rows < entries->count)
                output_repeated(out, ' ', widest + COLUMN_GAP - width_of(&entries->list[i], options));
        }
        output_character(out, '\n');
    }
}

// 1536 is 1.5K: one decimal below ten, rounded up, as a size must fit.
static char *format_human(char *end, uint64_t size) {
    static const char units[] = "KMGTPE";
    uint64_t unit = 1;
    size_t power = 0;
    for (; size / unit >= 1024; power++)
        unit *= 1024;
    if (!power)
        return number_format(end, size);
    *--end = units[power - 1];
    uint64_t tenths = (size * 10 + unit - 1) / unit;
    if (tenths >= 100)
        return number_format(end, (size + unit - 1) / unit);
    *--end = (char)('0' + tenths % 10);
    *--end = '.';
    return number_format(end, tenths / 10);
}

static size_t format_size(char *text, const struct entry *entry, const struct show_options *options) {
    uint64_t size = (uint64_t)entry->information.st_size;
    char buffer[SIZE_TEXT], *end = buffer + sizeof(buffer),
                            *start = options->human ? format_human(end, size) : number_format(end, size);
    size_t length = (size_t)(end - start);
    memcpy(text, start, length);
    text[length] = 0;
    return length;
}

static void show_time(time_t when) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm *time = gmtime(&when);
    if (!time || time->tm_mon < 0 || time->tm_mon > 11) {
        output_text(out, "?");
        return;
    }
    output_bytes(out, months + 3 * time->tm_mon, 3);
    output_character(out, ' ');
    output_number_padded(out, (uint64_t)time->tm_mday, 2, ' ');
    output_character(out, ' ');
    output_number_padded(out, (uint64_t)time->tm_year + 1900, 4, ' ');
    output_character(out, ' ');
    output_number_padded(out, (uint64_t)time->tm_hour, 2, '0');
    output_character(out, ':');
    output_number_padded(out, (uint64_t)time->tm_min, 2, '0');
}

static void show_long(const struct entry *entry, size_t size_width, const struct show_options *options) {
    char text[SIZE_TEXT], mode[11];
    mode_format(entry->information.st_mode, mode);
    output_text(out, mode);
    output_character(out, ' ');
    output_number_padded(out, entry->information.st_nlink, 2, ' ');
    output_character(out, ' ');
    output_number_padded(out, entry->information.st_uid, 2, ' ');
    output_repeated(out, ' ', 1 + size_width - format_size(text, entry, options));
    output_text(out, text);
    output_character(out, ' ');
    show_time(entry->information.st_mtime);
    output_character(out, ' ');
    show_name(entry, options);
    output_character(out, '\n');
}

static void show_all_long(const struct entries *entries, const struct show_options *options) {
    char text[SIZE_TEXT];
    size_t widest = 1;
    for (size_t i = 0; i < entries->count; i++) {
        size_t width = format_size(text, &entries->list[i], options);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < entries->count; i++)
        show_long(&entries->list[i], widest, options);
}

void entries_show(const struct entries *entries, const struct show_options *options) {
    if (options->long_form)
        show_all_long(entries, options);
    else if (options->one_per_line)
        show_lines(entries, options);
    else if (entries->count)
        show_columns(entries, options);
}
