// The calls of pagers: memory whose pages come by link, and what a memory daemon answers.
#include "ipc/pager.h"

#include "kernel/base/call.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space.h"
#include "kernel/object/account.h"

// Everything that can fail was done when the link's number is closed.
static enum status create_with(const struct pager_create *wish, struct link_end *end, int32_t *number) {
    struct process *process = process_current();
    struct memory *memory;
    enum status status = number_reserve(&process->numbers, number);
    if (status != STATUS_OK)
        return status;
    status = pager_make(process, wish, end, &memory);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, *number);
        return status;
    }
    number_insert_reserved(&process->numbers, *number, &memory->object, memory_type.rights);
    object_release(&memory->object);
    number_close(&process->numbers, wish->link);
    return STATUS_OK;
}

struct result call_pager_create(struct user_address address) {
    struct pager_create wish;
    struct object *object;
    int32_t number = 0;
    enum status status = user_copy_in(&wish, address, sizeof(wish));
    if (status == STATUS_OK)
        status = number_find(&process_current()->numbers, wish.link, OBJECT_LINK, RIGHT_SEND, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = create_with(&wish, (struct link_end *)object, &number);
    object_release(object);
    return result_make(status, (uint64_t)number);
}

static enum status paged_find(int32_t number, struct object **object, struct pager **pager) {
    enum status status = number_find(&process_current()->numbers, number, OBJECT_SHARED_MEMORY, RIGHT_MANAGE, object);
    if (status != STATUS_OK)
        return status;
    *pager = pager_of((struct memory *)*object);
    if (*pager != 0)
        return STATUS_OK;
    object_release(*object);
    return STATUS_INVALID_ARGUMENT;
}

// The copy is made before any lock is taken: the daemon's buffer may fault itself.
static enum status supply(struct pager *pager, uint64_t page, struct user_address from) {
    struct account *account = pager->memory->object.account;
    uint64_t physical;
    if (page >= pager->memory->pages)
        return STATUS_INVALID_ARGUMENT;
    enum status status = frame_allocate(account, 0, &physical);
    if (status != STATUS_OK)
        return status;
    status = user_copy_in(physical_pointer(physical), from, PAGE_SIZE);
    if (status == STATUS_OK)
        status = pager_give(pager, page, physical);
    if (status != STATUS_OK)
        frame_release(account, physical);
    return status;
}

struct result call_pager_supply(int32_t number, uint64_t page, struct user_address from) {
    struct object *object;
    struct pager *pager;
    enum status status = paged_find(number, &object, &pager);
    if (status != STATUS_OK)
        return result_status(status);
    status = supply(pager, page, from);
    object_release(object);
    return result_status(status);
}

static enum status fetch(struct pager *pager, uint64_t page, struct user_address to, bool *written) {
    uint64_t physical;
    enum status status = memory_page_fetch(pager->memory, page, &physical, written);
    if (status != STATUS_OK)
        return status;
    if (*written)
        space_write_protect_everywhere(pager->memory, page);
    status = user_copy_out(to, physical_pointer(physical), PAGE_SIZE);
    if (status != STATUS_OK && *written)
        memory_note_written(pager->memory, page); // nobody was told
    frame_release(pager->memory->object.account, physical);
    return status;
}

struct result call_pager_fetch(int32_t number, uint64_t page, struct user_address to) {
    struct object *object;
    struct pager *pager;
    bool written = false;
    enum status status = paged_find(number, &object, &pager);
    if (status != STATUS_OK)
        return result_status(status);
    status = fetch(pager, page, to, &written);
    object_release(object);
    return result_make(status, written);
}

struct result call_pager_refuse(int32_t number, uint64_t page) {
    struct object *object;
    struct pager *pager;
    enum status status = paged_find(number, &object, &pager);
    if (status != STATUS_OK)
        return result_status(status);
    if (page < pager->memory->pages)
        pager_answer(pager, page, STATUS_DENIED);
    else
        status = STATUS_INVALID_ARGUMENT;
    object_release(object);
    return result_status(status);
}
