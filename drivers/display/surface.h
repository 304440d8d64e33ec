// Pixels on the screen: rectangles put there, whole or where nothing lies above them.
//
// Rules: pure but for the pixels. These are written, in runs where the addresses allow it, and never read: reading video memory is
// slow. What is put lies within the surface: screen_command_is_sound has seen to that.
#pragma once

#include "drivers/display/renderer.h"

#include <parley/screen.h>

struct image {
    const uint8_t *pixels; // of the rectangle's first pixel
    uint32_t pitch;        // bytes from a row to the next
};

bool rectangles_overlap(const struct rectangle *one, const struct rectangle *other);

// The part of a place that lies on the surface; without width or height where none does.
struct rectangle surface_clip(const struct surface *surface, const struct rectangle *place);

void surface_put(const struct surface *surface, const struct rectangle *where, const struct image *image);

// The same for all that is not covered by one of the rectangles above.
void surface_put_below(const struct surface *surface, const struct rectangle *where, const struct image *image,
                       const struct rectangle *above, uint32_t count);

// Whether a command stays within its place and its window.
bool screen_command_is_sound(const struct screen_command *command, const struct rectangle *place);
