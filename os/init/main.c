// The first process: starts the services, again where they end, and switches the machine off when asked.
//
// The kernel starts it with number 1, the machine with all rights, and number 2, the ramdisk. Nobody else ever holds all
// of the machine: each service gets what /etc/startup names.
#include "os/init/authority.h"
#include "os/init/services.h"
#include "os/tar.h"

#include "libc/directory/names.h"

#include <parley/calls.h>
#include <parley/directory.h>
#include <parley/init.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdbool.h>

static struct startup startup;

static enum status read_startup(const void *archive, size_t size) {
    struct startup_problem problem;
    struct tar_entry file;
    enum status status = tar_find(archive, size, "etc/startup", &file);
    if (status != STATUS_OK) {
        log_line("init: /etc/startup: %s", status_text(status));
        return status;
    }
    status = startup_parse(&startup, (const char *)file.data, file.size, &problem);
    if (status != STATUS_OK) {
        log_line("init: /etc/startup, line %u: %s", (unsigned)problem.line, problem.text);
    }
    return status;
}

// Told before a driver takes the serial port: on a machine without a console nobody would hear of it later.
static void check_archive(const void *archive, size_t size) {
    struct tar_reader reader = {.bytes = archive, .size = size};
    struct tar_entry entry;
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        status = tar_next(&reader, &entry);
    }
    if (status != STATUS_NOTHING) {
        log_line("init: the ramdisk is broken at byte %zu: %s", reader.offset, reader.problem);
    }
}

// init needs nobody to let it: it has the machine.
static void announce(void) {
    int32_t name = NUMBER_NONE;
    uint32_t id = directory_id("init");
    enum status status = interface_name_create(INIT_MACHINE, id, &name);
    status = status == STATUS_OK ? directory_announce_as(id, name) : status;
    if (status != STATUS_OK) {
        log_line("init: the directory: %s", status_text(status));
    }
    number_close(name);
}

static void start_all(void) {
    uint64_t base = 0;
    size_t size = 0;
    enum status status = shared_size(INIT_RAMDISK, &size);
    status = status == STATUS_OK ? shared_map(INIT_RAMDISK, 0, size, PROTECTION_READ, 0, 0, &base) : status;
    if (status != STATUS_OK) {
        log_line("init: there is no ramdisk: %s", status_text(status));
        return;
    }
    status = authority_quiet_devices();
    if (status != STATUS_OK) {
        log_line("init: devices may write to memory by themselves: %s", status_text(status));
    }
    check_archive((const void *)base, size);
    announce();
    start_grant_add("init", NUMBER_NONE, start_information()->process);
    if (read_startup((const void *)base, size) == STATUS_OK) {
        services_start(&startup, (const void *)base, size);
    }
}

static enum status check_request(uint32_t user, size_t size, const struct init_request *request) {
    bool ends_service = request->operation == INIT_END_SERVICE;
    bool is_known = request->operation >= INIT_POWER_OFF && request->operation <= INIT_DEBUG;
    if (size != sizeof(*request) || !is_known || (!ends_service && request->process)) {
        return STATUS_INVALID_ARGUMENT;
    }
    return startup.power_users >> user & 1 ? STATUS_OK : STATUS_DENIED;
}

static void switch_machine(uint32_t operation) {
    services_stop();
    enum status status = machine_power(INIT_MACHINE, operation == INIT_REBOOT ? POWER_REBOOT : POWER_OFF);
    log_line("init: the machine cannot be switched off: %s", status_text(status));
}

static void close_numbers(const struct message_information *information) {
    for (uint32_t i = 0; i < information->number_count; i++) {
        number_close(information->numbers[i]);
    }
}

static void serve(uint32_t id) {
    struct init_request request = {0};
    struct message_information information = {0};
    size_t size = 0;
    enum status status = message_receive(id, &request, sizeof(request), &information, &size);
    if (status == STATUS_TOO_SMALL) {
        message_scrap(id);
        size = information.size;
    } else if (status != STATUS_OK) {
        return;
    } else {
        close_numbers(&information);
    }
    status = check_request(information.user, size, &request);
    if (status == STATUS_OK && request.operation == INIT_END_SERVICE) {
        status = services_end(request.process);
    } else if (status == STATUS_OK && request.operation == INIT_DEBUG) {
        status = machine_debug(INIT_MACHINE);
    }
    struct init_reply reply = {.status = status};
    struct message_options options = {.in_reply_to = id};
    message_send(information.sender, &reply, sizeof(reply), &options, DEADLINE_NOW, NULL);
    if (status == STATUS_OK && (request.operation == INIT_POWER_OFF || request.operation == INIT_REBOOT)) {
        switch_machine(request.operation);
    }
}

int main(void) {
    EVENT event;
    start_all();
    for (;;) {
        event_wait(services_start_due());
        while (event_get(&event, NULL) == STATUS_OK) {
            if (directory_take(&event)) {
                continue;
            }
            if (event.Type == EVENT_MESSAGE) {
                serve(event.Data1);
            } else if (event.Type == EVENT_PROCESS) {
                services_ended(event.Data1);
            }
        }
    }
}
