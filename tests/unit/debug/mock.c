// The mock target.
#include "tests/unit/debug/mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug/protocol/documents.h"

struct mock mock;

static const struct debug_thread threads[] = {{1, 10}, {1, 11}, {2, 20}, {2000000000, 1}};

enum { THREADS = sizeof(threads) / sizeof(threads[0]) };

static int thread_index(const struct debug_thread *thread) {
    for (int i = 0; i < THREADS; i++)
        if (threads[i].process == thread->process && threads[i].thread == thread->thread)
            return i;
    return -1;
}

static bool thread_next(struct debug_thread *thread) {
    int next = thread->process == 0 ? 0 : thread_index(thread) + 1;
    if (next >= THREADS)
        return false;
    *thread = threads[next];
    return true;
}

static bool thread_exists(const struct debug_thread *thread) {
    return thread_index(thread) >= 0;
}

// The target's rule: nothing is asked about a thread that is not there.
static void expect_thread(const struct debug_thread *thread) {
    if (!mock.server.target->thread_exists(thread))
        abort();
}

static void thread_describe(const struct debug_thread *thread, struct writer *out) {
    expect_thread(thread);
    writer_format(out, "thread <%llu> waits", (unsigned long long)thread->thread);
}

static int thread_processor(const struct debug_thread *thread) {
    return thread->thread == 11 ? 3 : -1;
}

static void registers_read(const struct debug_thread *thread, struct register_file *file) {
    expect_thread(thread);
    *file = mock.registers;
    file->general[0] = thread->thread;
    registers_know(file, REGISTER_RAX, REGISTER_FLAGS);
}

static enum status register_write(const struct debug_thread *thread, unsigned number,
                                  const struct register_file *file) {
    expect_thread(thread);
    if (number > REGISTER_FLAGS || thread->thread == 20)
        return STATUS_NO_RIGHT;
    size_t size;
    struct register_file from = *file;
    memcpy(register_place(&mock.registers, number, &size), register_place(&from, number, &size), size);
    return STATUS_OK;
}

static size_t memory_part(uint64_t address, size_t size) {
    if (address < MOCK_BASE || address >= MOCK_BASE + MOCK_SIZE)
        return 0;
    size_t left = MOCK_BASE + MOCK_SIZE - address;
    return size < left ? size : left;
}

static size_t memory_read(const struct debug_thread *thread, uint64_t address, void *to, size_t size) {
    expect_thread(thread);
    size_t part = memory_part(address, size);
    if (part > 0)
        memcpy(to, mock.memory + (address - MOCK_BASE), part);
    return part;
}

static size_t memory_write(const struct debug_thread *thread, uint64_t address, const void *from, size_t size) {
    expect_thread(thread);
    size_t part = memory_part(address, size);
    if (part > 0)
        memcpy(mock.memory + (address - MOCK_BASE), from, part);
    return part;
}

static bool break_is_set(int index, enum debug_break kind, uint64_t address, uint32_t process) {
    return mock.breaks[index].is_set && mock.breaks[index].kind == kind && mock.breaks[index].address == address &&
           mock.breaks[index].process == process;
}

static enum status break_set(const struct debug_thread *thread, enum debug_break kind, uint64_t address,
                             uint64_t size) {
    (void)size;
    expect_thread(thread);
    if (address == MOCK_OF_PROGRAM)
        return STATUS_WRONG_TYPE;
    if (address < MOCK_BASE)
        return STATUS_BAD_ADDRESS;
    for (int i = 0; i < MOCK_BREAKS; i++)
        if (break_is_set(i, kind, address, thread->process))
            return STATUS_OK;
    for (int i = 0; i < MOCK_BREAKS; i++) {
        if (mock.breaks[i].is_set)
            continue;
        mock.breaks[i].is_set = true;
        mock.breaks[i].kind = kind;
        mock.breaks[i].address = address;
        mock.breaks[i].process = thread->process;
        return STATUS_OK;
    }
    return STATUS_LIMIT_REACHED;
}

static enum status break_clear(const struct debug_thread *thread, enum debug_break kind, uint64_t address,
                               uint64_t size) {
    (void)size;
    expect_thread(thread);
    for (int i = 0; i < MOCK_BREAKS; i++)
        if (break_is_set(i, kind, address, thread->process))
            mock.breaks[i].is_set = false;
    return STATUS_OK;
}

static void break_clear_all(void) {
    memset(mock.breaks, 0, sizeof(mock.breaks));
}

static enum status process_kill(uint32_t process) {
    if (process > 2)
        return process == 2000000000 ? STATUS_NO_RIGHT : STATUS_NOT_FOUND;
    mock.killed = process;
    return STATUS_OK;
}

static bool monitor(const struct debug_thread *thread, const char *line, struct writer *out) {
    (void)thread;
    if (strcmp(line, "long") == 0)
        for (int i = 0; i < 1000; i++)
            writer_format(out, "%d\n", i);
    else if (strcmp(line, "hello") == 0)
        writer_text(out, "good day\n");
    else
        return false;
    return true;
}

static const struct debug_document documents[] = {
    {"features", document_write_features}, {"threads", document_write_threads}, {0, 0}};

const struct debug_target mock_target = {
    .thread_next = thread_next,
    .thread_exists = thread_exists,
    .thread_describe = thread_describe,
    .thread_processor = thread_processor,
    .registers_read = registers_read,
    .register_write = register_write,
    .memory_read = memory_read,
    .memory_write = memory_write,
    .break_set = break_set,
    .break_clear = break_clear,
    .break_clear_all = break_clear_all,
    .process_kill = process_kill,
    .monitor = monitor,
    .documents = documents,
};

void mock_put(const char *bytes, size_t size) {
    if (mock.line_length + size > MOCK_LINE_SIZE)
        mock.line_length = 0;
    memcpy(mock.line + mock.line_length, bytes, size);
    mock.line_length += size;
}

void mock_start(void) {
    memset(&mock, 0, offsetof(struct mock, server));
    server_start(&mock.server, &mock_target, mock_put);
    struct debug_stop stop = {.thread = threads[0], .signal = SIGNAL_TRAP};
    server_note_stop(&mock.server, &stop);
}

void mock_clear(void) {
    mock.line_length = 0;
}

uint32_t mock_break_count(void) {
    uint32_t count = 0;
    for (int i = 0; i < MOCK_BREAKS; i++)
        count += mock.breaks[i].is_set;
    return count;
}

enum server_next mock_feed(const void *bytes, size_t size) {
    enum server_next next = SERVER_STAY;
    for (size_t i = 0; i < size; i++)
        next = server_feed(&mock.server, ((const uint8_t *)bytes)[i]);
    return next;
}

enum server_next mock_send(const char *body) {
    uint8_t sum = 0;
    for (const char *at = body; *at != 0; at++)
        sum = (uint8_t)(sum + (uint8_t)*at);
    char end[4];
    snprintf(end, sizeof(end), "#%02x", sum);
    mock_feed("$", 1);
    mock_feed(body, strlen(body));
    return mock_feed(end, 3);
}

static size_t last_packet(void) {
    size_t start = mock.line_length;
    for (size_t i = 0; i < mock.line_length; i++)
        if (mock.line[i] == '$')
            start = i + 1;
    return start;
}

const char *mock_answer(void) {
    static char body[MOCK_LINE_SIZE];
    size_t length = 0;
    for (size_t i = last_packet(); i < mock.line_length && mock.line[i] != '#'; i++) {
        if (mock.line[i] == '}')
            body[length++] = mock.line[++i] ^ 0x20;
        else if (mock.line[i] == '*')
            for (int left = mock.line[++i] - 29; left > 0; left--, length++)
                body[length] = body[length - 1];
        else
            body[length++] = mock.line[i];
    }
    body[length] = 0;
    return body;
}

const char *mock_ask(const char *body) {
    mock_clear();
    mock_send(body);
    return mock_answer();
}
