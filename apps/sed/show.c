// The l of sed.
#include "apps/sed/show.h"

#include <string.h>

enum { ESCAPE_SIZE = 4 }; // \ooo

// The text of a byte, in `text`; its length.
static size_t escape(unsigned char byte, char *text) {
    static const char bytes[] = "\\\a\b\f\n\r\t\v", letters[] = "\\abfnrtv";
    const char *found = byte ? strchr(bytes, byte) : NULL;
    if (!found && byte >= ' ' && byte <= '~') {
        text[0] = (char)byte;
        return 1;
    }
    text[0] = '\\';
    text[1] = found ? letters[found - bytes] : (char)('0' + (byte >> 6));
    text[2] = (char)('0' + (byte >> 3 & 7));
    text[3] = (char)('0' + (byte & 7));
    return found ? 2 : ESCAPE_SIZE;
}

void show_bytes(struct sink *sink, const char *bytes, size_t length, size_t width) {
    char text[ESCAPE_SIZE];
    size_t column = 0;
    for (size_t i = 0; i < length; i++) {
        size_t size = escape((unsigned char)bytes[i], text);
        if (width && column + size > width - 1) {
            sink_bytes(sink, "\\\n", 2);
            column = 0;
        }
        sink_bytes(sink, text, size);
        column += size;
    }
    sink_bytes(sink, "$\n", 2);
}
