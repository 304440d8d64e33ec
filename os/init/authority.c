// Sources of authority, as a table from their kind to the making of a number.
#include "os/init/authority.h"

#include "os/init/kept.h"
#include "os/init/pci.h"

#include <parley/calls.h>
#include <parley/qemu.h>

enum {
    RANGE_RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE,
    RAMDISK_RIGHTS = RIGHT_READ | RIGHT_EXECUTE | RIGHT_COPY | RIGHT_SEND,
};

static enum status make_ports(const struct startup_source *source, struct authority *authority) {
    authority->rights = RANGE_RIGHTS;
    return range_create(INIT_MACHINE, RANGE_PORTS, source->base, source->size, &authority->number);
}

static enum status make_line(const struct startup_source *source, struct authority *authority) {
    authority->rights = RIGHT_MANAGE | RIGHT_WAIT;
    return interrupt_create(INIT_MACHINE, source->base, &authority->number);
}

// Whole pages: a range must not give a part of one.
static enum status make_pages(uint64_t base, uint64_t size, struct authority *authority) {
    uint64_t end = 0;
    if (base % PAGE_SIZE || __builtin_add_overflow(size, PAGE_SIZE - 1, &end)) {
        return STATUS_INVALID_ARGUMENT;
    }
    authority->rights = RANGE_RIGHTS;
    return range_create(INIT_MACHINE, RANGE_MEMORY, base, end / PAGE_SIZE * PAGE_SIZE, &authority->number);
}

static enum status make_memory(const struct startup_source *source, struct authority *authority) {
    return make_pages(source->base, source->size, authority);
}

static enum status make_framebuffer(const struct startup_source *source, struct authority *authority) {
    struct machine_information machine;
    enum status status = machine_information(&machine);
    if (status != STATUS_OK || machine.framebuffer_address == 0) {
        return status == STATUS_OK ? STATUS_NOT_FOUND : status;
    }
    uint64_t size = (uint64_t)machine.framebuffer_pitch * machine.framebuffer_height;
    return make_pages(machine.framebuffer_address, size, authority);
}

// Runs `look` while the ports are init's own.
static enum status with_ports(uint32_t first, uint32_t count, const struct startup_source *source, void *found,
                              enum status (*look)(const struct startup_source *, void *)) {
    int32_t ports = NUMBER_NONE;
    enum status status = range_create(INIT_MACHINE, RANGE_PORTS, first, count, &ports);
    if (status != STATUS_OK) {
        return status;
    }
    status = range_open(ports);
    status = status == STATUS_OK ? look(source, found) : status;
    number_close(ports);
    return status;
}

static enum status look_for_window(const struct startup_source *source, void *found) {
    return pci_find_window(source->base >> 16, source->base & UINT16_MAX, source->size, found);
}

static enum status make_pci(const struct startup_source *source, struct authority *authority) {
    struct pci_window window = {0};
    enum status status = with_ports(PCI_PORT, PCI_PORT_COUNT, source, &window, look_for_window);
    return status == STATUS_OK ? make_pages(window.base, window.size, authority) : status;
}

static enum status stop_masters(const struct startup_source *source, void *found) {
    (void)source, (void)found;
    pci_stop_masters();
    return STATUS_OK;
}

enum status authority_quiet_devices(void) {
    return with_ports(PCI_PORT, PCI_PORT_COUNT, NULL, NULL, stop_masters);
}

static enum status look_for_file(const struct startup_source *source, void *found) {
    return qemu_file_find(source->file, found);
}

static enum status make_qemu(const struct startup_source *source, struct authority *authority) {
    struct qemu_file file;
    enum status status = with_ports(QEMU_PORT, QEMU_PORT_COUNT, source, &file, look_for_file);
    const struct startup_source ports = {.base = QEMU_PORT, .size = QEMU_PORT_COUNT};
    return status == STATUS_OK ? make_ports(&ports, authority) : status;
}

static enum status make_ramdisk(const struct startup_source *source, struct authority *authority) {
    authority->rights = RAMDISK_RIGHTS;
    return number_copy(INIT_RAMDISK, RAMDISK_RIGHTS, &authority->number);
}

static enum status make_machine(const struct startup_source *source, struct authority *authority) {
    authority->rights = source->base;
    return number_copy(INIT_MACHINE, source->base | RIGHT_SEND, &authority->number);
}

static enum status make_interface(const struct startup_source *source, struct authority *authority) {
    authority->rights = RIGHT_WRITE;
    return interface_name_create(INIT_MACHINE, source->base, &authority->number);
}

static enum status make_kept(const struct startup_source *source, struct authority *authority) {
    authority->rights = KEPT_RIGHTS;
    return kept_make(source, &authority->number);
}

static enum status (*const makers[])(const struct startup_source *, struct authority *) = {
    [SOURCE_PORTS] = make_ports,
    [SOURCE_LINE] = make_line,
    [SOURCE_MEMORY] = make_memory,
    [SOURCE_FRAMEBUFFER] = make_framebuffer,
    [SOURCE_PCI] = make_pci,
    [SOURCE_QEMU] = make_qemu,
    [SOURCE_RAMDISK] = make_ramdisk,
    [SOURCE_MACHINE] = make_machine,
    [SOURCE_INTERFACE] = make_interface,
    [SOURCE_KEPT] = make_kept,
};

enum status authority_make(const struct startup_grant *grant, struct authority *authority) {
    enum status status = STATUS_NOT_FOUND;
    for (uint32_t i = 0; i < grant->source_count && status == STATUS_NOT_FOUND; i++) {
        status = makers[grant->sources[i].kind](&grant->sources[i], authority);
    }
    return status;
}

void authority_drop(const struct authority *authority) {
    number_close(authority->number);
}
