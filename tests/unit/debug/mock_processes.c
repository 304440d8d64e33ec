// The mock target whose processes come and go.
#include <string.h>

#include "tests/unit/debug/mock.h"

enum { FIRST_RUN = 100, OURS_LAST = 9, NOT_OURS = 10, SERVER = 11, ENDED = 12, BASE_OF_PROCESS = 0x10000 };

#define MOCK_THREADS UINT64_C(2)

// The process with the least id behind this one.
static struct mock_process *process_next(uint32_t after) {
    struct mock_process *best = NULL;
    for (int i = 0; i < MOCK_PROCESSES; i++) {
        struct mock_process *found = &mock.processes[i];
        if (found->id > after && (best == NULL || found->id < best->id))
            best = found;
    }
    return best;
}

static struct mock_process *process_find(uint32_t id) {
    struct mock_process *found = id > 0 ? process_next(id - 1) : NULL;
    return found != NULL && found->id == id ? found : NULL;
}

static struct mock_process *place_free(void) {
    for (int i = 0; i < MOCK_PROCESSES; i++)
        if (mock.processes[i].id == 0)
            return &mock.processes[i];
    return NULL;
}

uint32_t mock_process_count(void) {
    uint32_t count = 0;
    for (int i = 0; i < MOCK_PROCESSES; i++)
        count += mock.processes[i].id != 0;
    return count;
}

// ---- threads ----

static uint64_t thread_first(uint32_t process) {
    return (uint64_t)process * 16;
}

static bool thread_exists(const struct debug_thread *thread) {
    return process_find(thread->process) != NULL && thread->thread >= thread_first(thread->process) &&
           thread->thread < thread_first(thread->process) + MOCK_THREADS;
}

static bool thread_next(struct debug_thread *thread) {
    struct debug_thread next = {thread->process, thread->thread + 1};
    if (thread_exists(&next)) {
        *thread = next;
        return true;
    }
    const struct mock_process *process = process_next(thread->process);
    if (process == NULL)
        return false;
    *thread = (struct debug_thread){process->id, thread_first(process->id)};
    return true;
}

// ---- beginning ----

static enum status begin(uint32_t id, bool is_attached, struct debug_stop *stop) {
    struct mock_process *place = place_free();
    if (place == NULL)
        return STATUS_LIMIT_REACHED;
    *place = (struct mock_process){.id = id, .is_attached = is_attached};
    *stop = (struct debug_stop){.thread = {id, thread_first(id)}, .signal = is_attached ? SIGNAL_NONE : SIGNAL_TRAP};
    return STATUS_OK;
}

static enum status run(char *const *arguments, struct debug_stop *stop) {
    mock.arguments[0] = 0;
    for (int i = 0; arguments[i] != NULL; i++) {
        strcat(mock.arguments, arguments[i]);
        strcat(mock.arguments, "\n");
    }
    if (strncmp(mock.arguments, "/bin/none\n", strlen("/bin/none\n")) == 0)
        return STATUS_NOT_FOUND;
    if (strncmp(mock.arguments, "/bin/broken\n", strlen("/bin/broken\n")) == 0)
        return STATUS_BAD_IMAGE;
    enum status status = begin(FIRST_RUN + mock.last_run, false, stop);
    mock.last_run += status == STATUS_OK;
    return status;
}

static enum status attach(uint32_t process, struct debug_stop *stop) {
    static const enum status refused[] = {
        [NOT_OURS] = STATUS_NO_RIGHT, [SERVER] = STATUS_DEADLOCK, [ENDED] = STATUS_PEER_DIED};
    if (process_find(process) != NULL)
        return STATUS_BUSY;
    if (process <= OURS_LAST)
        return begin(process, true, stop);
    return process <= ENDED ? refused[process] : STATUS_NOT_FOUND;
}

// ---- ends ----

static enum status detach(uint32_t process) {
    struct mock_process *found = process_find(process);
    if (process == 0)
        memset(mock.processes, 0, sizeof(mock.processes));
    else if (found == NULL)
        return STATUS_NOT_FOUND;
    else
        *found = (struct mock_process){0};
    return STATUS_OK;
}

static enum status process_kill(uint32_t process) {
    mock.killed = process;
    return process == 0 ? STATUS_NOT_FOUND : detach(process);
}

void mock_process_end(enum debug_end end, uint32_t code) {
    struct mock_process *process = process_next(0);
    struct debug_stop stop = {.thread = {process != NULL ? process->id : 0, 0}, .signal = code, .end = end};
    if (process != NULL)
        *process = (struct mock_process){0};
    server_tell_stop(&mock.server, &stop);
}

// ---- questions ----

static bool is_attached(uint32_t process) {
    const struct mock_process *found = process_find(process);
    return found != NULL && found->is_attached;
}

static bool current(struct debug_stop *stop) {
    const struct mock_process *process = process_next(0);
    if (process == NULL)
        return false;
    *stop = (struct debug_stop){.thread = {process->id, thread_first(process->id)}};
    return true;
}

static bool base(uint32_t process, uint64_t *address) {
    *address = (uint64_t)process * BASE_OF_PROCESS;
    return process_find(process) != NULL;
}

// ---- files ----

enum { FILE_NUMBER = 3 };

static bool is_named(const char *path) {
    return strcmp(path, "/file") == 0;
}

static int64_t file_open(const char *path, uint32_t flags, uint32_t mode) {
    (void)mode;
    if (!is_named(path) || (!mock.is_file && !(flags & FILE_CREATES)))
        return -FILE_NOT_FOUND;
    if (mock.is_open)
        return -FILE_TOO_MANY;
    if (flags & FILE_TRUNCATES)
        mock.file_size = 0;
    mock.is_file = mock.is_open = true;
    return FILE_NUMBER;
}

static int64_t file_read(uint32_t file, uint64_t offset, void *to, size_t size) {
    if (file != FILE_NUMBER || !mock.is_open)
        return -FILE_BAD_NUMBER;
    size_t left = offset < mock.file_size ? mock.file_size - offset : 0;
    size = size < left ? size : left;
    if (size > 0)
        memcpy(to, mock.file + offset, size);
    return (int64_t)size;
}

static int64_t file_write(uint32_t file, uint64_t offset, const void *from, size_t size) {
    if (file != FILE_NUMBER || !mock.is_open)
        return -FILE_BAD_NUMBER;
    if (offset > mock.file_size || size > MOCK_FILE_SIZE - offset)
        return -FILE_NO_SPACE;
    if (size > 0)
        memcpy(mock.file + offset, from, size);
    if (offset + size > mock.file_size)
        mock.file_size = offset + size;
    return (int64_t)size;
}

static int64_t file_status(uint32_t file, struct debug_file_status *status) {
    if (file != FILE_NUMBER || !mock.is_open)
        return -FILE_BAD_NUMBER;
    *status =
        (struct debug_file_status){.mode = FILE_MODE_REGULAR | 0644, .changed = 0x12345678, .size = mock.file_size};
    return 0;
}

static int64_t file_close(uint32_t file) {
    if (file != FILE_NUMBER || !mock.is_open)
        return -FILE_BAD_NUMBER;
    mock.is_open = false;
    return 0;
}

static int64_t file_unlink(const char *path) {
    if (!is_named(path) || !mock.is_file)
        return -FILE_NOT_FOUND;
    mock.is_file = false;
    return 0;
}

static void files_close(void) {
    mock.is_open = false;
}

static const struct debug_files files = {
    .open = file_open,
    .read = file_read,
    .write = file_write,
    .status = file_status,
    .close = file_close,
    .unlink = file_unlink,
    .close_all = files_close,
};

static const struct debug_processes processes = {
    .run = run,
    .attach = attach,
    .detach = detach,
    .is_attached = is_attached,
    .current = current,
    .base = base,
};

void mock_start_processes(void) {
    static struct debug_target target;
    target = mock_target;
    target.processes = &processes;
    target.files = &files;
    target.thread_next = thread_next;
    target.thread_exists = thread_exists;
    target.process_kill = process_kill;
    memset(&mock, 0, offsetof(struct mock, server));
    server_start(&mock.server, &target, mock_put);
    struct debug_stop stop = {.end = END_WITH_CODE};
    server_note_stop(&mock.server, &stop);
}
