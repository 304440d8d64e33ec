// A small target for tests of the protocol: three processes, a page of memory, and a line that keeps what was put on it.
#pragma once

#include "debug/protocol/server.h"

enum { MOCK_BASE = 0x1000, MOCK_SIZE = 0x1000, MOCK_BREAKS = 4, MOCK_LINE_SIZE = 1 << 16 };

struct mock {
    struct server server;
    uint8_t memory[MOCK_SIZE];
    struct register_file registers;
    struct {
        bool is_set;
        enum debug_break kind;
        uint64_t address;
        uint32_t process;
    } breaks[MOCK_BREAKS];
    uint32_t killed;
    char line[MOCK_LINE_SIZE]; // what the stub has put since mock_clear
    size_t line_length;
};

extern struct mock mock;

void mock_start(void);
void mock_clear(void);
uint32_t mock_break_count(void);

// Puts bytes on the line as they are, and says what the last one led to.
enum server_next mock_feed(const void *bytes, size_t size);

// Sends a packet with this body and says what the stub is to do next.
enum server_next mock_send(const char *body);

// The body of the last packet on the line, run lengths and escapes undone; ended by 0.
const char *mock_answer(void);

// mock_send and mock_answer.
const char *mock_ask(const char *body);
