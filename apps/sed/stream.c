// The lines of all files one behind the other.
#include "apps/sed/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/tool.h"

void stream_start(struct stream *stream, char **names, bool separate) {
    stream->names = names;
    stream->separate = separate;
    stream->number = 0;
}

static bool is_directory(const char *name) {
    struct stat information;
    return strcmp(name, "-") != 0 && !stat(name, &information) && S_ISDIR(information.st_mode);
}

// False: it is complained about.
static bool open_next(struct stream *stream) {
    const char *name = *stream->names++;
    if (is_directory(name)) {
        errno = EISDIR;
        tool_complain_errno(name);
        return false;
    }
    stream->open = input_open(&stream->input, name);
    if (stream->open && stream->separate)
        stream->number = 0;
    if (stream->open && stream->begin)
        stream->begin(name);
    return stream->open;
}

// Reads ahead; with `go_on` from one file into the next.
static bool read_ahead(struct stream *stream, bool go_on) {
    while (!stream->has_next) {
        if (stream->open && input_line(&stream->input, &stream->next)) {
            stream->has_next = true;
            break;
        }
        if (stream->open && !go_on)
            return false;
        if (stream->open)
            input_close(&stream->input);
        stream->open = false;
        if (!*stream->names)
            return false;
        open_next(stream);
    }
    return true;
}

bool stream_take(struct stream *stream, struct line *line) {
    if (!read_ahead(stream, true))
        return false;
    *line = stream->next;
    stream->has_next = false;
    stream->number++;
    return true;
}

bool stream_is_last(struct stream *stream) {
    return !read_ahead(stream, !stream->separate);
}
