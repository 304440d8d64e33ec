// What the tests of ranges and interrupt lines share.
#include "tests/unit/devices.h"

#include <string.h>

#include "kernel/base/writer.h"

struct driver driver_make(void) {
    struct driver driver = {.process = host_process("driver")};
    driver.machine = (uint64_t)host_machine_number(driver.process, RIGHT_RANGE | RIGHT_LINE);
    return driver;
}

void driver_describe(enum object_kind kind, char text[DESCRIPTION_SIZE]) {
    struct object *object = object_next(kind, 0);
    struct writer writer;
    memset(text, 0, DESCRIPTION_SIZE);
    writer_to_buffer(&writer, text, DESCRIPTION_SIZE - 1);
    object_describe(object, &writer);
    object_release(object);
}
