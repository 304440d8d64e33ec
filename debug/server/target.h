// What GDB's protocol needs of the inferiors (debug/protocol/target.h).
#pragma once

#include "debug/protocol/target.h"

extern const struct debug_target server_target;
extern const struct debug_document server_documents[];
extern const struct debug_files server_files;

void server_registers_read(const struct debug_thread *id, struct register_file *file);
// Break points of the inferiors (breaks.c).
enum status server_break_set(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size);
enum status server_break_clear(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size);
void server_breaks_clear_all(void);

enum status server_register_write(const struct debug_thread *id, unsigned number, const struct register_file *file);
