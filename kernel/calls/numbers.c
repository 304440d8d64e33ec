// The system calls on numbers, those of the process and those of a thread alike.
#include "kernel/base/call.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"
#include "kernel/process/thread_numbers.h"

// The caller's, whether the process's or the thread's own.
static enum status find_rights(int32_t number, struct object **object, uint32_t *rights) {
    return number < 0 ? thread_number_find_rights(number, object, rights)
                      : number_find_rights(&process_current()->numbers, number, object, rights);
}

struct result call_number_close(int32_t number) {
    if (number < 0)
        return result_status(thread_number_close(number));
    return result_status(number_close(&process_current()->numbers, number));
}

struct result call_number_copy(int32_t number, uint32_t rights) {
    struct number_table *numbers = &process_current()->numbers;
    struct object *object;
    uint32_t had;
    enum status status = find_rights(number, &object, &had);
    if (status != STATUS_OK)
        return result_status(status);
    int32_t copy = 0;
    status = had & RIGHT_COPY ? number_insert(numbers, object, had & rights, &copy) : STATUS_NO_RIGHT;
    object_release(object);
    return result_make(status, (uint64_t)copy);
}

struct result call_number_information(int32_t number, struct user_address address) {
    struct number_information information = {0};
    struct object *object;
    enum status status = find_rights(number, &object, &information.rights);
    if (status != STATUS_OK)
        return result_status(status);
    information.id = object->id;
    information.kind = object->type->kind;
    object_release(object);
    return result_status(user_copy_out(address, &information, sizeof(information)));
}
