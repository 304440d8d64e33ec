// Taking packets off the line, and putting them on it.
#include "debug/protocol/packet.h"

#include "debug/protocol/text.h"

enum {
    BYTE_BREAK = 0x03,
    ESCAPE = '}',
    ESCAPE_FLIP = 0x20,
    RUN_OFFSET = 29,   // a run of n more is told by the character n + 29,
    RUN_MOST = 97,     // which must be printable,
    RUN_LEAST = 3,     // and pay
    RUN_OF_HASH = 6,   // would be told by '#'
    RUN_OF_DOLLAR = 7, // and this one by '$'
};

// ---- taking ----

void packet_decoder_start(struct packet_decoder *decoder, char *buffer, size_t capacity) {
    *decoder = (struct packet_decoder){.body = buffer, .capacity = capacity};
}

static void body_begin(struct packet_decoder *decoder) {
    decoder->length = 0;
    decoder->sum = 0;
    decoder->too_long = false;
    decoder->state = PACKET_BODY;
}

static void body_append(struct packet_decoder *decoder, uint8_t byte) {
    if (decoder->length == decoder->capacity)
        decoder->too_long = true;
    else
        decoder->body[decoder->length++] = (char)byte;
}

static enum packet_event decode_idle(struct packet_decoder *decoder, uint8_t byte) {
    switch (byte) {
    case '$':
        body_begin(decoder);
        return PACKET_NOTHING;
    case '-':
        return PACKET_RESEND;
    case '+':
        return PACKET_ACCEPTED;
    case BYTE_BREAK:
        return PACKET_BREAK;
    default:
        return PACKET_NOTHING;
    }
}

// A `$` is never part of a body: the packet before it was cut off.
static void decode_body(struct packet_decoder *decoder, uint8_t byte) {
    if (byte == '$') {
        body_begin(decoder);
    } else if (byte == '#') {
        decoder->state = PACKET_SUM_HIGH;
    } else {
        decoder->sum = (uint8_t)(decoder->sum + byte);
        if (byte == ESCAPE)
            decoder->state = PACKET_ESCAPE;
        else
            body_append(decoder, byte);
    }
}

static void decode_escaped(struct packet_decoder *decoder, uint8_t byte) {
    decoder->sum = (uint8_t)(decoder->sum + byte);
    decoder->state = PACKET_BODY;
    body_append(decoder, byte ^ ESCAPE_FLIP);
}

static enum packet_event decode_sum(struct packet_decoder *decoder, uint8_t byte) {
    int digit = text_digit_value((char)byte);
    if (decoder->state == PACKET_SUM_HIGH && digit >= 0) {
        decoder->wanted = (uint8_t)(digit << 4);
        decoder->state = PACKET_SUM_LOW;
        return PACKET_NOTHING;
    }
    decoder->state = PACKET_IDLE;
    if (digit < 0 || (decoder->wanted | digit) != decoder->sum)
        return PACKET_DAMAGED;
    return decoder->too_long ? PACKET_TOO_LONG : PACKET_RECEIVED;
}

enum packet_event packet_decode(struct packet_decoder *decoder, uint8_t byte) {
    switch (decoder->state) {
    case PACKET_IDLE:
        return decode_idle(decoder, byte);
    case PACKET_BODY:
        decode_body(decoder, byte);
        return PACKET_NOTHING;
    case PACKET_ESCAPE:
        decode_escaped(decoder, byte);
        return PACKET_NOTHING;
    default:
        return decode_sum(decoder, byte);
    }
}

// ---- putting ----

static void line_put(struct packet_encoder *encoder, uint8_t byte) {
    if (encoder->length + PACKET_FRAME_SIZE > encoder->capacity) {
        encoder->too_long = true;
        return;
    }
    encoder->bytes[encoder->length++] = (char)byte;
    encoder->sum = (uint8_t)(encoder->sum + byte);
}

// How many of `left` further repeats one run length tells; 0: they are better written out.
static uint32_t run_length(uint32_t left) {
    uint32_t run = left < RUN_MOST ? left : RUN_MOST;
    if (run == RUN_OF_HASH || run == RUN_OF_DOLLAR)
        run = RUN_OF_HASH - 1;
    return run < RUN_LEAST ? 0 : run;
}

static void run_flush(struct packet_encoder *encoder) {
    uint32_t left = encoder->count;
    encoder->count = 0;
    while (left > 0) {
        line_put(encoder, encoder->repeated);
        left--;
        uint32_t run = run_length(left);
        if (run == 0)
            continue;
        line_put(encoder, '*');
        line_put(encoder, (uint8_t)(run + RUN_OFFSET));
        left -= run;
    }
}

static void body_put(struct packet_encoder *encoder, uint8_t byte) {
    if (encoder->count > 0 && encoder->repeated != byte)
        run_flush(encoder);
    encoder->repeated = byte;
    encoder->count++;
}

void packet_begin(struct packet_encoder *encoder, char *buffer, size_t capacity) {
    *encoder = (struct packet_encoder){.bytes = buffer, .capacity = capacity};
    encoder->bytes[encoder->length++] = '$';
}

void packet_put(struct packet_encoder *encoder, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        body_put(encoder, (uint8_t)text[i]);
}

static bool needs_escape(uint8_t byte) {
    return byte == '#' || byte == '$' || byte == ESCAPE || byte == '*';
}

void packet_put_binary(struct packet_encoder *encoder, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (needs_escape(at[i]))
            body_put(encoder, ESCAPE);
        body_put(encoder, needs_escape(at[i]) ? at[i] ^ ESCAPE_FLIP : at[i]);
    }
}

void packet_end(struct packet_encoder *encoder) {
    run_flush(encoder);
    encoder->bytes[encoder->length++] = '#';
    encoder->bytes[encoder->length++] = text_digit(encoder->sum >> 4);
    encoder->bytes[encoder->length++] = text_digit(encoder->sum & 0xf);
}
