// Documents that every target has, for its table (target.h), and what writing others needs.
//
// Source: GDB's manual, "General Query Packets" (qXfer), "Target Description Format", "Thread List Format".
#pragma once

#include "debug/protocol/target.h"

// "target.xml": the registers.
bool document_write_features(struct server *server, const char *annex, const struct debug_thread *thread,
                             struct writer *out);

// The threads that GDB is to hear of now, with what the target says of each and the processor where it has one.
bool document_write_threads(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out);

// The process that an annex names in hex; an empty one: the thread's.
uint32_t document_process(const char *annex, const struct debug_thread *thread);

// Text of an element or an attribute: what XML keeps for itself is replaced. Ends at a 0, too.
void document_write_text(struct writer *out, const char *text, size_t size);
