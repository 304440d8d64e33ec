// The file server: receives requests, has the service answer them, and learns by event when a client ends.
//
// Granted: `ramdisk`, the memory of the archive. It runs until the machine stops.
#include "os/files/seed.h"
#include "os/files/service.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/start.h>
#include <stdlib.h>

enum {
    MESSAGE_MAX = sizeof(struct files_request) + FILES_DATA_MAX + 2 * FILES_PATH_MAX,
    NODES_MAX = 1 << 18,
    CONTENT_SHARE = 2, // of the machine's memory, one part in so many may be content
    SPARE_SHARE = 32,  // and one stays free: the kernel keeps programs off the last of that, for servers as this one
    IMAGE_STEP = 64 << 10,
    IMAGE_RIGHTS = RIGHT_READ | RIGHT_SEND | RIGHT_COPY,
};

static struct service service;
static uint64_t boot_time; // nanoseconds
static uint64_t message[(MESSAGE_MAX + 7) / 8];
static uint64_t reply[(SERVICE_REPLY_MAX + 7) / 8];

static uint64_t random_word(void) {
    uint64_t word = 0;
    random_read(&word, sizeof(word));
    return word;
}

static uint64_t time_of_day(void) {
    return boot_time + clock_now();
}

static bool has_room(uint64_t bytes) {
    struct machine_information machine;
    return machine_information(&machine) == STATUS_OK &&
           machine.memory_free > bytes + machine.memory_total / SPARE_SHARE;
}

static void *map(uint64_t size) {
    uint64_t base = 0;
    return memory_map(0, size, PROTECTION_READ | PROTECTION_WRITE, 0, &base) == STATUS_OK ? (void *)base : NULL;
}

static void unmap(void *pages, uint64_t size) {
    memory_unmap((uint64_t)pages, size);
}

static bool copy_in_steps(uint8_t *target, const struct node *file) {
    for (uint64_t at = 0; at < file->size; at += IMAGE_STEP) {
        if (!has_room(IMAGE_STEP)) {
            return false;
        }
        tree_read(file, at, target + at, IMAGE_STEP);
    }
    return true;
}

static enum status copy_into(int32_t number, const struct node *file) {
    uint64_t base = 0;
    if (!has_room(file->size)) {
        return STATUS_LIMIT_REACHED;
    }
    enum status status = shared_map(number, 0, file->size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    if (status == STATUS_OK) {
        status = copy_in_steps((uint8_t *)base, file) ? STATUS_OK : STATUS_LIMIT_REACHED;
        memory_unmap(base, file->size);
    }
    return status;
}

static enum status make_image(const struct node *file, int32_t *number) {
    enum status status = shared_create(file->size ? file->size : 1, number);
    if (status != STATUS_OK) {
        return status;
    }
    status = file->size ? copy_into(*number, file) : STATUS_OK;
    status = status == STATUS_OK ? shared_seal(*number) : status;
    if (status != STATUS_OK) {
        number_close(*number);
        *number = NUMBER_NONE;
    }
    return status;
}

static void drop_image(int32_t number) {
    number_close(number);
}

// The watch's key is the process id, so that its event says who ended.
static enum status watch(struct client *client) {
    enum status status = process_open(client->process, &client->watch);
    if (status != STATUS_OK) {
        return status;
    }
    status = event_watch(client->watch, WATCH_CLOSED, client->process);
    if (status != STATUS_OK) {
        number_close(client->watch);
    }
    return status;
}

static void unwatch(struct client *client) {
    number_close(client->watch);
}

static void send_reply(const struct message_information *information, const struct service_answer *answer) {
    struct message_options options = {.in_reply_to = information->id};
    if (answer->number) {
        options.number_count = 1;
        options.numbers[0] = answer->number;
        options.rights[0] = IMAGE_RIGHTS | (answer->executable ? RIGHT_EXECUTE : 0);
    }
    // A client that has ended, or whose queue is full, gets nothing: the server waits for nobody.
    message_send(information->sender, reply, answer->size, &options, DEADLINE_NOW, NULL);
}

static void serve(uint32_t id) {
    struct message_information information = {0};
    size_t size = 0;
    enum status status = message_receive(id, message, sizeof(message), &information, &size);
    if (status == STATUS_TOO_SMALL) {
        message_scrap(id);
        size = 0;
    } else if (status != STATUS_OK) {
        return;
    }
    for (uint32_t i = 0; i < information.number_count && status == STATUS_OK; i++) {
        number_close(information.numbers[i]);
    }
    struct service_client client = {information.sender, information.user};
    struct service_answer answer = service_answer(&service, client, message, size, reply);
    send_reply(&information, &answer);
}

static void run(void) {
    EVENT event;
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (directory_take(&event)) {
                continue;
            }
            if (event.Type == EVENT_MESSAGE) {
                serve(event.Data1);
            } else if (event.Type == EVENT_READY) {
                handles_end_process(&service.handles, event.Data2);
            }
        }
    }
}

static enum status open_ramdisk(const void **archive, size_t *size) {
    int32_t number = start_grant_number("ramdisk");
    uint64_t base = 0;
    enum status status = shared_size(number, size);
    status = status == STATUS_OK ? shared_map(number, 0, *size, PROTECTION_READ, 0, 0, &base) : status;
    *archive = (const void *)base;
    return status;
}

static enum status prepare(void) {
    struct machine_information machine;
    const void *archive = NULL;
    const char *problem = NULL;
    size_t size = 0, offset = 0;
    machine_information(&machine);
    boot_time = machine.boot_time * NANOSECONDS_PER_SECOND;
    service.make_image = make_image;
    service.random = random_word;
    service.uptime = clock_now;
    service.time_of_day = time_of_day;
    enum status status = tree_create(&service.tree, machine.memory_total / CONTENT_SHARE, NODES_MAX);
    if (status != STATUS_OK) {
        return status;
    }
    service.tree.drop_image = drop_image;
    service.tree.has_room = has_room;
    service.tree.map = map;
    service.tree.unmap = unmap;
    service.tree.now = time_of_day();
    handles_create(&service.handles, &service.tree);
    service.handles.watch = watch;
    service.handles.unwatch = unwatch;
    status = open_ramdisk(&archive, &size);
    if (status != STATUS_OK) {
        return status;
    }
    status = seed_tree(&service.tree, archive, size, &problem, &offset);
    if (status != STATUS_OK) {
        log_line("the ramdisk is broken at byte %zu: %s", offset, problem);
    }
    return STATUS_OK;
}

int main(void) {
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("cannot start: status %d", status);
        return EXIT_FAILURE;
    }
    directory_join();
    run();
}
