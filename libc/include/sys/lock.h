/* Locks of the C library itself, in the shape that newlib's sources ask for; Parley's own take no memory to make.
   Rules: a lock of zeros is free, so static locks need no start. Both kinds are recursive. No call may sleep in the
   kernel with a lock held but the library's own writes to a stream. */
#ifndef __SYS_LOCK_H__
#define __SYS_LOCK_H__

struct library_lock {
    unsigned int state; /* 0 free, 1 held, 2 held and somebody sleeps: the futex word */
    unsigned int depth; /* how often the holder holds it */
    void *owner;        /* control block of the holder, null while free */
};

typedef struct library_lock _LOCK_T;
typedef struct library_lock _LOCK_RECURSIVE_T;

void library_lock_acquire(struct library_lock *lock);
int library_lock_try_acquire(struct library_lock *lock); /* 0 when it was got, else -1 */
void library_lock_release(struct library_lock *lock);

#define __LOCK_INIT(class, lock) class _LOCK_T lock = {0, 0, (void *)0}
#define __LOCK_INIT_RECURSIVE(class, lock) class _LOCK_RECURSIVE_T lock = {0, 0, (void *)0}

#define __lock_init(lock) ((void)((lock) = (_LOCK_T){0, 0, (void *)0}))
#define __lock_init_recursive(lock) __lock_init(lock)
#define __lock_close(lock) ((void)0)
#define __lock_close_recursive(lock) ((void)0)
#define __lock_acquire(lock) library_lock_acquire(&(lock))
#define __lock_acquire_recursive(lock) library_lock_acquire(&(lock))
#define __lock_try_acquire(lock) library_lock_try_acquire(&(lock))
#define __lock_try_acquire_recursive(lock) library_lock_try_acquire(&(lock))
#define __lock_release(lock) library_lock_release(&(lock))
#define __lock_release_recursive(lock) library_lock_release(&(lock))

#endif
