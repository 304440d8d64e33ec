// Square roots by the processor's own instruction.
#include <math.h>

double sqrt(double value) {
    double root;
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(value));
    return root;
}

float sqrtf(float value) {
    float root;
    __asm__("sqrtss %1, %0" : "=x"(root) : "x"(value));
    return root;
}
