// The display's side of <parley/screen.h>: who has a place on the screen, and the drawing of what they post.
//
// Rules: one thread. A client is never waited for: each round takes of every client what it has posted, at most a ring of
// commands. Who came last lies on top.
#pragma once

#include "drivers/display/surface.h"

#include <parley/event.h>

// Registers the interface; the grant `bitmaps` gives the right to.
enum status screen_server_start(const struct surface *surface);

// To be shown each event: true if it was about a client of the screen, and is dealt with.
bool screen_server_take(const EVENT *event);

// Draws what clients have posted, one round. True: somebody had.
bool screen_server_draw(void);

// Before sleeping for events: clients that post from now on ring through the kernel. False: somebody has posted meanwhile.
bool screen_server_arm(void);

// Whether there is one client alone: nothing can lie above it.
bool screen_server_has_one_client(void);
