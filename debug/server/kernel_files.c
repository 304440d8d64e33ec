// gdb-files: files for the kernel's debugger, which asks for them while the machine stands (kernel/abi/calls/debug.h).
//
// Granted: `debug` (the machine's right).
#include <parley/calls.h>
#include <parley/start.h>
#include <parley/status.h>
#include <string.h>

#include "debug/server/target.h"
#include "kernel/abi/debug.h"

static uint8_t data[DEBUGGER_FILE_SIZE + 1]; // a path is ended with a 0

static int64_t status_of(uint32_t file) {
    struct debug_file_status status = {0};
    int64_t answer = server_files.status(file, &status);
    struct debugger_file_status told = {.mode = status.mode, .changed = status.changed, .size = status.size};
    memcpy(data, &told, sizeof told);
    return answer;
}

static int64_t answer(const struct debugger_file_request *request) {
    switch (request->operation) {
    case DEBUGGER_FILE_OPEN:
        return server_files.open((const char *)data, request->flags, request->mode);
    case DEBUGGER_FILE_READ:
        return server_files.read(request->file, request->offset, data, request->size);
    case DEBUGGER_FILE_WRITE:
        return server_files.write(request->file, request->offset, data, request->size);
    case DEBUGGER_FILE_STATUS:
        return status_of(request->file);
    case DEBUGGER_FILE_CLOSE:
        return server_files.close(request->file);
    case DEBUGGER_FILE_UNLINK:
        return server_files.unlink((const char *)data);
    default:
        return -FILE_INVALID;
    }
}

int main(void) {
    struct debugger_file_request request = {0};
    uint32_t session = 0;
    for (;;) {
        enum status status = debugger_file_next(start_grant_number("debug"), &request, data);
        if (status != STATUS_OK)
            return 1; // init tells, and tries again
        if (request.session != session)
            server_files.close_all();
        session = request.session;
        data[request.size < DEBUGGER_FILE_SIZE ? request.size : DEBUGGER_FILE_SIZE] = 0;
        request.answer = answer(&request);
    }
}
