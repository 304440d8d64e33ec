// The display adapter of Bochs and QEMU, and the text screen that every such adapter has: found, read, and turned to another page.
#include "debug/console/screen.h"

#include "kernel/abi/types.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"

enum {
    PCI_ADDRESS = 0xcf8,
    PCI_DATA = 0xcfc,
    PCI_DEVICES = 32,
    PCI_WINDOW = 0x10,
    ADAPTER_IDENTITY = 0x11111234,
    PORT_INDEX = 0x1ce,
    PORT_VALUE = 0x1cf,
    INDEX_WIDTH = 1,
    INDEX_HEIGHT = 2,
    INDEX_BITS = 3,
    INDEX_ENABLE = 4,
    INDEX_VIRTUAL_WIDTH = 6,
    INDEX_X_OFFSET = 8,
    INDEX_Y_OFFSET = 9,
    INDEX_MEMORY = 10,
    ENABLED = 1 << 0,
    BITS = 32,
    PIXEL = 4,
    MEMORY_UNIT = 64 << 10,
    MAPPED_MOST = 16 << 20,
    TEXT_MEMORY = 0xb8000,
    TEXT_COLUMNS = 80,
    TEXT_ROWS = 25,
};

#define PCI_ENABLE UINT32_C(0x80000000)
#define WINDOW_ADDRESS UINT32_C(0xfffffff0)

static volatile uint8_t *memory; // null: there is no such adapter
static uint32_t memory_size;
static volatile uint16_t *text_memory;
static uint16_t saved_text[TEXT_COLUMNS * TEXT_ROWS];
static uint16_t saved_x, saved_y, page_line;

// ---- registers: the driver may stand between the two ports, so the index is put back ----

static uint16_t read_register(uint16_t index) {
    uint16_t before = io_port_read_16(PORT_INDEX);
    io_port_write_16(PORT_INDEX, index);
    uint16_t value = io_port_read_16(PORT_VALUE);
    io_port_write_16(PORT_INDEX, before);
    return value;
}

static void write_register(uint16_t index, uint16_t value) {
    uint16_t before = io_port_read_16(PORT_INDEX);
    io_port_write_16(PORT_INDEX, index);
    io_port_write_16(PORT_VALUE, value);
    io_port_write_16(PORT_INDEX, before);
}

// ---- at boot ----

static uint32_t pci_read(uint32_t device, uint32_t offset) {
    io_port_write_32(PCI_ADDRESS, PCI_ENABLE | device << 11 | offset);
    return io_port_read_32(PCI_DATA);
}

static uint64_t find_window(void) {
    for (uint32_t device = 0; device < PCI_DEVICES; device++)
        if (pci_read(device, 0) == ADAPTER_IDENTITY)
            return pci_read(device, PCI_WINDOW) & WINDOW_ADDRESS;
    return 0;
}

void screen_adapter_start(void) {
    uint64_t window = find_window();
    if (window == 0)
        return;
    uint32_t size = (uint32_t)read_register(INDEX_MEMORY) * MEMORY_UNIT;
    memory_size = size < MAPPED_MOST ? size : MAPPED_MOST;
    memory = kernel_map_shared_device(window, memory_size);
    text_memory = kernel_map_shared_device(TEXT_MEMORY, PAGE_SIZE);
}

// ---- a page to draw on ----

static void take_text(struct screen_place *place) {
    *place = (struct screen_place){.text = text_memory, .width = TEXT_COLUMNS, .height = TEXT_ROWS};
    for (uint32_t i = 0; text_memory != 0 && i < TEXT_COLUMNS * TEXT_ROWS; i++)
        saved_text[i] = text_memory[i];
}

// The page is the last one that the memory has room for: the display's driver leaves it alone (drivers/display/adapter.h).
static void take_pixels(struct screen_place *place) {
    uint32_t width = read_register(INDEX_WIDTH), height = read_register(INDEX_HEIGHT);
    uint64_t pitch = (uint64_t)read_register(INDEX_VIRTUAL_WIDTH) * PIXEL;
    if (read_register(INDEX_BITS) != BITS || 2 * pitch * height > memory_size || width == 0 || height == 0)
        return;
    *place = (struct screen_place){.width = width, .height = height, .pitch = (uint32_t)pitch / PIXEL};
    uint64_t lines = memory_size / pitch;
    page_line = (uint16_t)((lines < UINT16_MAX ? lines : UINT16_MAX) - height);
    place->pixels = (volatile uint32_t *)(memory + pitch * page_line);
}

void screen_adapter_take(struct screen_place *place) {
    *place = (struct screen_place){0};
    if (memory == 0)
        return;
    saved_x = read_register(INDEX_X_OFFSET);
    saved_y = read_register(INDEX_Y_OFFSET);
    if (!(read_register(INDEX_ENABLE) & ENABLED))
        take_text(place);
    else
        take_pixels(place);
}

void screen_adapter_show(const struct screen_place *place) {
    if (place->pixels == 0)
        return;
    write_register(INDEX_X_OFFSET, 0);
    write_register(INDEX_Y_OFFSET, page_line);
}

void screen_adapter_give_back(const struct screen_place *place) {
    if (place->pixels != 0) {
        write_register(INDEX_X_OFFSET, saved_x);
        write_register(INDEX_Y_OFFSET, saved_y);
    }
    for (uint32_t i = 0; place->text != 0 && i < TEXT_COLUMNS * TEXT_ROWS; i++)
        text_memory[i] = saved_text[i];
}
