// Unit tests of the packets' frames: checksums, escapes, run lengths, what is lost and sent again.
#include "debug/protocol/packet.h"

#include <criterion/criterion.h>
#include <string.h>

static char buffer[64];
static struct packet_decoder decoder;

static enum packet_event feed(const char *bytes) {
    enum packet_event event = PACKET_NOTHING;
    for (; *bytes != 0; bytes++)
        event = packet_decode(&decoder, (uint8_t)*bytes);
    return event;
}

static void start(void) {
    packet_decoder_start(&decoder, buffer, sizeof(buffer));
}

TestSuite(packet, .init = start);

Test(packet, with_a_right_checksum_is_received) {
    cr_assert_eq(feed("$m1000,4#8e"), PACKET_RECEIVED);
    cr_assert_eq(decoder.length, 7);
    cr_assert_arr_eq(buffer, "m1000,4", 7);
}

Test(packet, with_a_wrong_checksum_is_damaged_and_the_next_is_received) {
    cr_assert_eq(feed("$m1000,4#8f"), PACKET_DAMAGED);
    cr_assert_eq(feed("$g#67"), PACKET_RECEIVED);
}

Test(packet, with_a_checksum_that_is_no_number_is_damaged) {
    cr_assert_eq(feed("$g#6"), PACKET_NOTHING);
    cr_assert_eq(feed("x"), PACKET_DAMAGED);
}

Test(packet, that_is_cut_off_by_another_gives_way_to_it) {
    cr_assert_eq(feed("$m10$g#67"), PACKET_RECEIVED);
    cr_assert_eq(decoder.length, 1);
}

Test(packet, signs_between_packets_are_told_and_noise_is_not) {
    cr_assert_eq(feed("+"), PACKET_ACCEPTED);
    cr_assert_eq(feed("-"), PACKET_RESEND);
    cr_assert_eq(feed("\x03"), PACKET_BREAK);
    cr_assert_eq(feed("noise"), PACKET_NOTHING);
}

Test(packet, escapes_are_undone_and_count_in_the_checksum) {
    cr_assert_eq(feed("$}\x03#80"), PACKET_RECEIVED);
    cr_assert_eq(decoder.length, 1);
    cr_assert_eq(buffer[0], '#');
}

Test(packet, a_break_inside_a_packet_is_one_of_its_bytes) {
    cr_assert_eq(feed("$\x03#03"), PACKET_RECEIVED);
    cr_assert_eq(decoder.length, 1);
}

Test(packet, longer_than_the_buffer_is_told_as_such_and_writes_nothing_beyond) {
    char tail = buffer[sizeof(buffer) - 1];
    packet_decoder_start(&decoder, buffer, sizeof(buffer) - 1);
    uint8_t sum = 0;
    feed("$");
    for (int i = 0; i < 200; i++, sum = (uint8_t)(sum + 'a'))
        feed("a");
    char end[4] = {'#', "0123456789abcdef"[sum >> 4], "0123456789abcdef"[sum & 15], 0};
    cr_assert_eq(feed(end), PACKET_TOO_LONG);
    cr_assert_eq(buffer[sizeof(buffer) - 1], tail);
}

// ---- putting ----

static char line[64];
static struct packet_encoder encoder;

static const char *encode(const void *bytes, size_t size) {
    packet_begin(&encoder, line, sizeof(line) - 1);
    packet_put_binary(&encoder, bytes, size);
    packet_end(&encoder);
    line[encoder.length] = 0;
    return line;
}

Test(packet, is_put_with_its_checksum) {
    cr_assert_str_eq(encode("OK", 2), "$OK#9a");
}

Test(packet, special_bytes_are_escaped) {
    cr_assert_str_eq(encode("#$}*", 4), "$}\x03}\x04}]}\x0a#62");
}

Test(packet, repeats_become_run_lengths) {
    cr_assert_str_eq(encode("0000", 4), "$0* #7a");
    cr_assert_str_eq(encode("000", 3), "$000#90");
}

Test(packet, a_run_is_never_told_by_the_characters_that_frame_packets) {
    for (size_t length = 1; length < 250; length++) {
        char zeros[256];
        memset(zeros, '0', sizeof(zeros));
        const char *text = encode(zeros, length);
        size_t told = 0;
        for (const char *at = text + 1; at < text + encoder.length - 3; at++) {
            cr_assert(*at >= ' ' && *at <= '~' && *at != '#' && *at != '$', "length %zu", length);
            told += *at == '*' ? (size_t)(*++at - 29) : 1;
        }
        cr_assert_eq(told, length);
    }
}

Test(packet, that_does_not_fit_says_so) {
    char text[100];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    encode(text, sizeof(text));
    cr_assert(encoder.too_long);
    cr_assert_leq(encoder.length, sizeof(line) - 1);
}
