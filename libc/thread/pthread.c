// The threads of POSIX: names for Parley's own.
#include <errno.h>
#include <parley/status.h>
#include <parley/thread.h>
#include <pthread.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*entry)(void *), void *argument) {
    struct thread_options options = {.stack_size = attributes ? attributes->stack_size : 0};
    enum status status = thread_start(entry, argument, &options, thread);
    if (status < 0)
        return status == STATUS_LIMIT_REACHED ? EAGAIN : status_errno(status);
    if (attributes && attributes->is_detached)
        thread_detach(*thread);
    return 0;
}

int pthread_join(pthread_t thread, void **result) {
    return status_errno(thread_join(thread, result));
}

int pthread_detach(pthread_t thread) {
    thread_detach(thread);
    return 0;
}

void pthread_exit(void *result) {
    thread_finish(result);
}

pthread_t pthread_self(void) {
    return thread_self();
}

int pthread_equal(pthread_t a, pthread_t b) {
    return a == b;
}

int pthread_attr_init(pthread_attr_t *attributes) {
    *attributes = (pthread_attr_t){0};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attributes) {
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size) {
    attributes->stack_size = size;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attributes, int state) {
    attributes->is_detached = state == PTHREAD_CREATE_DETACHED;
    return 0;
}
