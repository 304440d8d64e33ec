// The lists that the kernel tells a part at a time, read whole: each call goes on behind the last entry.
#include "apps/native/listing.h"

#include <parley/status.h>

#include "apps/common/tool.h"

enum { PART = 64 };

static void check(enum status status, const char *what) {
    if (status < 0)
        tool_fail(what, status_text(status));
}

struct object_information *listing_objects(uint32_t kind, size_t *count) {
    struct object_information *list = NULL;
    size_t part;
    *count = 0;
    do {
        list = tool_reallocate(list, *count + PART, sizeof(*list));
        uint64_t after = *count ? list[*count - 1].id : 0;
        check(object_list(kind, after, list + *count, PART, &part), "objects");
        *count += part;
    } while (part);
    return list;
}

struct wait_information *listing_waits(size_t *count) {
    struct wait_information *list = NULL;
    size_t part;
    *count = 0;
    do {
        list = tool_reallocate(list, *count + PART, sizeof(*list));
        uint64_t after = *count ? list[*count - 1].thread : 0;
        check(wait_list(after, list + *count, PART, &part), "waits");
        *count += part;
    } while (part);
    return list;
}

struct process_information *listing_processes(size_t *count) {
    struct process_information *list = NULL;
    size_t part;
    *count = 0;
    do {
        list = tool_reallocate(list, *count + PART, sizeof(*list));
        uint32_t after = *count ? list[*count - 1].process : 0;
        check(process_list(after, list + *count, PART, &part), "processes");
        *count += part;
    } while (part);
    return list;
}
