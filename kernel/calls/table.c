// The table of system calls, made from the one list in kernel/abi/calls.h.
#include "kernel/base/call.h"

static struct result call_unknown(void) {
    return result_status(STATUS_NO_CALL);
}

// A function of another signature sits in the table; the entry code calls it with the registers the signature asks for.
#define CALL(code, name, value, parameters) [code] = (call_function *)(void *)call_##name,
call_function *const call_table[CALL_LIMIT] = {
    [0 ... CALL_LIMIT - 1] = call_unknown,
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"
#include "kernel/abi/calls.h"
#pragma clang diagnostic pop
};
#undef CALL

#define CALL(code, name, value, parameters) [code] = #name,
static const char *const call_names[CALL_LIMIT] = {
#include "kernel/abi/calls.h"
};
#undef CALL

const char *call_name(uint32_t code) {
    return code < CALL_LIMIT ? call_names[code] : 0;
}
