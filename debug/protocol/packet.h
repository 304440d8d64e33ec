// GDB's packets as bytes on a line: `$body#checksum`, with escapes, run lengths and acknowledgements. Pure.
//
// Rules: a decoder is fed byte by byte and never writes beyond its buffer; a body that is too long is told as such when it ends. An
// encoder keeps the whole packet, so that it can be sent again. A body's bytes are binary: escapes are undone, none is 0-ended.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packet_event {
    PACKET_NOTHING,  // more bytes are needed
    PACKET_RECEIVED, // the body is in the buffer
    PACKET_DAMAGED,  // the checksum is wrong
    PACKET_TOO_LONG, // well-formed, but its body did not fit
    PACKET_BREAK,    // 0x03 outside of a packet: Ctrl-C
    PACKET_RESEND,   // `-`: the last packet did not arrive
    PACKET_ACCEPTED, // `+`
};

enum packet_state { PACKET_IDLE, PACKET_BODY, PACKET_ESCAPE, PACKET_SUM_HIGH, PACKET_SUM_LOW };

struct packet_decoder {
    char *body;
    size_t capacity;
    size_t length;
    enum packet_state state;
    uint8_t sum;    // of the body so far
    uint8_t wanted; // what the other side says it is
    bool too_long;
};

void packet_decoder_start(struct packet_decoder *decoder, char *buffer, size_t capacity);
enum packet_event packet_decode(struct packet_decoder *decoder, uint8_t byte);

struct packet_encoder {
    char *bytes;
    size_t capacity;
    size_t length;
    uint8_t sum;
    bool too_long;    // it did not fit: what was begun is not to be sent
    uint8_t repeated; // the byte that is held back, to be counted,
    uint32_t count;   // how often it came; 0: none
};

// What a packet of a body needs at most besides its bytes: `$`, `#`, two digits.
enum { PACKET_FRAME_SIZE = 4 };

void packet_begin(struct packet_encoder *encoder, char *buffer, size_t capacity);
// Text that holds none of # $ } *.
void packet_put(struct packet_encoder *encoder, const char *text, size_t size);
// Any bytes, escaped where needed.
void packet_put_binary(struct packet_encoder *encoder, const void *bytes, size_t size);
void packet_end(struct packet_encoder *encoder);
