// System calls: numbers and objects.

// Closes a number of the caller's.
// = BAD_NUMBER it names nothing
CALL(8, number_close, NO_VALUE, (int32_t number))

// Makes another number for the same object, with the rights that both `rights` and the old number have. Needs
// RIGHT_COPY.
CALL(9, number_copy, VALUE(int32_t, copy), (int32_t number, uint32_t rights))

// What the number names and allows.
CALL(10, number_information, NO_VALUE, (int32_t number, ADDRESS(struct number_information) information))

// Lists objects of `kind` (OBJECT_ANY: all) with ids above `after`, lowest first, at most `capacity`; says how many.
// To list all, call again with the last id until it says 0.
CALL(11, object_list, VALUE(size_t, count),
     (uint32_t kind, uint64_t after, ADDRESS(struct object_information) list, size_t capacity))

// Describes one object in words, by its type: lines `key: value`. Says how many bytes the text has, without a final
// 0.
// = NOT_FOUND no object has this id (now)
// = TOO_SMALL the text was cut at `size`
CALL(12, object_describe, VALUE(size_t, length), (uint64_t id, ADDRESS(char) text, size_t size))

// Lists wait records of threads with ids above `after`, lowest first. As object_list.
CALL(13, wait_list, VALUE(size_t, count), (uint64_t after, ADDRESS(struct wait_information) list, size_t capacity))

// Lists processes with ids above `after`, lowest first. As object_list.
CALL(14, process_list, VALUE(size_t, count),
     (uint32_t after, ADDRESS(struct process_information) list, size_t capacity))

// What a process's account has used, its limits, and how often each was hit.
// = NOT_FOUND no such process
CALL(15, account_read, NO_VALUE, (uint32_t process, ADDRESS(struct account_information) information))
