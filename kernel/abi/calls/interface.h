// System calls: interfaces.

// Makes an interface known under an id and version; says its number. Its requests come as EVENT_INTERFACE to the
// calling process. It ends with its number: then it is unknown, and its clients' pages are dead.
// = EXISTS this id and version is registered
// = NO_RIGHT a system id without a number for its name, or with one for another; the code's number lacks a right
// = INVALID_ARGUMENT also: the code is not sealed, or paged
CALL(104, interface_register, VALUE(int32_t, number), (ADDRESS(const struct interface_register) interface))

// Asks for an interface; says where its first page lies, which is not ready yet (struct interface_page): sleep on its
// word. The pages are charged to the caller.
// = NOT_FOUND no such id is registered in a version that will do
// = PEER_FULL it has as many clients as it takes
// = DENIED the server's gate refuses the caller's user
CALL(105, interface_request, VALUE(uint64_t, base), (uint32_t id, uint32_t version, uint32_t flags))

// Lets go of the pages that interface_request gave, whether they live or are dead, and unmaps them.
// = NOT_FOUND it gave no pages there
CALL(106, interface_release, NO_VALUE, (uint64_t base))

// Tells the server by event (INTERFACE_RUNG), where it does not sleep on a word of the pages. Repeats are one event.
// = NOT_FOUND interface_request gave no pages there
// = PEER_DIED the pages are dead
CALL(107, interface_ring, NO_VALUE, (uint64_t base))

// Maps a client's pages into its server, the code behind the data as in the client, and tells about the client. They
// stay mapped until they are unmapped; closing the client's number makes them dead.
// = PEER_DIED the client is gone
CALL(108, interface_map, VALUE(uint64_t, base),
     (int32_t client, ADDRESS(struct interface_client_information) information))

// Lists the registered interfaces above `after` (id << 16 | version), lowest first, at most `capacity`; says how
// many. As object_list.
CALL(109, interface_list, VALUE(size_t, count),
     (uint32_t after, ADDRESS(struct interface_information) list, size_t capacity))

// Makes a number for the name of a system id: who has it may register that id. `machine` needs RIGHT_PUBLISH.
CALL(110, interface_name_create, VALUE(int32_t, number), (int32_t machine, uint32_t id))
