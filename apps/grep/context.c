// The ring of lines that may be shown before a line that matches.
#include "apps/grep/context.h"

#include <string.h>

#include "apps/common/tool.h"

enum { PLACES_LEAST = 8 };

void context_begin(struct context *context) {
    context->after_left = context->last = context->count = context->oldest = 0;
}

// The ring grows as lines come: what was asked for may be more than any file has. Until it is whole, it begins at 0.
static void grow(struct context *context) {
    size_t before = context->places, places = before ? before * 2 : PLACES_LEAST;
    context->places = places < context->before ? places : (size_t)context->before;
    context->kept = tool_reallocate(context->kept, context->places, sizeof(*context->kept));
    memset(context->kept + before, 0, (context->places - before) * sizeof(*context->kept));
}

static struct kept_line *next_place(struct context *context) {
    if (context->count == context->places && context->places < context->before)
        grow(context);
    if (context->count < context->places)
        return &context->kept[(context->oldest + context->count++) % context->places];
    struct kept_line *place = &context->kept[context->oldest];
    context->oldest = (context->oldest + 1) % context->places;
    return place;
}

bool context_pass(struct context *context, const struct line *line, uint64_t number) {
    if (context->after_left) {
        context->after_left--;
        context->last = number;
        return true;
    }
    if (!context->before)
        return false;
    struct kept_line *place = next_place(context);
    if (place->capacity < line->length) {
        place->text = tool_reallocate(place->text, line->length, 1);
        place->capacity = line->length;
    }
    memcpy(place->text, line->text, line->length);
    place->length = line->length;
    place->number = number;
    return false;
}

bool context_select(struct context *context, uint64_t number) {
    bool follows = context->last && context->last + 1 == number - context->count;
    bool gap = context->any && !follows;
    context->any = true;
    context->last = number;
    context->after_left = context->after;
    return gap;
}

bool context_take(struct context *context, struct line *line, uint64_t *number) {
    if (!context->count) {
        context->oldest = 0;
        return false;
    }
    const struct kept_line *place = &context->kept[context->oldest];
    *line = (struct line){place->text, place->length, true};
    *number = place->number;
    context->oldest = (context->oldest + 1) % context->places;
    context->count--;
    return true;
}
