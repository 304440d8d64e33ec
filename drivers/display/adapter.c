// The registers of the Bochs display interface.
#include "drivers/display/adapter.h"

#include <parley/io_ports.h>
#include <stdbool.h>

enum {
    PORT_INDEX = ADAPTER_PORT,
    PORT_VALUE = ADAPTER_PORT + 1,
    INDEX_IDENTITY = 0,
    INDEX_WIDTH = 1,
    INDEX_HEIGHT = 2,
    INDEX_BITS = 3,
    INDEX_ENABLE = 4,
    INDEX_VIRTUAL_WIDTH = 6,
    INDEX_X_OFFSET = 8,
    INDEX_Y_OFFSET = 9,
    INDEX_MEMORY = 10,
    MEMORY_UNIT = 64 << 10,
    IDENTITY_FIRST = 0xb0c2, // from this version on there are 32 bits a pixel and linear memory
    IDENTITY_LAST = 0xb0cf,
    ENABLED = 1 << 0,
    LINEAR = 1 << 6,
    BITS = 32,
    PIXEL_SIZE = BITS / 8,
    LINES_MAX = UINT16_MAX, // that the register can tell
};

static void write_register(uint16_t index, uint16_t value) {
    io_port_write_16(PORT_INDEX, index);
    io_port_write_16(PORT_VALUE, value);
}

static uint16_t read_register(uint16_t index) {
    io_port_write_16(PORT_INDEX, index);
    return io_port_read_16(PORT_VALUE);
}

enum status adapter_set_mode(uint32_t width, uint32_t height) {
    uint16_t identity = read_register(INDEX_IDENTITY);
    if (identity < IDENTITY_FIRST || identity > IDENTITY_LAST) {
        return STATUS_DEVICE_ERROR;
    }
    write_register(INDEX_ENABLE, 0);
    write_register(INDEX_WIDTH, width);
    write_register(INDEX_HEIGHT, height);
    write_register(INDEX_BITS, BITS);
    write_register(INDEX_ENABLE, ENABLED | LINEAR);
    write_register(INDEX_VIRTUAL_WIDTH, width);
    write_register(INDEX_X_OFFSET, 0);
    write_register(INDEX_Y_OFFSET, 0);
    bool took = read_register(INDEX_WIDTH) == width && read_register(INDEX_HEIGHT) == height &&
                read_register(INDEX_BITS) == BITS;
    return took ? STATUS_OK : STATUS_DEVICE_ERROR;
}

uint32_t adapter_lines(uint32_t width, uint32_t height) {
    uint32_t lines = read_register(INDEX_MEMORY) * MEMORY_UNIT / (width * PIXEL_SIZE);
    lines = lines < LINES_MAX ? lines : LINES_MAX;
    return lines > height ? lines - height : 0;
}

void adapter_show_from(uint32_t line) {
    write_register(INDEX_Y_OFFSET, (uint16_t)line);
}
