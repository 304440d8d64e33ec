// The basic handshake over a link: an offer of shared memory named in its 32 bytes, and the answer.
#include <parley/link.h>
#include <parley/memory.h>
#include <parley/status.h>
#include <string.h>

enum { HANDSHAKE_OFFER = 0x4f4d4b4c, HANDSHAKE_ANSWER = 0x414d4b4c }; // "LKMO", "LKMA"

struct handshake {
    uint32_t kind;
    int32_t status; // of the answer
    uint32_t offer; // its id, as shared_offer said it
    uint32_t reserved;
    uint64_t size; // of the memory, bytes
    uint64_t zero;
};

_Static_assert(sizeof(struct handshake) == LINK_SIZE, "a handshake fills a link");

enum status link_listen(int32_t listener, int32_t *link) {
    struct link_create plan = {0};
    enum status status = link_create(&plan, link);
    if (status != STATUS_OK)
        return status;
    status = listener_push(listener, plan.other);
    if (status != STATUS_OK) {
        number_close(plan.other);
        number_close(*link);
    }
    return status;
}

enum status link_meet(uint32_t process, uint32_t flags, uint64_t deadline, int32_t *link) {
    struct link_connect wish = {.process = process, .flags = flags};
    return link_connect(&wish, deadline, link);
}

enum status link_offer_memory(int32_t link, uint32_t process, int32_t memory, uint32_t rights, uint64_t deadline) {
    struct handshake words = {.kind = HANDSHAKE_OFFER};
    size_t size = 0;
    enum status status = shared_size(memory, &size);
    if (status == STATUS_OK)
        status = shared_offer(memory, process, rights, &words.offer);
    if (status != STATUS_OK)
        return status;
    words.size = size;
    uint32_t offer = words.offer;
    status = link_call(link, &words, deadline, NULL);
    if (status != STATUS_OK)
        return status;
    if (words.kind != HANDSHAKE_ANSWER || words.offer != offer)
        return STATUS_CORRUPT;
    return words.status == STATUS_OK ? STATUS_OK : STATUS_DENIED;
}

// The sizes are the kernel's and ours: what the other side wrote is compared with what it gave.
static enum status offer_take(const struct handshake *words, int32_t *memory, size_t *size) {
    size_t least = *size;
    if (words->kind != HANDSHAKE_OFFER)
        return STATUS_CORRUPT;
    enum status status = shared_accept(words->offer, memory);
    if (status != STATUS_OK)
        return status;
    status = shared_size(*memory, size);
    if (status == STATUS_OK && *size < least)
        status = STATUS_TOO_SMALL;
    if (status != STATUS_OK)
        number_close(*memory);
    return status;
}

enum status link_take_memory(int32_t link, uint64_t deadline, int32_t *memory, size_t *size) {
    struct handshake words;
    enum status status = link_poll(link, deadline, NULL);
    if (status == STATUS_OK)
        status = link_read(link, &words);
    if (status != STATUS_OK)
        return status;
    status = offer_take(&words, memory, size);
    words = (struct handshake){.kind = HANDSHAKE_ANSWER, .status = status, .offer = words.offer};
    enum status told = link_write(link, &words, LINK_SIGNAL);
    return status == STATUS_OK ? told : status;
}
