// The target: what the protocol needs of whatever is debugged. The kernel is one (debug/kernel), the tests' mock another.
//
// Rules: the protocol calls it only while the target is stopped. A thread named here exists (the protocol asks thread_exists
// first), but for those of documents and `monitor`, which work without any. Texts go through writers; memory calls say how much they did.
#pragma once

#include "debug/protocol/registers.h"
#include "debug/protocol/text.h"
#include "kernel/abi/status.h"

struct writer;

// GDB's numbers of signals.
enum debug_signal {
    SIGNAL_NONE = 0,
    SIGNAL_INTERRUPT = 2,
    SIGNAL_ILLEGAL = 4,
    SIGNAL_TRAP = 5,
    SIGNAL_ABORT = 6,
    SIGNAL_ARITHMETIC = 8,
    SIGNAL_KILL = 9,
    SIGNAL_BUS = 10,
    SIGNAL_SEGMENT = 11,
    SIGNAL_LIBC_MOST = 31, // up to here libc's are the same
};

// In the order of GDB's Z packets.
enum debug_break { BREAK_SOFTWARE, BREAK_HARDWARE, WATCH_WRITE, WATCH_READ, WATCH_ACCESS, DEBUG_BREAK_COUNT };

// What a stop tells besides a thread's state: its process has ended, and there are no threads of it.
enum debug_end { END_NONE, END_WITH_CODE, END_BY_SIGNAL };

struct debug_stop {
    struct debug_thread thread; // process 0: there is none at all
    uint32_t signal;            // enum debug_signal; the code or signal of an end
    enum debug_end end;
    bool is_fault; // of a program, which gets it when it goes on, unless the plan keeps it from it
    bool is_break; // by a break or watch point of this kind:
    enum debug_break kind;
    uint64_t address; // watched
    bool ends_step;   // besides: it is told whatever the point's conditions say
    uint32_t processor;
};

enum resume_kind { RESUME_NONE, RESUME_STOPPED, RESUME_CONTINUE, RESUME_STEP };

struct resume_action {
    struct debug_thread thread; // parts may be DEBUG_ALL_...
    enum resume_kind kind;
    uint64_t start, end; // RESUME_STEP: goes on while the instruction lies in [start, end)
    bool keeps_fault;    // a fault that it stands at is not the program's: it tries again
    uint32_t signal;     // given with it
};

enum { RESUME_ACTIONS_MAX = 16 };

struct resume_plan {
    uint32_t count;
    struct resume_action actions[RESUME_ACTIONS_MAX];
};

// What the plan says of a thread: the first action that fits; null: it stays stopped.
const struct resume_action *resume_plan_find(const struct resume_plan *plan, const struct debug_thread *thread);

struct server;

// A document that GDB reads in parts; `annex` and `thread` choose. False: there is none of that annex. (documents.h has some.)
struct debug_document {
    const char *name;
    bool (*write)(struct server *server, const char *annex, const struct debug_thread *thread, struct writer *out);
};

enum { DEBUG_ARGUMENTS_MAX = 32 };

// Of a target whose processes come and go (GDB's `target extended-remote`). *stop: where the process stands, with OK.
struct debug_processes {
    // The arguments, the program first, end with a null pointer. NOT_FOUND: no such program; or what starting it answers.
    enum status (*run)(char *const *arguments, struct debug_stop *stop);
    enum status (*attach)(uint32_t process, struct debug_stop *stop);
    enum status (*detach)(uint32_t process);           // 0: all; they run on
    bool (*is_attached)(uint32_t process);             // rather than run
    bool (*current)(struct debug_stop *stop);          // where one of them stands; false: there is none
    bool (*base)(uint32_t process, uint64_t *address); // where its first segment was loaded
};

// GDB's numbers of its File-I/O protocol.
enum file_error {
    FILE_NOT_PERMITTED = 1,
    FILE_NOT_FOUND = 2,
    FILE_BAD_NUMBER = 9,
    FILE_NO_ACCESS = 13,
    FILE_BUSY = 16,
    FILE_EXISTS = 17,
    FILE_NO_FOLDER = 20,
    FILE_IS_FOLDER = 21,
    FILE_INVALID = 22,
    FILE_TOO_MANY = 24,
    FILE_TOO_BIG = 27,
    FILE_NO_SPACE = 28,
    FILE_READ_ONLY = 30,
    FILE_TOO_LONG = 91,
    FILE_UNKNOWN = 9999,
};

enum file_flag {
    FILE_KIND = 3, // of these: 0 reads, 1 writes, 2 does both
    FILE_APPENDS = 8,
    FILE_CREATES = 0x200,
    FILE_TRUNCATES = 0x400,
    FILE_IS_NEW = 0x800,
};

enum { FILE_MODE_FOLDER = 0x4000, FILE_MODE_REGULAR = 0x8000, FILE_BLOCK = 512, DEBUG_PATH_MAX = 1024 };

struct debug_file_status {
    uint32_t mode, changed; // seconds since 1970
    uint64_t size;
};

// Files of the target's system. What fails answers minus an enum file_error; a file is a small number that `open` answered.
struct debug_files {
    int64_t (*open)(const char *path, uint32_t flags, uint32_t mode);
    int64_t (*read)(uint32_t file, uint64_t offset, void *to, size_t size); // how many; 0: at the end
    int64_t (*write)(uint32_t file, uint64_t offset, const void *from, size_t size);
    int64_t (*status)(uint32_t file, struct debug_file_status *status);
    int64_t (*close)(uint32_t file);
    int64_t (*unlink)(const char *path);
    void (*close_all)(void); // another GDB comes
};

struct debug_target {
    const struct debug_processes *processes; // null: they are what they are
    const struct debug_files *files;         // null: none are served
    // Moves to the next thread, in the order of processes; {0, 0} begins. False: there are no more.
    bool (*thread_next)(struct debug_thread *thread);
    bool (*thread_exists)(const struct debug_thread *thread);
    void (*thread_describe)(const struct debug_thread *thread, struct writer *out);
    int (*thread_processor)(
        const struct debug_thread *thread); // where it stopped running; negative: nowhere. Null: not told

    void (*registers_read)(const struct debug_thread *thread, struct register_file *file);
    // OK; NO_RIGHT: this register of this thread cannot be written now. NOT_FOUND: it is not kept while the thread waits. BAD_ADDRESS:
    // the thread could not go on there.
    enum status (*register_write)(const struct debug_thread *thread, unsigned number, const struct register_file *file);

    // Of the process that the thread belongs to, and the kernel: how many bytes could be read or written.
    size_t (*memory_read)(const struct debug_thread *thread, uint64_t address, void *to, size_t size);
    size_t (*memory_write)(const struct debug_thread *thread, uint64_t address, const void *from, size_t size);

    // OK; BAD_ADDRESS, LIMIT_REACHED (no more of this kind), INVALID_ARGUMENT (length or alignment). UNSUPPORTED: none of this kind,
    // ever. WRONG_TYPE: a program's address, of the kernel's own process. Setting a point that is there, or removing one that is not, is OK.
    enum status (*break_set)(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size);
    enum status (*break_clear)(const struct debug_thread *thread, enum debug_break kind, uint64_t address,
                               uint64_t size);
    void (*break_clear_all)(void);

    // OK: it is ended, or is when the target runs on. NOT_FOUND. NO_RIGHT: it cannot be.
    enum status (*process_kill)(uint32_t process);

    // Runs a console command; its output goes to the writer. False: there is no such command.
    bool (*monitor)(const struct debug_thread *thread, const char *line, struct writer *out);

    const struct debug_document *documents; // ended by a null name
};
