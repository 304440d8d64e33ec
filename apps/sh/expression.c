// Extended regular expressions: parsed into steps, all of which are followed at the same time.
#include "apps/sh/expression.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/match.h"
#include "apps/common/tool.h"

enum { DEPTH_MAX = 100, REPEATS_WITHOUT_END = EXPRESSION_REPEATS_MAX + 1 };

enum step_kind {
    STEP_CHARACTER, // this one, of `length` bytes
    STEP_ANY,
    STEP_SET,   // one of those at `text`, behind the [
    STEP_CLASS, // \w and the like: the letter is at `text`
    STEP_START, // of the text
    STEP_END,
    STEP_EITHER, // goes on `to` steps from here, or with the next
    STEP_GO,     // goes on `to` steps from here
    STEP_DONE,
};

struct step {
    enum step_kind kind;
    const char *text;
    size_t length;
    ptrdiff_t to;
};

struct program {
    struct step *steps;
    size_t count, capacity;
    const char *next; // of the expression
    unsigned depth;
    bool wrong;
};

static void fail(struct program *program) {
    program->wrong = true;
}

static size_t character_length(const char *text) {
    size_t length = *text != 0;
    while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

// ---- the expression ----

// Puts a step in at `place`. What lies behind it moves: steps point to each other by distances inside of what moves.
static void insert(struct program *program, size_t place, struct step step) {
    if (program->count == EXPRESSION_STEPS_MAX) {
        fail(program);
        return;
    }
    if (program->count == program->capacity) {
        program->capacity = program->capacity * 2 + 32;
        program->steps = tool_reallocate(program->steps, program->capacity, sizeof(step));
    }
    memmove(program->steps + place + 1, program->steps + place, (program->count - place) * sizeof(step));
    program->steps[place] = step;
    program->count++;
}

static void add(struct program *program, struct step step) {
    insert(program, program->count, step);
}

static void parse_either(struct program *program);

// [...] as it stands, up to behind its ]; null: it has none.
static const char *set_end(const char *set) {
    set += *set == '^';
    set += *set == ']';
    while (*set && *set != ']') {
        const char *class_end = set[0] == '[' && set[1] == ':' ? strstr(set + 2, ":]") : NULL;
        set = class_end ? class_end + 2 : set + (*set == '\\' && set[1] ? 2 : 1);
    }
    return *set ? set + 1 : NULL;
}

static void parse_set(struct program *program) {
    const char *end = set_end(program->next + 1);
    add(program, (struct step){.kind = STEP_SET, .text = program->next + 1});
    if (end)
        program->next = end;
    else
        fail(program);
}

static void parse_group(struct program *program) {
    program->next++;
    if (++program->depth > DEPTH_MAX)
        fail(program);
    else
        parse_either(program);
    program->depth--;
    if (*program->next == ')')
        program->next++;
    else
        fail(program);
}

static void parse_escape(struct program *program) {
    char letter = *++program->next;
    bool class = letter && strchr("wWsS", letter);
    size_t length = character_length(program->next);
    add(program, (struct step){.kind = class ? STEP_CLASS : STEP_CHARACTER, .text = program->next, .length = length});
    program->next += length;
    if (!length)
        fail(program);
}

static void parse_one(struct program *program) {
    static const struct {
        char character;
        enum step_kind kind;
    } plain[] = {{'.', STEP_ANY}, {'^', STEP_START}, {'$', STEP_END}};
    const char *next = program->next;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (*next == plain[i].character) {
            add(program, (struct step){.kind = plain[i].kind});
            program->next++;
            return;
        }
    }
    if (*next == '(')
        parse_group(program);
    else if (*next == '[')
        parse_set(program);
    else if (*next == '\\')
        parse_escape(program);
    else if (strchr("*+?", *next))
        fail(program);
    else {
        size_t length = character_length(next);
        add(program, (struct step){.kind = STEP_CHARACTER, .text = next, .length = length});
        program->next += length;
    }
}

static bool take_number(const char **text, unsigned *number) {
    const char *start = *text;
    for (*number = 0; **text >= '0' && **text <= '9' && *number <= EXPRESSION_REPEATS_MAX; ++*text)
        *number = *number * 10 + (unsigned)(**text - '0');
    return *text > start;
}

// {2}, {2,} or {2,3}. False: it is none.
static bool take_bounds(struct program *program, unsigned *least, unsigned *most) {
    const char *text = program->next + 1;
    bool bounded = take_number(&text, least);
    *most = *least;
    if (bounded && *text == ',' && !(text++, take_number(&text, most)))
        *most = REPEATS_WITHOUT_END;
    if (!bounded || *text != '}')
        return false;
    program->next = text + 1;
    bool sound = *least <= EXPRESSION_REPEATS_MAX && *least <= *most &&
                 (*most == REPEATS_WITHOUT_END || *most <= EXPRESSION_REPEATS_MAX);
    if (!sound)
        fail(program);
    return sound;
}

// The steps from `from` on, so often.
static void repeat(struct program *program, size_t from, unsigned least, unsigned most) {
    size_t length = program->count - from;
    ptrdiff_t whole = (ptrdiff_t)length;
    if (!length)
        return;
    struct step *copy = tool_allocate(length + 1, sizeof(*copy));
    memcpy(copy, program->steps + from, length * sizeof(*copy));
    program->count = from;
    bool endless = most == REPEATS_WITHOUT_END;
    for (unsigned i = 0; i < (endless ? least + !least : most) && !program->wrong; i++) {
        if (i >= least)
            add(program, (struct step){.kind = STEP_EITHER, .to = whole + 1 + (endless && !least)});
        for (size_t j = 0; j < length; j++)
            add(program, copy[j]);
    }
    if (endless && least)
        add(program, (struct step){.kind = STEP_EITHER, .to = -whole});
    else if (endless)
        add(program, (struct step){.kind = STEP_GO, .to = -whole - 1});
    free(copy);
}

static void parse_repeated(struct program *program) {
    size_t from = program->count;
    parse_one(program);
    for (;;) {
        unsigned least = *program->next == '+', most = *program->next == '?' ? 1 : REPEATS_WITHOUT_END;
        if (*program->next && strchr("*+?", *program->next))
            program->next++;
        else if (*program->next != '{' || !take_bounds(program, &least, &most))
            return;
        repeat(program, from, least, most);
    }
}

static void parse_either(struct program *program) {
    size_t from = program->count;
    for (;;) {
        while (!program->wrong && *program->next && *program->next != '|' && *program->next != ')')
            parse_repeated(program);
        if (program->wrong || *program->next != '|')
            return;
        program->next++;
        size_t length = program->count - from;
        insert(program, from, (struct step){.kind = STEP_EITHER, .to = (ptrdiff_t)length + 2});
        size_t go = program->count;
        add(program, (struct step){.kind = STEP_GO});
        parse_either(program); // all the others
        if (!program->wrong)
            program->steps[go].to = (ptrdiff_t)(program->count - go);
        return;
    }
}

// ---- the text ----

static bool is_in_class(const char *letter, unsigned char byte) {
    char small = *letter | 0x20;
    bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
    bool word = byte == '_' || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    return (small == 's' ? space : word) == (*letter == small);
}

// The next member of a set, of one character, or from one to another.
static const char *take_member(const char *set, const char *text, size_t length, bool *found) {
    const char *class_end = match_class(set, (unsigned char)*text, found);
    if (class_end)
        return class_end;
    set += *set == '\\' && set[1];
    size_t own = character_length(set);
    const char *behind = set + own;
    if (behind[0] != '-' || behind[1] == ']' || !behind[1]) {
        *found |= own == length && !memcmp(set, text, length);
        return behind;
    }
    const char *high = behind + 1 + (behind[1] == '\\' && behind[2]);
    size_t high_length = character_length(high);
    *found |=
        length == own && length == high_length && memcmp(set, text, length) <= 0 && memcmp(text, high, length) <= 0;
    return high + high_length;
}

static bool is_in_set(const char *set, const char *text, size_t length) {
    bool inverted = *set == '^', found = false;
    set += inverted;
    do
        set = take_member(set, text, length, &found);
    while (*set && *set != ']');
    return found != inverted;
}

static bool takes(const struct step *step, const char *text, size_t length) {
    switch (step->kind) {
    case STEP_CHARACTER:
        return step->length == length && !memcmp(step->text, text, length);
    case STEP_ANY:
        return true;
    case STEP_SET:
        return is_in_set(step->text, text, length);
    case STEP_CLASS:
        return is_in_class(step->text, (unsigned char)*text);
    default:
        return false;
    }
}

// Steps that are followed: each once for each place in the text.
struct followed {
    size_t *list;
    size_t count;
    size_t *place; // in the text at which a step came into the list last, and 1
};

struct run {
    const struct program *program;
    const char *text, *at;
    struct followed now, then;
};

static void follow(const struct run *run, struct followed *followed, size_t first, const char *at) {
    size_t pending = followed->count, stamp = (size_t)(at - run->text) + 1;
    if (followed->place[first] == stamp)
        return;
    followed->place[first] = stamp;
    followed->list[followed->count++] = first;
    for (; pending < followed->count; pending++) { // what leads on at once puts its targets behind
        size_t index = followed->list[pending], targets[2], count = 0;
        const struct step *step = &run->program->steps[index];
        bool starts = step->kind == STEP_START && at == run->text, ends = step->kind == STEP_END && !*at;
        if (step->kind == STEP_EITHER || starts || ends)
            targets[count++] = index + 1;
        if (step->kind == STEP_EITHER || step->kind == STEP_GO)
            targets[count++] = index + (size_t)step->to;
        for (size_t i = 0; i < count; i++) {
            if (followed->place[targets[i]] != stamp) {
                followed->place[targets[i]] = stamp;
                followed->list[followed->count++] = targets[i];
            }
        }
    }
}

static bool is_done(const struct run *run) {
    for (size_t i = 0; i < run->now.count; i++)
        if (run->program->steps[run->now.list[i]].kind == STEP_DONE)
            return true;
    return false;
}

static void take_character(struct run *run) {
    size_t length = character_length(run->at);
    run->then.count = 0;
    for (size_t i = 0; i < run->now.count; i++)
        if (takes(&run->program->steps[run->now.list[i]], run->at, length))
            follow(run, &run->then, run->now.list[i] + 1, run->at + length);
    struct followed before = run->now;
    run->now = run->then;
    run->then = before;
    run->at += length;
}

// Null: none begins here.
static const char *find_end(struct run *run, const char *from) {
    const char *end = NULL;
    size_t size = run->program->count * sizeof(size_t);
    memset(run->now.place, 0, size);
    memset(run->then.place, 0, size);
    run->now.count = 0;
    run->at = from;
    follow(run, &run->now, 0, from);
    while (run->now.count) {
        if (is_done(run))
            end = run->at;
        if (!*run->at)
            break;
        take_character(run);
    }
    return end;
}

static bool search(const struct program *program, const char *text, struct expression_match *match) {
    size_t *memory = tool_allocate(program->count * 4, sizeof(size_t));
    struct run run = {.program = program, .text = text};
    run.now = (struct followed){.list = memory, .place = memory + program->count};
    run.then = (struct followed){.list = memory + program->count * 2, .place = memory + program->count * 3};
    const char *from = text, *end = find_end(&run, from);
    for (; !end && *from; end = find_end(&run, from))
        from += character_length(from);
    if (end)
        *match = (struct expression_match){(size_t)(from - text), (size_t)(end - text)};
    free(memory);
    return end;
}

enum expression_result expression_find(const char *expression, const char *text, struct expression_match *match) {
    struct program program = {.next = expression};
    parse_either(&program);
    add(&program, (struct step){.kind = STEP_DONE});
    bool sound = !program.wrong && !*program.next;
    bool found = sound && search(&program, text, match);
    free(program.steps);
    return !sound ? EXPRESSION_WRONG : found ? EXPRESSION_MATCHES : EXPRESSION_FAILS;
}
