// Checking and running GDB's agent expressions.
#include "debug/protocol/agent.h"

#include "kernel/base/string.h"

enum { OPERATIONS = 0x34, BYTE_BITS = 8, WORD_BITS = 64 };

struct agent {
    const uint8_t *code;
    size_t size, at;
    const struct debug_target *target;
    const struct debug_thread *thread;
    uint64_t stack[AGENT_STACK];
    uint32_t depth;
    bool is_over;
};

// What an instruction takes from the stack, all at once, and puts there instead: at most one value, but for those that do it themselves.
struct operation {
    enum status (*run)(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result);
    uint8_t operand; // bytes behind it, the most significant first
    uint8_t takes;
    uint8_t does; // enum operation_effect
};

enum operation_effect {
    EFFECT_NONE,
    GIVES = 1 << 0, // a value
    JUMPS = 1 << 1, // to its operand
    ENDS = 1 << 2,  // what stands behind it is not reached from it
};

// ---- arithmetic; taken[0] lay below taken[1] ----

#define BINARY(name, expression)                                                                                       \
    static enum status name(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {          \
        uint64_t a = taken[0], b = taken[1];                                                                           \
        (void)agent, (void)operand;                                                                                    \
        *result = (expression);                                                                                        \
        return STATUS_OK;                                                                                              \
    }

// Shifts by as much as there is, or more, leave nothing but the sign.
static uint64_t shift_right_signed(uint64_t value, uint64_t count) {
    uint64_t sign = (int64_t)value < 0 ? UINT64_MAX : 0;
    if (count == 0)
        return value;
    return count >= WORD_BITS ? sign : value >> count | sign << (WORD_BITS - count);
}

BINARY(run_add, a + b)
BINARY(run_subtract, a - b)
BINARY(run_multiply, a *b)
BINARY(run_shift_left, b < WORD_BITS ? a << b : 0)
BINARY(run_shift_right_signed, shift_right_signed(a, b))
BINARY(run_shift_right, b < WORD_BITS ? a >> b : 0)
BINARY(run_and, a &b)
BINARY(run_or, a | b)
BINARY(run_xor, a ^ b)
BINARY(run_equal, a == b)
BINARY(run_less_signed, (int64_t)a < (int64_t)b)
BINARY(run_less, a < b)

#undef BINARY

static enum status divide(const uint64_t *taken, bool is_signed, uint64_t *quotient, uint64_t *rest) {
    uint64_t a = taken[0], b = taken[1];
    if (b == 0)
        return STATUS_INVALID_ARGUMENT;
    bool below = is_signed && (int64_t)a < 0, by_below = is_signed && (int64_t)b < 0;
    uint64_t size = below ? 0 - a : a, by = by_below ? 0 - b : b;
    *quotient = below != by_below ? 0 - size / by : size / by;
    *rest = below ? 0 - size % by : size % by;
    return STATUS_OK;
}

static enum status run_divide_signed(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    uint64_t rest;
    (void)agent, (void)operand;
    return divide(taken, true, result, &rest);
}

static enum status run_divide(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    uint64_t rest;
    (void)agent, (void)operand;
    return divide(taken, false, result, &rest);
}

static enum status run_rest_signed(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    uint64_t quotient;
    (void)agent, (void)operand;
    return divide(taken, true, &quotient, result);
}

static enum status run_rest(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    uint64_t quotient;
    (void)agent, (void)operand;
    return divide(taken, false, &quotient, result);
}

static enum status run_not(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)agent, (void)operand;
    *result = taken[0] == 0;
    return STATUS_OK;
}

static enum status run_complement(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)agent, (void)operand;
    *result = ~taken[0];
    return STATUS_OK;
}

static enum status run_extend_zero(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)agent;
    *result = operand >= WORD_BITS ? taken[0] : taken[0] & ((UINT64_C(1) << operand) - 1);
    return STATUS_OK;
}

static enum status run_extend(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    run_extend_zero(agent, taken, operand, result);
    if (operand > 0 && operand < WORD_BITS && (*result >> (operand - 1) & 1) != 0)
        *result |= UINT64_MAX << operand;
    return STATUS_OK;
}

// ---- constants, registers, memory ----

static enum status run_constant(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)agent, (void)taken;
    *result = operand;
    return STATUS_OK;
}

static enum status run_register(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    static struct register_file file;
    size_t size;
    (void)taken;
    if (operand >= REGISTER_COUNT)
        return STATUS_BAD_ADDRESS;
    memset(&file, 0, sizeof(file));
    agent->target->registers_read(agent->thread, &file);
    const void *place = register_place(&file, (unsigned)operand, &size);
    if (!file.known[operand] || size > sizeof(*result))
        return STATUS_BAD_ADDRESS;
    *result = 0;
    memcpy(result, place, size);
    return STATUS_OK;
}

static enum status read_memory(const struct agent *agent, uint64_t address, size_t size, uint64_t *result) {
    *result = 0;
    return agent->target->memory_read(agent->thread, address, result, size) == size ? STATUS_OK : STATUS_BAD_ADDRESS;
}

static enum status run_read_8(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    return read_memory(agent, taken[0], sizeof(uint8_t), result);
}

static enum status run_read_16(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    return read_memory(agent, taken[0], sizeof(uint16_t), result);
}

static enum status run_read_32(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    return read_memory(agent, taken[0], sizeof(uint32_t), result);
}

static enum status run_read_64(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    return read_memory(agent, taken[0], sizeof(uint64_t), result);
}

// ---- the way, and the stack ----

static enum status run_go(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)taken, (void)result;
    agent->at = operand;
    return STATUS_OK;
}

static enum status run_go_if(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)result;
    if (taken[0] != 0)
        agent->at = operand;
    return STATUS_OK;
}

static enum status run_end(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)taken, (void)operand, (void)result;
    agent->is_over = true;
    return STATUS_OK;
}

static enum status run_drop(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)agent, (void)taken, (void)operand, (void)result;
    return STATUS_OK;
}

// The value that lies `operand` below the top, once more.
static enum status run_pick(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)taken;
    if (operand >= agent->depth)
        return STATUS_INVALID_ARGUMENT;
    *result = agent->stack[agent->depth - 1 - operand];
    return STATUS_OK;
}

static enum status run_swap(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    uint64_t top = taken[1];
    *result = taken[0];
    agent->stack[agent->depth++] = top; // in the room of the two that were taken
    return STATUS_OK;
}

// a b c, c on top: c a b.
static enum status run_rotate(struct agent *agent, const uint64_t *taken, uint64_t operand, uint64_t *result) {
    (void)operand;
    uint64_t a = taken[0], b = taken[1], c = taken[2];
    agent->stack[agent->depth++] = c;
    agent->stack[agent->depth++] = a;
    *result = b;
    return STATUS_OK;
}

// By the numbers of GDB's manual.
static const struct operation operations[OPERATIONS] = {
    [0x02] = {run_add, 0, 2, GIVES},
    [0x03] = {run_subtract, 0, 2, GIVES},
    [0x04] = {run_multiply, 0, 2, GIVES},
    [0x05] = {run_divide_signed, 0, 2, GIVES},
    [0x06] = {run_divide, 0, 2, GIVES},
    [0x07] = {run_rest_signed, 0, 2, GIVES},
    [0x08] = {run_rest, 0, 2, GIVES},
    [0x09] = {run_shift_left, 0, 2, GIVES},
    [0x0a] = {run_shift_right_signed, 0, 2, GIVES},
    [0x0b] = {run_shift_right, 0, 2, GIVES},
    [0x0e] = {run_not, 0, 1, GIVES},
    [0x0f] = {run_and, 0, 2, GIVES},
    [0x10] = {run_or, 0, 2, GIVES},
    [0x11] = {run_xor, 0, 2, GIVES},
    [0x12] = {run_complement, 0, 1, GIVES},
    [0x13] = {run_equal, 0, 2, GIVES},
    [0x14] = {run_less_signed, 0, 2, GIVES},
    [0x15] = {run_less, 0, 2, GIVES},
    [0x16] = {run_extend, 1, 1, GIVES},
    [0x17] = {run_read_8, 0, 1, GIVES},
    [0x18] = {run_read_16, 0, 1, GIVES},
    [0x19] = {run_read_32, 0, 1, GIVES},
    [0x1a] = {run_read_64, 0, 1, GIVES},
    [0x20] = {run_go_if, 2, 1, JUMPS},
    [0x21] = {run_go, 2, 0, JUMPS | ENDS},
    [0x22] = {run_constant, 1, 0, GIVES},
    [0x23] = {run_constant, 2, 0, GIVES},
    [0x24] = {run_constant, 4, 0, GIVES},
    [0x25] = {run_constant, 8, 0, GIVES},
    [0x26] = {run_register, 2, 0, GIVES},
    [0x27] = {run_end, 0, 0, ENDS},
    [0x28] = {run_pick, 0, 0, GIVES}, // dup: what lies on top
    [0x29] = {run_drop, 0, 1, EFFECT_NONE},
    [0x2a] = {run_extend_zero, 1, 1, GIVES},
    [0x2b] = {run_swap, 0, 2, GIVES},
    [0x32] = {run_pick, 1, 0, GIVES},
    [0x33] = {run_rotate, 0, 3, GIVES},
};

// ---- reading ----

// The instruction at `at`, which moves behind it; null: there is none, or it is cut off.
static const struct operation *fetch(const uint8_t *code, size_t size, size_t *at, uint64_t *operand) {
    if (*at >= size || code[*at] >= OPERATIONS)
        return 0;
    const struct operation *operation = &operations[code[(*at)++]];
    if (operation->run == 0 || size - *at < operation->operand)
        return 0;
    *operand = 0;
    for (uint32_t i = 0; i < operation->operand; i++)
        *operand = *operand << BYTE_BITS | code[(*at)++];
    return operation;
}

static void mark(uint8_t *marks, uint64_t place) {
    marks[place / BYTE_BITS] |= (uint8_t)(1u << (place % BYTE_BITS));
}

enum status agent_check(const uint8_t *code, size_t size) {
    uint8_t begins[AGENT_CODE_MAX / BYTE_BITS] = {0}, wanted[AGENT_CODE_MAX / BYTE_BITS] = {0};
    const struct operation *operation = 0;
    uint64_t operand;
    if (size == 0 || size > AGENT_CODE_MAX)
        return STATUS_INVALID_ARGUMENT;
    for (size_t at = 0; at < size;) {
        mark(begins, at);
        operation = fetch(code, size, &at, &operand);
        if (operation == 0 || ((operation->does & JUMPS) && operand >= size))
            return STATUS_INVALID_ARGUMENT;
        if (operation->does & JUMPS)
            mark(wanted, operand);
    }
    for (size_t i = 0; i < sizeof(begins); i++)
        if (wanted[i] & ~begins[i])
            return STATUS_INVALID_ARGUMENT;
    return operation->does & ENDS ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

// ---- running ----

static enum status step(struct agent *agent) {
    uint64_t operand, result = 0;
    const struct operation *operation = fetch(agent->code, agent->size, &agent->at, &operand);
    if (operation == 0 || agent->depth < operation->takes)
        return STATUS_INVALID_ARGUMENT;
    if (agent->depth - operation->takes + 1 > AGENT_STACK && (operation->does & GIVES))
        return STATUS_INVALID_ARGUMENT;
    agent->depth -= operation->takes;
    enum status status = operation->run(agent, &agent->stack[agent->depth], operand, &result);
    if (status == STATUS_OK && (operation->does & GIVES))
        agent->stack[agent->depth++] = result;
    return status;
}

enum status agent_run(const uint8_t *code, size_t size, const struct debug_target *target,
                      const struct debug_thread *thread, uint64_t *value) {
    struct agent agent = {.code = code, .size = size, .target = target, .thread = thread};
    for (uint32_t i = 0; i < AGENT_STEPS; i++) {
        enum status status = step(&agent);
        if (status != STATUS_OK)
            return status;
        if (!agent.is_over)
            continue;
        if (agent.depth == 0)
            return STATUS_INVALID_ARGUMENT;
        *value = agent.stack[agent.depth - 1];
        return STATUS_OK;
    }
    return STATUS_LIMIT_REACHED;
}
