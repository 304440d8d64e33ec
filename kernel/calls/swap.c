// System calls of the swap area: begun, pages taken out for it, and answers to those that wait for memory.
#include "kernel/memory/swap.h"

#include "kernel/base/call.h"
#include "kernel/memory/frame.h"
#include "kernel/object/machine.h"
#include "kernel/process/process.h"

static enum status paged_find(int32_t number, struct object **object) {
    enum status status = number_find(&process_current()->numbers, number, OBJECT_SHARED_MEMORY, RIGHT_MANAGE, object);
    if (status != STATUS_OK || object_as_memory(*object)->source != 0)
        return status;
    object_release(*object);
    return STATUS_INVALID_ARGUMENT;
}

static enum status area_find(int32_t number, struct object **object) {
    enum status status = paged_find(number, object);
    if (status != STATUS_OK || object_as_memory(*object) == swap_memory())
        return status;
    object_release(*object);
    return STATUS_INVALID_ARGUMENT;
}

struct result call_swap_begin(int32_t machine, int32_t number) {
    struct object *object;
    enum status status = machine_right_check(process_current(), machine, RIGHT_SWAP);
    if (status == STATUS_OK)
        status = paged_find(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = swap_begin(object_as_memory(object));
    object_release(object);
    return result_status(status);
}

// What could not be handed out goes into the area itself, where its program finds it. It should not come to that: who calls gives a
// buffer that is there.
static void page_keep(struct memory *memory, uint64_t place, uint64_t physical) {
    struct account *account = memory->object.account;
    if (account_charge(account, ACCOUNT_MEMORY_PAGES, 1) == STATUS_OK &&
        memory_page_put(memory, place, physical) != STATUS_OK)
        frame_release(account, physical);
    memory->source->answer(memory->source, place, STATUS_OK);
}

static enum status take_out(struct memory *memory, struct user_address to, uint64_t *place) {
    uint64_t physical;
    enum status status = user_touch(to, PAGE_SIZE, true);
    if (status == STATUS_OK)
        status = swap_take_out(place, &physical);
    if (status != STATUS_OK)
        return status;
    status = user_copy_out(to, physical_pointer(physical), PAGE_SIZE);
    if (status == STATUS_OK)
        frame_drop(physical); // its program stays charged
    else
        page_keep(memory, *place, physical);
    return status;
}

struct result call_swap_out(int32_t number, struct user_address to) {
    struct object *object;
    uint64_t place = 0;
    enum status status = area_find(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = take_out(object_as_memory(object), to, &place);
    object_release(object);
    return result_make(status, place);
}

struct result call_swap_answer(int32_t number, uint32_t found) {
    struct object *object;
    enum status status = found <= 1 ? area_find(number, &object) : STATUS_INVALID_ARGUMENT;
    if (status != STATUS_OK)
        return result_status(status);
    struct memory *memory = object_as_memory(object);
    memory->source->answer(memory->source, swap_room(memory), found ? STATUS_OK : STATUS_NO_MEMORY);
    object_release(object);
    return result_ok(0);
}
