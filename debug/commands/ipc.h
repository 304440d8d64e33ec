// What other commands need of those on operations of communication.
#pragma once

#include "debug/commands/commands.h"

// `break ipc RULE`, `delete ipc [NUMBER]`.
void command_break_ipc(const struct command_call *call);
void command_delete_ipc(const struct command_call *call);

// The rules that are set; false: none.
bool command_write_rules(struct writer *out);

// Says as a sentence at which operation a CPU stopped; false: at none.
bool command_tell_operation(struct writer *out, const struct debug_stop *stop);
