// Small programs made by tests themselves: an ELF image of one page of text, for what must be seen before libc runs.
#pragma once

#include "tests/guest/guest.h"

enum { GUEST_IMAGE_PAGES = 3, GUEST_IMAGE_TEXT = PAGE_SIZE };

// Writes a sound image of GUEST_IMAGE_PAGES pages with this text, which is entered at its first byte.
void guest_image_write(uint8_t *bytes, const void *text, size_t size);

// Makes such an image, has `damage` (may be null) change it, and starts it. With OK *end tells how it ended.
enum status guest_image_run(const void *text, size_t size, void (*damage)(uint8_t *bytes), struct process_end *end);
