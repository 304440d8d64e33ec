// The Mandelbrot set: how often a point must be squared until it is seen to leave. Pure.
#pragma once

#include <stdint.h>

// A view: the middle, and the width of a pixel.
struct view {
    double x, y, step;
};

enum { MANDELBROT_MOST = 96 };

// From 0 to MANDELBROT_MOST, which means that it did not leave.
uint32_t mandelbrot_count(double x, double y);

// The colour of a count, blue in the lowest byte.
uint32_t mandelbrot_colour(uint32_t count);
