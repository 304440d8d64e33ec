/* The types of <pthread.h>, which <sys/types.h> must name too. */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

struct thread;

typedef struct thread *pthread_t;

typedef struct {
    unsigned long stack_size; /* 0: the default */
    int is_detached;
} pthread_attr_t;

typedef struct {
    unsigned int state; /* as struct mutex of <parley/sync.h> */
    unsigned int kind;  /* PTHREAD_MUTEX_NORMAL or PTHREAD_MUTEX_RECURSIVE */
    unsigned int depth;
    pthread_t owner;
} pthread_mutex_t;

typedef struct {
    unsigned int kind;
} pthread_mutexattr_t;

typedef struct {
    unsigned int sequence; /* as struct condition of <parley/sync.h> */
} pthread_cond_t;

typedef struct {
    int reserved;
} pthread_condattr_t;

typedef struct {
    unsigned int state; /* 0 not run, 1 running, 2 done */
} pthread_once_t;

#endif
