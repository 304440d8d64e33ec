// What a CPU of the host has for itself: nothing.
#pragma once

struct arch_cpu {
    char unused;
};
