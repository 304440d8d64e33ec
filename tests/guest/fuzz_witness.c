// The witness of the random-call test: a bystander that answers pings, and sees that nothing of its own is touched.
#include "tests/guest/fuzz.h"

enum { MEMORY_SIZE = 64 << 10, MESSAGE_ROOM = 64 << 10, PATTERN = 0x3c };

static uint8_t memory[MEMORY_SIZE];
static uint8_t message[MESSAGE_ROOM];

static bool memory_is_untouched(void) {
    for (size_t i = 0; i < MEMORY_SIZE; i++)
        if (memory[i] != (uint8_t)(PATTERN + i))
            return false;
    return true;
}

static void take_events(void) {
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        if (event.Type == EVENT_PIPE && event.Action == PIPE_CREATED)
            number_close((int32_t)event.Data1);
        else if (event.Type == EVENT_SHARED_MEMORY && event.Action == SHARED_OFFERED)
            shared_refuse(event.Data1);
}

static int answer(const struct message_information *information) {
    uint32_t word;
    memcpy(&word, message, sizeof(word));
    if (!memory_is_untouched())
        return __LINE__;
    word = ~word;
    struct message_options options = {.in_reply_to = information->id};
    return message_send(information->sender, &word, sizeof(word), &options, guest_soon(), NULL) == STATUS_OK ? 0
                                                                                                             : __LINE__;
}

static int take_message(void) {
    struct message_information information;
    enum status status = message_next(message, sizeof(message), &information, guest_shortly(), NULL);
    if (status == STATUS_TOO_SMALL)
        return message_scrap(information.id) == STATUS_OK ? 0 : __LINE__;
    if (status != STATUS_OK)
        return status == STATUS_TIMED_OUT ? 0 : __LINE__;
    for (uint32_t i = 0; i < information.number_count; i++)
        number_close(information.numbers[i]);
    return information.sender == guest_parent() ? answer(&information) : 0;
}

ROLE(witness) {
    for (size_t i = 0; i < MEMORY_SIZE; i++)
        memory[i] = (uint8_t)(PATTERN + i);
    ROLE_EXPECT(gate_set(GATE_EVENT, GATE_ALL_USERS, NULL) == STATUS_OK);
    for (;;) {
        take_events();
        int line = take_message();
        if (line != 0)
            return line;
    }
}
