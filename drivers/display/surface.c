// Putting rectangles of pixels on the screen.
#include "drivers/display/surface.h"

#include <string.h>

bool rectangles_overlap(const struct rectangle *one, const struct rectangle *other) {
    return one->x < other->x + other->width && other->x < one->x + one->width && one->y < other->y + other->height &&
           other->y < one->y + one->height;
}

static uint32_t clip(uint32_t start, uint32_t size, uint32_t limit) {
    if (start >= limit) {
        return 0;
    }
    return size < limit - start ? size : limit - start;
}

struct rectangle surface_clip(const struct surface *surface, const struct rectangle *place) {
    struct rectangle clipped = {
        .x = place->x,
        .y = place->y,
        .width = clip(place->x, place->width, surface->width),
        .height = clip(place->y, place->height, surface->height),
    };
    bool empty = clipped.width == 0 || clipped.height == 0;
    return empty ? (struct rectangle){0} : clipped;
}

bool screen_command_is_sound(const struct screen_command *command, const struct rectangle *place) {
    const struct rectangle *where = &command->where;
    if (where->width == 0 || where->height == 0 || command->offset % SCREEN_PIXEL || command->pitch % SCREEN_PIXEL) {
        return false;
    }
    uint64_t right = (uint64_t)where->x + where->width, bottom = (uint64_t)where->y + where->height;
    uint64_t end =
        command->offset + (uint64_t)command->pitch * (where->height - 1) + (uint64_t)where->width * SCREEN_PIXEL;
    return right <= place->width && bottom <= place->height && end <= SCREEN_WINDOW;
}

enum { RUN_SIZE = 16, RUN_PIXELS = RUN_SIZE / SCREEN_PIXEL };

typedef uint32_t run __attribute__((vector_size(RUN_SIZE), may_alias));

// As put_row, where every row of both begins on a run and ends with one: as images of text do.
static void put_runs(const struct surface *surface, const struct rectangle *where, const struct image *image,
                     uint8_t *to) {
    const uint8_t *from = image->pixels;
    for (uint32_t y = 0; y < where->height; y++, to += surface->pitch, from += image->pitch) {
        for (uint32_t i = 0; i < where->width / RUN_PIXELS; i++) {
            ((volatile run *)to)[i] = ((const run *)from)[i];
        }
    }
}

static bool is_in_runs(const struct surface *surface, const struct rectangle *where, const struct image *image,
                       const uint8_t *to) {
    uint64_t all = (uint64_t)to | (uint64_t)image->pixels | surface->pitch | image->pitch;
    return all % RUN_SIZE == 0 && where->width % RUN_PIXELS == 0;
}

// Words of 8 bytes between a first and a last pixel: pixels lie on 4.
static void put_row(uint8_t *to, const uint8_t *from, uint32_t pixels) {
    volatile uint64_t *words = (volatile uint64_t *)to;
    uint32_t pairs = pixels / 2;
    for (uint32_t i = 0; i < pairs; i++) {
        uint64_t pair;
        memcpy(&pair, from + (size_t)i * sizeof(pair), sizeof(pair));
        words[i] = pair;
    }
    if (pixels % 2) {
        memcpy(to + (size_t)pairs * sizeof(uint64_t), from + (size_t)pairs * sizeof(uint64_t), SCREEN_PIXEL);
    }
}

void surface_put(const struct surface *surface, const struct rectangle *where, const struct image *image) {
    uint8_t *to = surface->pixels + (size_t)where->y * surface->pitch + (size_t)where->x * SCREEN_PIXEL;
    if (is_in_runs(surface, where, image, to)) {
        put_runs(surface, where, image, to);
        return;
    }
    for (uint32_t y = 0; y < where->height; y++) {
        put_row(to + (size_t)y * surface->pitch, image->pixels + (size_t)y * image->pitch, where->width);
    }
}

// Puts the part of `where` that `part` is.
static void put_part(const struct surface *surface, const struct rectangle *where, const struct image *image,
                     struct rectangle part, const struct rectangle *above, uint32_t count) {
    if (part.width == 0 || part.height == 0) {
        return;
    }
    size_t skipped = (size_t)(part.y - where->y) * image->pitch + (size_t)(part.x - where->x) * SCREEN_PIXEL;
    struct image rest = {image->pixels + skipped, image->pitch};
    surface_put_below(surface, &part, &rest, above, count);
}

// What the first rectangle above leaves of it: a part over it, one under it, and one on each side.
void surface_put_below(const struct surface *surface, const struct rectangle *where, const struct image *image,
                       const struct rectangle *above, uint32_t count) {
    while (count > 0 && !rectangles_overlap(where, above)) {
        above++;
        count--;
    }
    if (count == 0) {
        surface_put(surface, where, image);
        return;
    }
    uint32_t right = where->x + where->width, bottom = where->y + where->height;
    uint32_t top = above->y > where->y ? above->y : where->y;
    uint32_t low = above->y + above->height < bottom ? above->y + above->height : bottom;
    uint32_t left = above->x > where->x ? above->x : where->x;
    uint32_t end = above->x + above->width < right ? above->x + above->width : right;
    const struct rectangle parts[] = {
        {where->x, where->y, where->width, top - where->y},
        {where->x, low, where->width, bottom - low},
        {where->x, top, left - where->x, low - top},
        {end, top, right - end, low - top},
    };
    for (uint32_t i = 0; i < 4; i++) {
        put_part(surface, where, image, parts[i], above + 1, count - 1);
    }
}
