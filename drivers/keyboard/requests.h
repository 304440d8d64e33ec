// What programs ask of the keyboard's driver (<parley/keyboard.h>).
//
// Rules: for one thread, which need not be the one that decodes: the layout changes as one word.
#pragma once

#include "drivers/keyboard/decoder.h"

// The layout that the kernel's command line names, else us.
const struct layout *requests_layout_at_boot(void);

// Answers the message with this id.
void requests_answer(struct decoder *decoder, uint32_t id);
