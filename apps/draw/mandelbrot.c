// The Mandelbrot set, point by point.
#include "apps/draw/mandelbrot.h"

uint32_t mandelbrot_count(double x, double y) {
    double a = 0, b = 0;
    uint32_t count = 0;
    while (count < MANDELBROT_MOST && a * a + b * b < 4) {
        double next = a * a - b * b + x;
        b = 2 * a * b + y;
        a = next;
        count++;
    }
    return count;
}

// From dark blue over white to brown; what never leaves is black.
uint32_t mandelbrot_colour(uint32_t count) {
    if (count >= MANDELBROT_MOST)
        return 0;
    uint32_t shade = count * 11 % 512;
    uint32_t up = shade < 256 ? shade : 511 - shade;
    uint32_t red = up, green = up * 3 / 4, blue = shade < 256 ? 96 + up * 5 / 8 : up / 2;
    return red << 16 | green << 8 | blue;
}
