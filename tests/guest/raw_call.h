// A system call by its code and six words, as the machine sees it, and what it leaves in the registers.
#pragma once

#include "kernel/abi/types.h"

struct raw_registers {
    uint64_t rdi, rsi, r8, r9, r10, r11, rcx;
};

static inline struct result raw_call_registers(uint64_t code, const uint64_t *words, struct raw_registers *left) {
    struct result result;
    register uint64_t rdi __asm__("rdi") = words[0];
    register uint64_t rsi __asm__("rsi") = words[1];
    register uint64_t rdx __asm__("rdx") = words[2];
    register uint64_t r10 __asm__("r10") = words[3];
    register uint64_t r8 __asm__("r8") = words[4];
    register uint64_t r9 __asm__("r9") = words[5];
    register uint64_t r11 __asm__("r11");
    register uint64_t rcx __asm__("rcx");
    uint64_t rax = code;
    __asm__ volatile("syscall"
                     : "+a"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8), "+r"(r9), "=r"(r11), "=r"(rcx)
                     :
                     : "memory");
    result.status = (int64_t)rax;
    result.value = rdx;
    *left = (struct raw_registers){rdi, rsi, r8, r9, r10, r11, rcx};
    return result;
}

static inline struct result raw_call(uint64_t code, const uint64_t *words) {
    struct raw_registers left;
    return raw_call_registers(code, words, &left);
}
