// Numbers of one thread: negative, good for that thread alone, closed with it, and never sent. Source: seeds/003, "Thread-Local
// IPC". (R-C1)
//
// All threads of a process share one table, so that no two of them have the same number; whose an object is, its type says
// (thread_of), and for any other thread the number names nothing. Rules: for the calling thread; no lock may be held.
#pragma once

#include "kernel/object/numbers.h"

struct process;
struct thread;

// As number_reserve and what follows it; the first reservation of a process makes its table.
enum status thread_number_reserve(int32_t *number);
void thread_number_insert_reserved(int32_t number, struct object *object, uint32_t rights);
void thread_number_unreserve(int32_t number);

// As number_find, number_find_rights and number_close. BAD_NUMBER also: it is another thread's.
enum status thread_number_find(int32_t number, enum object_kind kind, uint32_t rights, struct object **object);
enum status thread_number_find_rights(int32_t number, struct object **object, uint32_t *rights);
enum status thread_number_close(int32_t number);

// The calling thread ends: closes all that are its own.
void thread_numbers_close_all(struct thread *thread);

// With the process's last reference.
void thread_numbers_free(struct process *process);
