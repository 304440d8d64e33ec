// Packets about memory: m M x X, checksums and searches.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

enum {
    READ_MOST = (SERVER_PACKET_SIZE - PACKET_FRAME_SIZE) / 2,
    PART_SIZE = 256,
    CRC_POLYNOMIAL = 0x04c11db7,
};
#define SEARCH_MOST (UINT64_C(1) << 24) // a line that is busy longer looks dead
#define CRC_MOST (UINT64_C(1) << 24)

// "address,size"
static bool take_range(struct text_cursor *packet, uint64_t *address, uint64_t *size) {
    return text_take_number(packet, address) && text_take(packet, ',') && text_take_number(packet, size);
}

// What could be read is answered, if it is anything.
static void run_read(struct server *server, struct text_cursor *packet) {
    static uint8_t bytes[READ_MOST];
    uint64_t address, size;
    if (!take_range(packet, &address, &size)) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    size_t wanted = size < READ_MOST ? (size_t)size : READ_MOST;
    size_t found = server->target->memory_read(&thread, address, bytes, wanted);
    if (found == 0 && wanted > 0) {
        answer_error(server, STATUS_BAD_ADDRESS);
        return;
    }
    struct answer answer;
    answer_begin(server, &answer);
    answer_bytes(server, bytes, found);
    answer_send(server);
}

// As many as are there; `b` begins the answer, so that none is an answer too.
static void run_read_binary(struct server *server, struct text_cursor *packet) {
    static uint8_t bytes[READ_MOST];
    uint64_t address, size;
    if (!take_range(packet, &address, &size)) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    size_t wanted = size < READ_MOST - 1 ? (size_t)size : READ_MOST - 1;
    size_t found = server->target->memory_read(&thread, address, bytes, wanted);
    if (found == 0 && wanted > 0) {
        answer_error(server, STATUS_BAD_ADDRESS);
        return;
    }
    struct answer answer;
    writer_text(answer_begin(server, &answer), "b");
    answer_binary(server, bytes, found);
    answer_send(server);
}

static void write_bytes(struct server *server, uint64_t address, const void *bytes, size_t size) {
    struct debug_thread thread = server_thread(server);
    if (server->target->memory_write(&thread, address, bytes, size) == size)
        answer_text(server, "OK");
    else
        answer_error_text(server, status_explanation(STATUS_BAD_ADDRESS));
}

static void run_write(struct server *server, struct text_cursor *packet) {
    static uint8_t bytes[READ_MOST];
    uint64_t address, size;
    if (!take_range(packet, &address, &size) || !text_take(packet, ':') || size > READ_MOST ||
        text_take_bytes(packet, bytes, (size_t)size) != size)
        answer_error(server, STATUS_INVALID_ARGUMENT);
    else
        write_bytes(server, address, bytes, (size_t)size);
}

static void run_write_binary(struct server *server, struct text_cursor *packet) {
    uint64_t address, size;
    if (!take_range(packet, &address, &size) || !text_take(packet, ':') || size != text_left(packet))
        answer_error(server, STATUS_INVALID_ARGUMENT);
    else
        write_bytes(server, address, packet->at, (size_t)size);
}

static uint32_t crc_add(uint32_t crc, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x80000000 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
    }
    return crc;
}

static void run_checksum(struct server *server, struct text_cursor *packet) {
    uint8_t part[PART_SIZE];
    uint64_t address, size;
    uint32_t crc = UINT32_MAX;
    if (!take_range(packet, &address, &size) || size > CRC_MOST) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    for (uint64_t done = 0; done < size;) {
        size_t some = size - done < sizeof(part) ? (size_t)(size - done) : sizeof(part);
        if (server->target->memory_read(&thread, address + done, part, some) != some) {
            answer_error(server, STATUS_BAD_ADDRESS);
            return;
        }
        crc = crc_add(crc, part, some);
        done += some;
    }
    struct answer answer;
    writer_format(answer_begin(server, &answer), "C%08x", crc);
    answer_send(server);
}

struct search {
    struct debug_thread thread;
    uint64_t address, size;
    const char *pattern;
    size_t pattern_size;
};

// OK: *found. NOT_FOUND. BAD_ADDRESS: memory ends before.
static enum status search_run(struct server *server, const struct search *search, uint64_t *found) {
    uint8_t window[PART_SIZE + SERVER_SEARCH_MAX];
    for (uint64_t done = 0; done + search->pattern_size <= search->size; done += PART_SIZE) {
        uint64_t left = search->size - done;
        size_t wanted = PART_SIZE + search->pattern_size - 1;
        wanted = left < wanted ? (size_t)left : wanted;
        size_t read = server->target->memory_read(&search->thread, search->address + done, window, wanted);
        for (size_t i = 0; i + search->pattern_size <= read; i++) {
            if (memcmp(window + i, search->pattern, search->pattern_size) == 0) {
                *found = search->address + done + i;
                return STATUS_OK;
            }
        }
        if (read < wanted)
            return STATUS_BAD_ADDRESS;
    }
    return STATUS_NOT_FOUND;
}

static void run_search(struct server *server, struct text_cursor *packet) {
    struct search search = {.thread = server_thread(server)};
    uint64_t found;
    if (!text_take_number(packet, &search.address) || !text_take(packet, ';') ||
        !text_take_number(packet, &search.size) || !text_take(packet, ';') || text_left(packet) == 0 ||
        text_left(packet) > SERVER_SEARCH_MAX || search.size > SEARCH_MOST) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    search.pattern = packet->at;
    search.pattern_size = text_left(packet);
    enum status status = search_run(server, &search, &found);
    if (status == STATUS_BAD_ADDRESS) {
        answer_error(server, status);
        return;
    }
    struct answer answer;
    struct writer *out = answer_begin(server, &answer);
    if (status == STATUS_OK)
        writer_format(out, "1,%llx", (unsigned long long)found);
    else
        writer_text(out, "0");
    answer_send(server);
}

const struct server_command server_memory_commands[] = {
    {"qSearch:memory:", run_search}, {"qCRC:", run_checksum}, {"m", run_read}, {"M", run_write},
    {"x", run_read_binary},          {"X", run_write_binary}, {0, 0},
};
