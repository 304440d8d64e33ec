// Asking the service `authority` for a machine number.
#include "tests/guest/authority.h"

#include "tests/guest/guest.h"

int32_t authority_machine(uint32_t rights) {
    struct authority_request request = {.magic = AUTHORITY_MAGIC, .rights = rights};
    struct message_filter filter = {.sender = start_service("authority")};
    struct message_information information;
    EXPECT(filter.sender != 0);
    EXPECT_OK(message_send(filter.sender, &request, sizeof(request), NULL, guest_soon(), &filter.in_reply_to));
    EXPECT_OK(message_wait(&filter, &information, guest_soon()));
    EXPECT_OK(message_receive(information.id, &rights, sizeof(rights), &information, NULL));
    EXPECT_EQUAL(information.number_count, 1);
    return information.numbers[0];
}
