// Answering about layouts.
#include "drivers/keyboard/requests.h"

#include "drivers/request.h"

#include <parley/keyboard.h>
#include <parley/log.h>
#include <parley/machine.h>
#include <string.h>

static const char word[] = " keymap=";

const struct layout *requests_layout_at_boot(void) {
    struct machine_information machine;
    char line[sizeof(machine.command_line) + 1] = " ";
    if (machine_information(&machine) != STATUS_OK) {
        return &layouts[0];
    }
    memcpy(line + 1, machine.command_line, sizeof(machine.command_line) - 1);
    char *found = strstr(line, word);
    if (!found) {
        return &layouts[0];
    }
    char *name = found + sizeof(word) - 1;
    name[strcspn(name, " ")] = 0;
    const struct layout *layout = layout_find(name);
    if (!layout) {
        log_line("keyboard: there is no layout %s", name);
    }
    return layout ? layout : &layouts[0];
}

static enum status run(struct decoder *decoder, struct keyboard_request *request, struct keyboard_reply *reply) {
    const struct layout *layout = decoder->layout;
    request->name[KEYBOARD_NAME_SIZE - 1] = 0;
    switch (request->operation) {
    case KEYBOARD_LAYOUT_GET:
        break;
    case KEYBOARD_LAYOUT_SET:
        layout = layout_find(request->name);
        if (!layout) {
            return STATUS_NOT_FOUND;
        }
        __atomic_store_n(&decoder->layout, layout, __ATOMIC_RELAXED);
        break;
    case KEYBOARD_LAYOUT_AT:
        if (request->index >= layout_count) {
            return STATUS_NOTHING;
        }
        layout = &layouts[request->index];
        break;
    default:
        return STATUS_INVALID_ARGUMENT;
    }
    strncpy(reply->name, layout->name, KEYBOARD_NAME_SIZE - 1);
    return STATUS_OK;
}

void requests_answer(struct decoder *decoder, uint32_t id) {
    struct keyboard_request request;
    struct keyboard_reply reply = {0};
    uint32_t sender = 0;
    if (request_take(id, &request, sizeof(request), &sender)) {
        reply.status = run(decoder, &request, &reply);
        request_answer(id, sender, &reply, sizeof(reply));
    }
}
