// A chain of pages: bytes of any number for the kernel's own keeping (a message's), without needing them to be contiguous.
#pragma once

#include "kernel/memory/user.h"

struct account;

struct chain_page {
    struct chain_page *next;
    uint8_t bytes[PAGE_SIZE - sizeof(void *)];
};

struct chain {
    struct chain_page *first;
    size_t size;
};

// Makes a chain of `size` bytes (unset), charged to `account` by pages. NO_MEMORY, LIMIT_REACHED.
enum status chain_create(struct chain *chain, struct account *account, size_t size);
void chain_destroy(struct chain *chain, struct account *account);
enum status chain_copy_in(struct chain *chain, struct user_address from);      // BAD_ADDRESS
enum status chain_copy_out(const struct chain *chain, struct user_address to); // BAD_ADDRESS
