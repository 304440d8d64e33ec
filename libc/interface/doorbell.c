// Doorbells and exchanges: the part that enters the kernel, which is sleeping and waking alone.
#include <parley/interface.h>

void doorbell_wake(struct doorbell *bell) {
    __atomic_store_n(&bell->sleeps, 0, __ATOMIC_SEQ_CST);
    futex_wake(&bell->rung, UINT32_MAX, NULL);
}

enum status doorbell_wait(struct doorbell *bell, uint32_t seen, uint64_t deadline) {
    while (doorbell_read(bell) == seen) {
        __atomic_store_n(&bell->sleeps, 1, __ATOMIC_SEQ_CST);
        enum status status = futex_wait(&bell->rung, seen, deadline);
        if (status < 0)
            return status;
    }
    return STATUS_OK;
}

enum status exchange_call(struct exchange *exchange, const void *request, void *reply, uint64_t deadline) {
    uint32_t seen = exchange_ask(exchange, request);
    while (!exchange_take_reply(exchange, seen, reply)) {
        enum status status = doorbell_wait(&exchange->answered, seen, deadline);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status exchange_next(struct exchange *exchange, uint32_t *seen, void *request, uint64_t deadline) {
    while (!exchange_take(exchange, seen, request)) {
        enum status status = doorbell_wait(&exchange->asked, *seen, deadline);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
