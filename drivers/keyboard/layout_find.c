// Looking up a layout by its name.
#include "drivers/keyboard/layout.h"

#include <stddef.h>
#include <string.h>

const struct layout *layout_find(const char *name) {
    for (uint32_t i = 0; i < layout_count; i++) {
        if (strcmp(layouts[i].name, name) == 0) {
            return &layouts[i];
        }
    }
    return NULL;
}
