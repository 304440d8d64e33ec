// Running a script of sed over lines.
#pragma once

#include "apps/sed/script.h"
#include "apps/sed/sink.h"
#include "apps/sed/stream.h"

struct execution {
    struct script *script;
    struct stream *stream;
    struct sink *sink;
    bool quiet; // -n
};

// Runs it over all lines; the exit status that q says, else 0.
int execute(struct execution *execution);
