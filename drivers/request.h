// The server's side of a question that fits one message: taking it, whatever was sent, and answering without waiting.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Takes the message `id` into `request`, of `size` bytes; numbers that came with it are closed. A message of another size
// leaves zeros, which are no operation of any protocol of ours, and wants its answer too. False: there is no such message.
bool request_take(uint32_t id, void *request, size_t size, uint32_t *sender);

// Answers it. Who has ended, or whose queue is full, gets nothing: a driver waits for nobody.
void request_answer(uint32_t id, uint32_t sender, const void *reply, size_t size);
