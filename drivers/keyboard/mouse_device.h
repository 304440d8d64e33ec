// Finding a mouse behind the controller, and having it report what it does.
#pragma once

#include "drivers/keyboard/mouse.h"

// False: no mouse answers. Keys that come meanwhile are given to `take`. `mouse` is ready then.
bool mouse_device_start(struct mouse *mouse, void (*take)(uint8_t byte));
