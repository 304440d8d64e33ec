// System calls: memory.

// Gives `size` bytes of zeroed memory (rounded up to pages), made when first touched; says where. Never executable.
// = ADDRESS_IN_USE with MAP_FIXED
CALL(40, memory_map, VALUE(uint64_t, base), (uint64_t address, size_t size, uint32_t protection, uint32_t flags))

// Removes what is mapped from `address` on, whole pages, whatever kind it is. Parts that are not mapped are no error.
CALL(41, memory_unmap, NO_VALUE, (uint64_t address, size_t size))

// Changes the protection of mapped pages; WRITE with EXECUTE is refused, and EXECUTE for all but sealed memory.
// = NOT_FOUND a part of it is not mapped
// = NO_RIGHT more than the mapping was made with
// = BUSY writable, of sealed memory
CALL(42, memory_protect, NO_VALUE, (uint64_t address, size_t size, uint32_t protection))

// Makes shared memory of `size` bytes (rounded up to pages; zeroed, made when first touched); says its number.
CALL(43, shared_create, VALUE(int32_t, number), (size_t size))

// Maps shared memory. READ needs RIGHT_READ, WRITE needs RIGHT_WRITE, EXECUTE needs RIGHT_EXECUTE and sealed memory.
// With MAP_COPY a writable mapping is private and needs RIGHT_READ only.
// = ADDRESS_IN_USE with MAP_FIXED
// = BUSY a writable mapping of sealed memory was asked for
CALL(44, shared_map, VALUE(uint64_t, base),
     (int32_t number, uint64_t offset, size_t size, uint32_t protection, uint64_t address, uint32_t flags))

// The size of shared memory in bytes.
CALL(45, shared_size, VALUE(size_t, size), (int32_t number))

// Seals shared memory: from now on nobody can write to it, so that it can be executed and trusted not to change.
// Needs RIGHT_MANAGE.
// = BUSY somebody has it mapped writable
CALL(46, shared_seal, NO_VALUE, (int32_t number))

// Offers shared memory to a process, which learns of it by event (SHARED_OFFERED) and accepts or refuses; the answer
// comes by event too. Says the offer's id. Needs RIGHT_SEND.
// = DENIED its gate refuses the caller's user
CALL(47, shared_offer, VALUE(uint32_t, offer), (int32_t number, uint32_t process, uint32_t rights))

// Accepts an offer made to the caller; says the number.
// = NOT_FOUND no such offer (it may have been withdrawn: its maker ended)
CALL(48, shared_accept, VALUE(int32_t, number), (uint32_t offer))

// Refuses an offer made to the caller.
CALL(49, shared_refuse, NO_VALUE, (uint32_t offer))

// Gives whole pages of shared memory back to the machine, wherever they are mapped: they read as zeros from now on, and are
// made anew when they are touched. Needs RIGHT_MANAGE.
// = INVALID_ARGUMENT no whole pages of it; or memory whose pages come from a pager, or must stay (an interface's)
// = BUSY it is sealed
CALL(155, shared_drop, NO_VALUE, (int32_t number, uint64_t offset, size_t size))

// Makes a part of sealed shared memory (`size` bytes, rounded up to pages) an object of its own, of the same pages, sealed as they are: nothing
// is copied, and both are charged for those that are there. Says its number, which has the rights of the other but WRITE. Needs RIGHT_READ.
// = INVALID_ARGUMENT no such part, or it begins within a page; or memory whose pages come from a pager, or an interface's
// = BUSY it is not sealed
CALL(158, shared_slice, VALUE(int32_t, slice), (int32_t number, uint64_t offset, size_t size))
