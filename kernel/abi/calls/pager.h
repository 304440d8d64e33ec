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

// Makes the caller's paged memory the swap area: each of its pages is a place for a page that is taken out of a program when memory
// is short (swap_out), and is asked for as any page of paged memory when it is touched again. When a program has to wait for
// memory, the struct link_fault says LINK_FAULT_ROOM. `machine` needs RIGHT_SWAP, the memory RIGHT_MANAGE.
// An area whose daemon has died is followed by one of the same size; the pages that lay in it are lost.
// = EXISTS there is one, and its daemon lives
// = INVALID_ARGUMENT no paged memory, or of another size than the area before it
CALL(135, swap_begin, NO_VALUE, (int32_t machine, int32_t memory))

// Takes a page that was not used lately out of a program, copies it to `content`, and says its place in the swap area. Programs that serve
// others (essential ones, and those with the priority of servers or drivers) are left alone. Needs RIGHT_MANAGE of the swap area.
// = NOTHING there is no such page
// = PEER_FULL all places are in use
// = INVALID_ARGUMENT not the swap area
CALL(136, swap_out, VALUE(uint64_t, page), (int32_t memory, ADDRESS(void) content))

// Answers those that wait for memory: they try again (`found` 1), or are told that there is none (0).
// = INVALID_ARGUMENT not the swap area, or another `found`
CALL(137, swap_answer, NO_VALUE, (int32_t memory, uint32_t found))
