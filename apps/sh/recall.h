// Lines of before in a line that is typed: !! !N !-N !TEXT !$ !^ !* and ^OLD^NEW.
//
// !! is the line before, !N the one of that number in `history`, !-N the Nth before this one, !TEXT the last that begins so; !$ is
// the last word of the line before, !^ its first behind the command, !* all of those. ^OLD^NEW is the line before with a part changed.
// Rules: pure. ! means itself inside '...', behind a backslash, before a blank, =, ( or the line's end, before the " that ends a quote,
// in [!...], and in $! and ${!.
#pragma once

#include "apps/sh/history.h"

enum recall_result { RECALL_NONE, RECALL_DONE, RECALL_FAILED };

// `lines` are those of the same command that were typed before. DONE: `result` is the line to run. FAILED: `result` is the word that
// names no line. It is the caller's to release in either case.
enum recall_result recall_expand(const struct history *history, const char *lines, const char *line,
                                 struct text *result);
