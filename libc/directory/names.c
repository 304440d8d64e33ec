// The names of the system's interfaces as a table.
#include "libc/directory/names.h"

#include <string.h>

#define DIRECTORY_NAME(id, name) [id] = name,
static const char *const names[] = {DIRECTORY_LIST(DIRECTORY_NAME)};
#undef DIRECTORY_NAME

enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

const char *directory_name(uint32_t id) {
    return id < NAME_COUNT ? names[id] : NULL;
}

uint32_t directory_id(const char *name) {
    for (uint32_t id = 1; id < NAME_COUNT; id++)
        if (strcmp(names[id], name) == 0)
            return id;
    return 0;
}
