// The in and out instructions, for programs that were granted a range of ports and opened it (range_open).
//
// Rules: a port outside the opened ranges ends the program (general protection fault).
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline uint8_t io_port_read_8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t io_port_read_16(uint16_t port) {
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t io_port_read_32(uint16_t port) {
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void io_port_write_8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void io_port_write_16(uint16_t port, uint16_t value) {
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static inline void io_port_write_32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

// All the bytes to one port, in one instruction.
static inline void io_port_write_bytes(uint16_t port, const void *bytes, size_t size) {
    __asm__ volatile("rep outsb" : "+S"(bytes), "+c"(size) : "d"(port) : "memory");
}

// As many bytes from one port, in one instruction.
static inline void io_port_read_bytes(uint16_t port, void *bytes, size_t size) {
    __asm__ volatile("rep insb" : "+D"(bytes), "+c"(size) : "d"(port) : "memory");
}
