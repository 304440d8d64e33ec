// A script of sed, parsed: a list of commands with their addresses.
//
// Rules: what is wrong with a script ends the tool with a complaint that names the place.
#pragma once

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/sed/sink.h"

enum { SCRIPT_GROUPS = 10, SCRIPT_NONE = -1 };

struct expression {
    regex_t regex;
    bool empty; // the one that was used last
};

enum address_kind { ADDRESS_NONE, ADDRESS_LINE, ADDRESS_LAST, ADDRESS_MATCH, ADDRESS_STEP, ADDRESS_MORE };

struct address {
    enum address_kind kind;
    uint64_t line, step; // STEP: FIRST~STEP; MORE: +line
    struct expression *expression;
};

struct command {
    struct address first, second;
    bool inverted;
    bool inside;        // between its two addresses, while the script runs
    uint64_t last_line; // of that range, where it is known
    char name;
    size_t target; // of {, b and t: index of the next command
    char *label;
    char *text; // of a, c, i; of s what takes the match's place; of y the bytes that others become; of r the file
    size_t text_length;
    uint64_t number;   // of q: the status; of l: the width
    struct sink *sink; // of w and of s with w: where it writes
    // s:
    struct expression *expression;
    bool everywhere, print;
    unsigned long which; // only the match of this number and, with `everywhere`, those behind it
    unsigned char *map;  // y
};

struct script {
    struct command *commands;
    size_t count;
    bool extended; // regular expressions
    bool quiet;    // #n in the first line
};

// Adds the commands of a text; `place` names it in complaints.
void script_parse(struct script *script, const char *text);

// After the last text: finds the targets of {, b and t.
void script_link(struct script *script);
