// The files of QEMU's firmware configuration device: a directory of names, and bytes read one after the other.
#include <parley/io_ports.h>
#include <parley/qemu.h>
#include <stdbool.h>
#include <string.h>

enum {
    PORT_SELECTOR = QEMU_PORT,
    PORT_DATA = QEMU_PORT + 1,
    SELECT_SIGNATURE = 0x0000,
    SELECT_DIRECTORY = 0x0019,
    FILES_MAX = 256, // a device that claims more is not believed
};

// An entry of the directory. Numbers have the highest byte first.
struct directory_entry {
    uint8_t size[4];
    uint8_t selector[2];
    uint8_t reserved[2];
    char name[QEMU_FILE_NAME_MAX];
};

static uint32_t big_endian(const uint8_t *bytes, size_t count) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static bool is_qemu(void) {
    char signature[4] = {0};
    io_port_write_16(PORT_SELECTOR, SELECT_SIGNATURE);
    io_port_read_bytes(PORT_DATA, signature, sizeof(signature));
    return memcmp(signature, "QEMU", sizeof(signature)) == 0;
}

enum status qemu_file_find(const char *name, struct qemu_file *file) {
    struct directory_entry entry = {0};
    uint8_t count[4] = {0};
    if (!is_qemu())
        return STATUS_NOT_FOUND;
    io_port_write_16(PORT_SELECTOR, SELECT_DIRECTORY);
    io_port_read_bytes(PORT_DATA, count, sizeof(count));
    for (uint32_t left = big_endian(count, sizeof(count)); left > 0 && left <= FILES_MAX; left--) {
        io_port_read_bytes(PORT_DATA, &entry, sizeof(entry));
        if (strncmp(entry.name, name, sizeof(entry.name)) == 0) {
            file->selector = (uint16_t)big_endian(entry.selector, sizeof(entry.selector));
            file->size = big_endian(entry.size, sizeof(entry.size));
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

void qemu_file_read(const struct qemu_file *file, void *buffer, size_t size) {
    io_port_write_16(PORT_SELECTOR, file->selector);
    io_port_read_bytes(PORT_DATA, buffer, size < file->size ? size : file->size);
}
