// System calls: pagers.

// Makes shared memory whose pages come by link: says its number. Each page that is touched and absent is asked for by
// a struct link_fault in the 32 bytes and a signal, one after the other; the caller answers with pager_supply or
// pager_refuse. The given end becomes the memory's: its number is closed. A thread that touched a page waits as long
// as `patience` says; then, when the caller refuses or its end of the link is closed, the thread's program is ended
// by a fault that says why (a call that copies answers BAD_ADDRESS). From now on the caller maps no memory whose
// pager came after it (shared_map answers DEADLOCK), its own neither. Needs RIGHT_SEND of the link.
// = INVALID_ARGUMENT size 0, patience above PAGER_PATIENCE_MAX
// = TOO_LARGE
CALL(124, pager_create, VALUE(int32_t, number), (ADDRESS(const struct pager_create) parameters))

// Gives paged memory the page with this index: a copy of the page of bytes at `content`. Who waits for it goes on.
// Needs RIGHT_MANAGE.
// = EXISTS it is there already: nothing was changed, and who still waits goes on
// = INVALID_ARGUMENT no paged memory, or no such page
CALL(125, pager_supply, NO_VALUE, (int32_t memory, uint64_t page, ADDRESS(const void) content))

// Tells those that wait for the page that they do not get it. Needs RIGHT_MANAGE.
// = INVALID_ARGUMENT no paged memory, or no such page
CALL(126, pager_refuse, NO_VALUE, (int32_t memory, uint64_t page))

// Copies a page that was supplied, as it is now, to `content`; says whether anybody has written to it since the last
// time. Needs RIGHT_MANAGE.
// = NOT_FOUND it was never supplied
// = INVALID_ARGUMENT no paged memory, or no such page
CALL(127, pager_fetch, VALUE(uint32_t, written), (int32_t memory, uint64_t page, ADDRESS(void) content))
