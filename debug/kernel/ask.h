// Stopping at operations of communication, and what becomes of them: rules, verdicts, and what is kept for later.
//
// An operation that a rule fits stops the machine within the call that makes it, before anybody else can see what it does. The person
// then says what is to become of it, and the call goes on with that. What is dropped or kept lies here; a timer, which looks every
// millisecond while there are rules, lets it take effect, or go, outside of all locks.
// Rules: the machine stands, but for ask_look.
#pragma once

#include "debug/commands/ipc_rule.h"
#include "debug/kernel/private.h"
#include "kernel/object/trace.h"

enum { ASK_RULES = 16, ASK_KEPT = 32 };

// What a person decided. AFTER_NEXT: kept until the next operation on the same object has gone.
enum ask_decision { ASK_GO, ASK_DROP, ASK_HOLD, ASK_DELAY, ASK_DUPLICATE, ASK_AFTER_NEXT };

// Rules by number, from 1 on. 0: there is no room; false: there is none of this number.
uint32_t ask_rule_add(const struct ipc_rule *rule);
bool ask_rule_remove(uint32_t number);
const struct ipc_rule *ask_rule(uint32_t number); // null: none

// The operation at which a CPU stopped, and what it can bear (enum trace_option); null: it stopped for something else.
const struct trace_record *ask_stopped_at(uint32_t cpu, uint32_t *options);
void ask_told(uint32_t cpu); // the person has been told
// The last decision counts; `delay` in nanoseconds. False: no more can be kept.
bool ask_decide(uint32_t cpu, enum ask_decision decision, uint64_t delay);

// What is kept, by place; null: nothing there. `until`: 0: until it is released.
const struct trace_record *ask_kept(uint32_t place, uint64_t *until, bool *after_next);
bool ask_release(uint32_t place);

// From a timer: lets go what is due. True: there are rules, or something is kept.
bool ask_look(void);
