// A small target for tests of the protocol: three processes, a page of memory, and a line that keeps what was put on it. Another
// has processes that come and go, none at the start, with the same memory.
#pragma once

#include "debug/protocol/server.h"

enum {
    MOCK_OF_PROGRAM = 0x20, // a program's address, where the mock plays the kernel
    MOCK_BASE = 0x1000,
    MOCK_SIZE = 0x1000,
    MOCK_BREAKS = 4,
    MOCK_LINE_SIZE = 1 << 16,
    MOCK_PROCESSES = 3, // at a time
    MOCK_ARGUMENTS_SIZE = 1 << 13,
    MOCK_FILE_SIZE = 64,
};

struct mock_process {
    uint32_t id; // 0: a free place
    bool is_attached;
};

struct mock {
    uint8_t memory[MOCK_SIZE];
    struct register_file registers;
    struct {
        bool is_set;
        enum debug_break kind;
        uint64_t address;
        uint32_t process;
    } breaks[MOCK_BREAKS];
    uint32_t killed;
    struct mock_process processes[MOCK_PROCESSES]; // of mock_start_processes
    uint32_t last_run;
    bool is_file; // /file is there; of mock_start_processes, as is all that follows
    bool is_open;
    size_t file_size;
    uint8_t file[MOCK_FILE_SIZE];
    char arguments[MOCK_ARGUMENTS_SIZE]; // of the last run, each ended by a newline
    size_t line_length;
    struct server server;      // from here on nothing is cleared before a test:
    char line[MOCK_LINE_SIZE]; // what the stub has put since mock_clear
};

extern struct mock mock;

extern const struct debug_target mock_target;

void mock_start(void);

// As a server that waits for GDB to choose. Programs: /bin/none, /bin/broken are none, others run as process 100, 101, ... with
// threads id * 16 and id * 16 + 1. One file can be there, /file, and be opened once, as number 3. Process 1 to 9 may be attached to; 10 is not ours, 11 the server, 12 has ended.
void mock_start_processes(void);

// How many there are; and the first one's end, which GDB is told.
uint32_t mock_process_count(void);
void mock_process_end(enum debug_end end, uint32_t code);

void mock_clear(void);
void mock_put(const char *bytes, size_t size); // the line
uint32_t mock_break_count(void);

// Puts bytes on the line as they are, and says what the last one led to.
enum server_next mock_feed(const void *bytes, size_t size);

// Sends a packet with this body and says what the stub is to do next.
enum server_next mock_send(const char *body);

// The body of the last packet on the line, run lengths and escapes undone; ended by 0.
const char *mock_answer(void);

// mock_send and mock_answer.
const char *mock_ask(const char *body);
