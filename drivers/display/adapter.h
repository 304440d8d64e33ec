// The display adapter of Bochs and QEMU: setting a graphics mode by its two ports.
//
// Rules: the caller has opened the ports ADAPTER_PORT to ADAPTER_PORT + 2.
#pragma once

#include "kernel/abi/status.h"

#include <stdint.h>

enum { ADAPTER_PORT = 0x1ce };

// Sets 32 bits a pixel; the adapter makes its memory black. DEVICE_ERROR: it is not there, or does not take the mode.
enum status adapter_set_mode(uint32_t width, uint32_t height);

// Once a mode is set: how many lines of pixels the adapter's memory has, but for one screen at its end, which is the kernel
// debugger's (debug/console/screen.h); and shows them from this one on.
uint32_t adapter_lines(uint32_t width, uint32_t height);
void adapter_show_from(uint32_t line);
