// A trace as a capture file for Wireshark: pcapng, a packet per record, of the link type USER0 (os/tools/parley.lua shows it).
// Source: the pcapng specification (IETF opsawg draft): Section Header, Interface Description and Enhanced Packet Blocks.
#include <string.h>

#include "apps/trace/format.h"
#include "apps/trace/names.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINK_USER0 = 147,
    OPTION_END = 0,
    OPTION_TIME_RESOLUTION = 9,
    RESOLUTION_NANOSECONDS = 9,
    WORDS_SIZE = 16,
};

struct section_block {
    uint32_t type, length, magic;
    uint16_t major, minor;
    int64_t section_length;
    uint32_t length_again;
} __attribute__((packed));

struct interface_block {
    uint32_t type, length;
    uint16_t link, reserved;
    uint32_t captured_most;
    uint16_t resolution_option, resolution_length;
    uint8_t resolution, padding[3];
    uint16_t end_option, end_length;
    uint32_t length_again;
} __attribute__((packed));

// A record with its ids in words, so that who shows it needs no list of ours.
struct packet {
    struct trace_record record;
    char process[NAME_SIZE], peer[NAME_SIZE], design[WORDS_SIZE], operation[WORDS_SIZE];
};

struct packet_block {
    uint32_t type, length, interface, time_high, time_low, captured, original;
    struct packet packet;
    uint32_t length_again;
} __attribute__((packed));

_Static_assert(sizeof(struct packet) % 4 == 0, "a packet needs no padding");

static void write_begin(struct output *out) {
    struct section_block section = {
        .type = BLOCK_SECTION,
        .length = sizeof(section),
        .magic = BYTE_ORDER_MAGIC,
        .major = 1,
        .section_length = -1,
        .length_again = sizeof(section),
    };
    struct interface_block interface = {
        .type = BLOCK_INTERFACE,
        .length = sizeof(interface),
        .link = LINK_USER0,
        .captured_most = sizeof(struct packet),
        .resolution_option = OPTION_TIME_RESOLUTION,
        .resolution_length = 1,
        .resolution = RESOLUTION_NANOSECONDS,
        .end_option = OPTION_END,
        .length_again = sizeof(interface),
    };
    output_bytes(out, &section, sizeof(section));
    output_bytes(out, &interface, sizeof(interface));
}

static void write_record(struct output *out, const struct trace_record *record) {
    struct packet_block block = {
        .type = BLOCK_PACKET,
        .length = sizeof(block),
        .time_high = (uint32_t)(record->time >> 32),
        .time_low = (uint32_t)record->time,
        .captured = sizeof(struct packet),
        .original = sizeof(struct packet),
        .packet.record = *record,
        .length_again = sizeof(block),
    };
    bool has_peer = record->operation != TRACE_OBJECT_MADE && record->operation != TRACE_OBJECT_GONE;
    strlcpy(block.packet.process, names_of(record->process), NAME_SIZE);
    strlcpy(block.packet.peer, has_peer ? names_of(record->peer) : "", NAME_SIZE);
    strlcpy(block.packet.design, operation_design(record->operation), WORDS_SIZE);
    strlcpy(block.packet.operation, operation_words(record->operation), WORDS_SIZE);
    output_bytes(out, &block, sizeof(block));
}

const struct trace_format format_pcapng = {.name = "pcapng", .begin = write_begin, .record = write_record};
