// Numbers of one thread: an ordinary table with the sign turned, and a look at whose the object is.
#include "kernel/process/thread_numbers.h"

#include "kernel/memory/heap.h"
#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

static struct number_table *table_of(struct process *process) {
    return __atomic_load_n(&process->thread_numbers, __ATOMIC_ACQUIRE);
}

static bool is_own(const struct object *object, const struct thread *thread) {
    return object->type->thread_of != 0 && object->type->thread_of(object) == thread;
}

// Two threads may make the table at once: the first one stays.
static enum status table_make(struct process *process) {
    struct number_table *none = 0, *made = heap_allocate(sizeof(struct number_table));
    if (made == 0)
        return STATUS_NO_MEMORY;
    number_table_start(made, process->account);
    if (!__atomic_compare_exchange_n(&process->thread_numbers, &none, made, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        number_table_free(made);
        heap_free(made);
    }
    return STATUS_OK;
}

enum status thread_number_reserve(int32_t *number) {
    struct process *process = process_current();
    enum status status = table_of(process) == 0 ? table_make(process) : STATUS_OK;
    if (status == STATUS_OK)
        status = number_reserve(table_of(process), number);
    if (status == STATUS_OK)
        *number = -*number;
    return status;
}

void thread_number_insert_reserved(int32_t number, struct object *object, uint32_t rights) {
    number_insert_reserved(table_of(process_current()), -number, object, rights);
}

void thread_number_unreserve(int32_t number) {
    number_unreserve(table_of(process_current()), -number);
}

static struct number_table *table_with(int32_t number) {
    return number < 0 && number != INT32_MIN ? table_of(process_current()) : 0;
}

enum status thread_number_find_rights(int32_t number, struct object **object, uint32_t *rights) {
    struct number_table *table = table_with(number);
    if (table == 0)
        return STATUS_BAD_NUMBER;
    enum status status = number_find_rights(table, -number, object, rights);
    if (status == STATUS_OK && !is_own(*object, thread_current())) {
        object_release(*object);
        status = STATUS_BAD_NUMBER;
    }
    return status;
}

enum status thread_number_find(int32_t number, enum object_kind kind, uint32_t rights, struct object **object) {
    uint32_t had;
    enum status status = thread_number_find_rights(number, object, &had);
    if (status != STATUS_OK)
        return status;
    if (kind != OBJECT_ANY && (*object)->type->kind != kind)
        status = STATUS_WRONG_TYPE;
    else if ((had & rights) != rights)
        status = STATUS_NO_RIGHT;
    if (status != STATUS_OK)
        object_release(*object);
    return status;
}

enum status thread_number_close(int32_t number) {
    struct object *object;
    uint32_t rights;
    enum status status = thread_number_find_rights(number, &object, &rights);
    if (status != STATUS_OK)
        return status;
    status = number_close(table_with(number), -number);
    object_release(object);
    return status;
}

void thread_numbers_close_all(struct thread *thread) {
    struct number_table *table = table_of(thread->process);
    struct number_entry entry;
    uint32_t index = 0;
    while (table != 0 && number_next(table, OBJECT_ANY, &index, &entry)) {
        if (is_own(entry.object, thread))
            number_close(table, entry.number);
        object_release(entry.object);
    }
}

void thread_numbers_free(struct process *process) {
    if (process->thread_numbers == 0)
        return;
    number_table_free(process->thread_numbers);
    heap_free(process->thread_numbers);
}
