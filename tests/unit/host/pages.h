// Pages that travel between address spaces of the host: it knows where each one is, and nothing of page tables.
//
// Rules: a page is where a test put it (host_page_make) or where the tested sources did. What a page holds is seen through its frame.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct account;
struct process;
struct space;

// Gives the process a page of its own there, filled with `byte`; charged.
void host_page_make(struct process *process, uint64_t address, uint8_t byte);

enum host_page_state { HOST_PAGE_NONE, HOST_PAGE_THERE, HOST_PAGE_GONE };

// What is there, and its first byte where something is.
enum host_page_state host_page_at(struct process *process, uint64_t address, uint8_t *byte);

// For space.c: the space is destroyed; a range is unmapped.
void host_pages_forget(struct space *space, uint64_t address, uint64_t end);
