// Files that QEMU hands to its guest (-fw_cfg name=...,file=...), through two I/O ports.
//
// Rules: the caller was granted the ports QEMU_PORT and QEMU_PORT + 1, and opened them. On another machine the ports
// answer nothing, and no file is found.
#pragma once

#include "kernel/abi/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QEMU_PORT = 0x510, QEMU_PORT_COUNT = 2, QEMU_FILE_NAME_MAX = 56 };

struct qemu_file {
    uint16_t selector;
    uint32_t size; // bytes
};

// NOT_FOUND: there is no such file, or this is not QEMU.
enum status qemu_file_find(const char *name, struct qemu_file *file);

// Reads the first `size` bytes of it.
void qemu_file_read(const struct qemu_file *file, void *buffer, size_t size);
