// The one enumeration of outcomes: one meaning each, never merged.
//
// A status below 0 is an error, and the call that returned it changed nothing. A status of 0 or above is a success;
// the positive ones say that there was nothing to do, which the founding documents hold to be no error.
#pragma once

// STATUS(name, value, what it means to a person)
#define STATUS_LIST(STATUS)                                                                                            \
    STATUS(STREAM_END, 2, "the stream has ended: every sender closed, and all was read")                               \
    STATUS(NOTHING, 1, "there was nothing: no event, no such message")                                                 \
    STATUS(OK, 0, "done")                                                                                              \
    STATUS(INVALID_ARGUMENT, -1, "an argument is out of its range, misaligned or has unknown bits")                    \
    STATUS(BAD_ADDRESS, -2, "an address is not the program's to read or write")                                        \
    STATUS(BAD_NUMBER, -3, "the number names no object")                                                               \
    STATUS(WRONG_TYPE, -4, "the number names an object of another type")                                               \
    STATUS(NO_RIGHT, -5, "the number lacks the right")                                                                 \
    STATUS(DENIED, -6, "the receiver's gate, or the owner, refuses this user")                                         \
    STATUS(NO_MEMORY, -7, "the machine's memory is used up")                                                           \
    STATUS(LIMIT_REACHED, -8, "the caller's own limit is reached (see limits)")                                        \
    STATUS(PEER_FULL, -9, "the receiver's queue is full")                                                              \
    STATUS(PEER_DIED, -10, "the other side is gone: it ended, or closed its last number")                              \
    STATUS(TIMED_OUT, -11, "the deadline passed")                                                                      \
    STATUS(INTERRUPTED, -12, "the wait was broken off")                                                                \
    STATUS(NOT_FOUND, -13, "no such process, object or offer")                                                         \
    STATUS(TOO_SMALL, -14, "the buffer is too small; nothing was lost")                                                \
    STATUS(TOO_LARGE, -15, "larger than this can ever be")                                                             \
    STATUS(WOULD_WAIT, -16, "the call would have to wait, and its deadline was now")                                   \
    STATUS(EXISTS, -17, "it is there already")                                                                         \
    STATUS(BUSY, -18, "another is using it in a way that excludes this")                                               \
    STATUS(NO_CALL, -19, "no system call has this number")                                                             \
    STATUS(BAD_IMAGE, -20, "the program image is broken or not for this machine")                                      \
    STATUS(UNSUPPORTED, -21, "this machine cannot do it")                                                              \
    STATUS(ADDRESS_IN_USE, -22, "the address range is mapped already")                                                 \
    STATUS(IDS_EXHAUSTED, -23, "all process ids were used; ids are never given out twice")                             \
    STATUS(DEVICE_ERROR, -24, "the device did not do what it was told")                                                \
    STATUS(CORRUPT, -25, "stored data contradicts itself")                                                             \
    STATUS(NOT_DIRECTORY, -26, "a part of the path is not a directory")                                                \
    STATUS(IS_DIRECTORY, -27, "the path names a directory")                                                            \
    STATUS(NOT_EMPTY, -28, "the directory is not empty")                                                               \
    STATUS(DEADLOCK, -29, "the other side waits, in the end, for the caller: it would never answer")                   \
    STATUS(RESTARTED, -30, "the other side is gone, and its service was started anew: look for that")

#define STATUS_ENTRY(name, value, text) STATUS_##name = value,
enum status { STATUS_LIST(STATUS_ENTRY) };
#undef STATUS_ENTRY

enum { STATUS_LOWEST = -30 };
