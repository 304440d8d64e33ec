// The operations of the file protocol, as a table, and the checks that come before each.
#include "os/files/service.h"
#include "os/files/repeat.h"

#include "kernel/abi/object.h"

#include <string.h>

enum field { USES_FLAGS = 1, USES_HANDLE = 2, USES_SIZE = 4, USES_OFFSET = 8, USES_NAME = 16, USES_OTHER = 32 };
enum { WRITES_TIMES = 64 };

enum {
    OPEN_FLAGS =
        FILES_FOR_READ | FILES_FOR_WRITE | FILES_APPEND | FILES_CREATE | FILES_EXCLUSIVE | FILES_CUT | FILES_DIRECTORY,
    OPEN_CHANGES = FILES_FOR_WRITE | FILES_APPEND | FILES_CUT,
    EXECUTE_BITS = 0111,
    IMAGE_RIGHTS = RIGHT_READ | RIGHT_SEND | RIGHT_COPY,
    HEAP_RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_SEND,
};

// One request while it is answered.
struct exchange {
    struct service *service;
    struct service_client client;
    struct files_request request;
    const uint8_t *payload;
    size_t payload_size;
    struct files_reply reply;
    uint8_t *reply_payload;
    size_t room_size; // bytes at reply_payload
    int32_t brought;  // a number that came with the request
    size_t reply_size;
    struct service_answer *answer;
    struct repeat_call call;
};

static struct tree_path name_of(const struct exchange *exchange) {
    return (struct tree_path){(const char *)exchange->payload, exchange->request.name_size};
}

static struct tree_path other_of(const struct exchange *exchange) {
    return (struct tree_path){(const char *)exchange->payload + exchange->request.name_size,
                              exchange->request.other_size};
}

static bool stat_fits(const struct exchange *exchange) {
    return exchange->room_size >= sizeof(struct files_stat);
}

static void reply_stat(struct exchange *exchange, const struct node *node) {
    struct files_stat stat;
    tree_stat(node, &stat);
    memcpy(exchange->reply_payload, &stat, sizeof(stat));
    exchange->reply_size = sizeof(stat);
}

static enum status find_opened(struct exchange *exchange, struct opened **opened) {
    return handles_find(&exchange->service->handles, exchange->client.process, exchange->request.handle, opened);
}

static enum status find_named(struct exchange *exchange, struct node **node) {
    return tree_find(&exchange->service->tree, name_of(exchange), node);
}

// Whether an existing node may be opened so.
static enum status check_open(const struct exchange *exchange, const struct node *node) {
    uint32_t flags = exchange->request.flags, user = exchange->client.user;
    bool is_directory = node->type == FILES_TYPE_DIRECTORY;
    if (flags & FILES_CREATE && flags & FILES_EXCLUSIVE) {
        return STATUS_EXISTS;
    }
    if (is_directory && flags & OPEN_CHANGES) {
        return STATUS_IS_DIRECTORY;
    }
    if (!is_directory && flags & FILES_DIRECTORY) {
        return STATUS_NOT_DIRECTORY;
    }
    bool may_read = !(flags & FILES_FOR_READ) || tree_may(node, user, TREE_MAY_READ);
    bool may_write = !(flags & OPEN_CHANGES) || tree_may(node, user, TREE_MAY_WRITE);
    return may_read && may_write ? STATUS_OK : STATUS_DENIED;
}

static enum status find_or_make(struct exchange *exchange, struct node **node, bool *made) {
    const struct files_request *request = &exchange->request;
    enum status status = find_named(exchange, node);
    if (status == STATUS_OK) {
        return check_open(exchange, *node);
    }
    if (status != STATUS_NOT_FOUND || !(request->flags & FILES_CREATE)) {
        return status;
    }
    *made = true;
    return tree_make(&exchange->service->tree, name_of(exchange), FILES_TYPE_FILE, request->offset,
                     exchange->client.user, node);
}

// Held meanwhile: what is unpacked for nobody goes again.
static enum status open_node(struct exchange *exchange, struct node *node) {
    struct service *service = exchange->service;
    tree_hold(node);
    enum status status = tree_unpack(&service->tree, node);
    if (status == STATUS_OK) {
        status = handles_open(&service->handles, exchange->client.process, node, exchange->request.flags,
                              &exchange->reply.handle);
    }
    tree_release(&service->tree, node);
    return status;
}

static enum status run_open(struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    struct service *service = exchange->service;
    struct node *node = NULL;
    bool made = false;
    bool contradicts = (request->flags & FILES_CUT && !(request->flags & FILES_FOR_WRITE)) ||
                       (request->flags & FILES_CREATE && request->flags & FILES_DIRECTORY);
    if (request->flags & ~(uint32_t)OPEN_FLAGS || request->offset > TREE_MODE_BITS || contradicts) {
        return STATUS_INVALID_ARGUMENT;
    }
    if (!stat_fits(exchange)) {
        return STATUS_TOO_SMALL;
    }
    enum status status = find_or_make(exchange, &node, &made);
    if (status != STATUS_OK) {
        return status;
    }
    status = open_node(exchange, node);
    if (status != STATUS_OK) {
        if (made) {
            tree_remove(&service->tree, name_of(exchange), FILES_TYPE_FILE, 0);
        }
        return status;
    }
    if (request->flags & FILES_CUT) {
        tree_truncate(&service->tree, node, 0);
    }
    exchange->reply.value = node->size;
    reply_stat(exchange, node);
    return STATUS_OK;
}

static enum status run_close(struct exchange *exchange) {
    return handles_close(&exchange->service->handles, exchange->client.process, exchange->request.handle);
}

// What is opened, if it is a file and was opened with `flag`.
static enum status find_file(struct exchange *exchange, uint32_t flag, struct opened **opened) {
    enum status status = find_opened(exchange, opened);
    if (status != STATUS_OK) {
        return status;
    }
    if ((*opened)->node->type == FILES_TYPE_DIRECTORY) {
        return STATUS_IS_DIRECTORY;
    }
    return (*opened)->record->flags & flag ? STATUS_OK : STATUS_NO_RIGHT;
}

static enum status run_read(struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    struct opened *opened = NULL;
    enum status status = find_file(exchange, FILES_FOR_READ, &opened);
    if (status != STATUS_OK) {
        return status;
    }
    if (request->size > exchange->room_size) {
        return STATUS_TOO_SMALL;
    }
    bool current = request->offset == FILES_OFFSET_CURRENT;
    uint64_t offset = current ? repeat_begin_read(&exchange->call, opened->record) : request->offset;
    exchange->reply_size = tree_read(opened->node, offset, exchange->reply_payload, request->size);
    exchange->reply.value = exchange->reply_size;
    if (current) {
        opened->record->offset = offset + exchange->reply_size;
    }
    return STATUS_OK;
}

// What of it cannot go so is for the client to read.
static enum status run_read_pages(struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    struct opened *opened = NULL;
    const void *pages = NULL;
    enum status status = find_file(exchange, FILES_FOR_READ, &opened);
    if (status != STATUS_OK) {
        return status;
    }
    bool current = request->offset == FILES_OFFSET_CURRENT;
    uint64_t offset = current ? repeat_begin_read(&exchange->call, opened->record) : request->offset;
    uint32_t limit = request->size / TREE_PAGE < FILES_PAGES_MAX ? request->size / TREE_PAGE : FILES_PAGES_MAX;
    uint32_t count = exchange->service->send_pages ? tree_lend(opened->node, offset, limit, &pages) : 0;
    if (!count || exchange->service->send_pages(exchange->client.process, pages, count) != STATUS_OK) {
        return STATUS_OK;
    }
    exchange->reply.value = (uint64_t)count * TREE_PAGE;
    exchange->reply_size = sizeof(offset);
    memcpy(exchange->reply_payload, &offset, sizeof(offset));
    if (current) {
        opened->record->offset = offset + exchange->reply.value;
    }
    return STATUS_OK;
}

static void set_offset(struct exchange *exchange, struct opened *opened, uint64_t offset) {
    store_write(exchange->service->tree.store, &opened->record->offset, &offset, sizeof(offset));
}

static enum status run_write(struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    struct opened *opened = NULL;
    enum status status = find_file(exchange, FILES_FOR_WRITE | FILES_APPEND, &opened);
    if (status != STATUS_OK) {
        return status;
    }
    if (request->size != exchange->payload_size || request->size > FILES_DATA_MAX) {
        return STATUS_INVALID_ARGUMENT;
    }
    if (!tree_can_save(&exchange->service->tree, request->size)) {
        return STATUS_LIMIT_REACHED;
    }
    bool current = request->offset == FILES_OFFSET_CURRENT;
    uint64_t own = current ? opened->record->offset : request->offset;
    uint64_t offset = opened->record->flags & FILES_APPEND ? opened->node->size : own;
    status = tree_write(&exchange->service->tree, opened->node, offset, exchange->payload, request->size);
    if (status == STATUS_OK) {
        exchange->reply.value = request->size;
    }
    if (status == STATUS_OK && current) {
        set_offset(exchange, opened, offset + request->size);
    }
    return status;
}

static enum status run_seek(struct exchange *exchange) {
    struct opened *opened = NULL;
    enum status status = find_opened(exchange, &opened);
    int64_t position = 0;
    if (status != STATUS_OK) {
        return status;
    }
    int64_t bases[] = {
        [FILES_FROM_START] = 0,
        [FILES_FROM_CURRENT] = (int64_t)opened->record->offset,
        [FILES_FROM_END] = (int64_t)opened->node->size,
    };
    uint32_t from = exchange->request.flags;
    if (from > FILES_FROM_END || __builtin_add_overflow(bases[from], (int64_t)exchange->request.offset, &position) ||
        position < 0) {
        return STATUS_INVALID_ARGUMENT;
    }
    set_offset(exchange, opened, (uint64_t)position);
    exchange->reply.value = position;
    return STATUS_OK;
}

static enum status run_stat(struct exchange *exchange) {
    struct node *node = NULL;
    enum status status = stat_fits(exchange) ? find_named(exchange, &node) : STATUS_TOO_SMALL;
    if (status == STATUS_OK) {
        reply_stat(exchange, node);
    }
    return status;
}

static enum status run_stat_handle(struct exchange *exchange) {
    struct opened *opened = NULL;
    enum status status = stat_fits(exchange) ? find_opened(exchange, &opened) : STATUS_TOO_SMALL;
    if (status == STATUS_OK) {
        reply_stat(exchange, opened->node);
    }
    return status;
}

static enum status run_truncate(struct exchange *exchange) {
    struct opened *opened = NULL;
    enum status status = find_file(exchange, FILES_FOR_WRITE, &opened);
    return status == STATUS_OK ? tree_truncate(&exchange->service->tree, opened->node, exchange->request.offset)
                               : status;
}

static enum status run_make_directory(struct exchange *exchange) {
    struct node *node = NULL;
    if (exchange->request.offset > TREE_MODE_BITS) {
        return STATUS_INVALID_ARGUMENT;
    }
    return tree_make(&exchange->service->tree, name_of(exchange), FILES_TYPE_DIRECTORY, exchange->request.offset,
                     exchange->client.user, &node);
}

static enum status run_remove_directory(struct exchange *exchange) {
    return tree_remove(&exchange->service->tree, name_of(exchange), FILES_TYPE_DIRECTORY, exchange->client.user);
}

static enum status run_remove(struct exchange *exchange) {
    return tree_remove(&exchange->service->tree, name_of(exchange), FILES_TYPE_FILE, exchange->client.user);
}

static enum status run_rename(struct exchange *exchange) {
    return tree_rename(&exchange->service->tree, name_of(exchange), other_of(exchange), exchange->client.user);
}

static enum status run_list(struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    struct opened *opened = NULL;
    enum status status = find_opened(exchange, &opened);
    if (status != STATUS_OK) {
        return status;
    }
    if (opened->node->type != FILES_TYPE_DIRECTORY) {
        return STATUS_NOT_DIRECTORY;
    }
    if (!tree_may(opened->node, exchange->client.user, TREE_MAY_READ)) {
        return STATUS_DENIED;
    }
    if (request->size > exchange->room_size) {
        return STATUS_TOO_SMALL;
    }
    exchange->reply.value = request->offset;
    return tree_list(opened->node, &exchange->reply.value, exchange->reply_payload, request->size,
                     &exchange->reply_size);
}

static enum status run_image(struct exchange *exchange) {
    struct node *node = NULL;
    enum status status = find_named(exchange, &node);
    if (status != STATUS_OK) {
        return status;
    }
    if (node->type == FILES_TYPE_DIRECTORY) {
        return STATUS_IS_DIRECTORY;
    }
    if (!tree_may(node, exchange->client.user, TREE_MAY_READ)) {
        return STATUS_DENIED;
    }
    if (!node->image) {
        status = exchange->service->make_image(node, &node->image);
    }
    if (status == STATUS_OK) {
        exchange->reply.value = node->size;
        exchange->answer->number = node->image;
        exchange->answer->rights = IMAGE_RIGHTS | (node->mode & EXECUTE_BITS ? RIGHT_EXECUTE : 0);
    }
    return status;
}

static enum status run_share(struct exchange *exchange) {
    struct service *service = exchange->service;
    uint32_t list[FILES_SHARE_MAX];
    size_t size = exchange->request.size;
    if (size != exchange->payload_size || size % sizeof(list[0]) || size > sizeof(list)) {
        return STATUS_INVALID_ARGUMENT;
    }
    memcpy(list, exchange->payload, size);
    uint64_t ticket = service->random() | 1;
    enum status status = handles_share(&service->handles, exchange->client.process, list, size / sizeof(list[0]),
                                       ticket, service->uptime());
    exchange->reply.value = status == STATUS_OK ? ticket : 0;
    return status;
}

static enum status run_adopt(struct exchange *exchange) {
    struct service *service = exchange->service;
    uint32_t list[FILES_SHARE_MAX], count = 0;
    if (exchange->room_size < sizeof(list)) {
        return STATUS_TOO_SMALL;
    }
    enum status status = handles_adopt(&service->handles, exchange->client.process, exchange->request.offset,
                                       service->uptime(), list, &count);
    if (status == STATUS_OK) {
        exchange->reply_size = count * sizeof(list[0]);
        memcpy(exchange->reply_payload, list, exchange->reply_size);
    }
    return status;
}

static enum status run_set_mode(struct exchange *exchange) {
    struct node *node = NULL;
    enum status status = find_named(exchange, &node);
    if (status == STATUS_OK && exchange->request.offset > TREE_MODE_BITS) {
        status = STATUS_INVALID_ARGUMENT;
    }
    return status == STATUS_OK
               ? tree_set_mode(&exchange->service->tree, node, exchange->request.offset, exchange->client.user)
               : status;
}

static enum status run_set_time(struct exchange *exchange) {
    struct node *node = NULL;
    uint64_t time = exchange->request.offset;
    time = time == FILES_TIME_NOW ? exchange->service->tree.now : time;
    enum status status = find_named(exchange, &node);
    return status == STATUS_OK ? tree_set_time(&exchange->service->tree, node, time, exchange->client.user) : status;
}

// A client that had one from a service before this brings it along.
static enum status run_heap(struct exchange *exchange) {
    struct service *service = exchange->service;
    struct client *client = NULL;
    uint64_t heap = 0;
    enum status status = handles_client(&service->handles, exchange->client.process, &client);
    if (status == STATUS_OK && client->memory) {
        return STATUS_EXISTS;
    }
    if (status == STATUS_OK) {
        status = exchange->brought ? service->adopt_heap(client, exchange->brought) : service->make_heap(client, &heap);
    }
    exchange->answer->took_number = status == STATUS_OK && exchange->brought;
    if (status == STATUS_OK && !exchange->brought) {
        handles_set_heap(&service->handles, client, heap);
        exchange->answer->number = client->memory;
        exchange->answer->rights = HEAP_RIGHTS;
    }
    return status;
}

struct operation {
    enum status (*run)(struct exchange *exchange);
    uint32_t uses; // enum field, WRITES_TIMES
};

static const struct operation operations[] = {
    [FILES_OPEN] = {run_open, USES_NAME | USES_FLAGS | USES_OFFSET | WRITES_TIMES},
    [FILES_CLOSE] = {run_close, USES_HANDLE},
    [FILES_READ] = {run_read, USES_HANDLE | USES_SIZE | USES_OFFSET},
    [FILES_WRITE] = {run_write, USES_HANDLE | USES_SIZE | USES_OFFSET | WRITES_TIMES},
    [FILES_SEEK] = {run_seek, USES_HANDLE | USES_OFFSET | USES_FLAGS},
    [FILES_STAT] = {run_stat, USES_NAME},
    [FILES_STAT_HANDLE] = {run_stat_handle, USES_HANDLE},
    [FILES_TRUNCATE] = {run_truncate, USES_HANDLE | USES_OFFSET | WRITES_TIMES},
    [FILES_MAKE_DIRECTORY] = {run_make_directory, USES_NAME | USES_OFFSET | WRITES_TIMES},
    [FILES_REMOVE_DIRECTORY] = {run_remove_directory, USES_NAME | WRITES_TIMES},
    [FILES_REMOVE] = {run_remove, USES_NAME | WRITES_TIMES},
    [FILES_RENAME] = {run_rename, USES_NAME | USES_OTHER | WRITES_TIMES},
    [FILES_LIST] = {run_list, USES_HANDLE | USES_SIZE | USES_OFFSET},
    [FILES_IMAGE] = {run_image, USES_NAME},
    [FILES_SHARE] = {run_share, USES_SIZE},
    [FILES_ADOPT] = {run_adopt, USES_OFFSET},
    [FILES_SET_MODE] = {run_set_mode, USES_NAME | USES_OFFSET},
    [FILES_SET_TIME] = {run_set_time, USES_NAME | USES_OFFSET | WRITES_TIMES},
    [FILES_HEAP] = {run_heap, 0},
    [FILES_READ_PAGES] = {run_read_pages, USES_HANDLE | USES_SIZE | USES_OFFSET},
};
enum { OPERATION_COUNT = sizeof(operations) / sizeof(operations[0]) };

static bool is_unused_zero(const struct files_request *request, uint32_t uses) {
    return (uses & USES_FLAGS || request->flags == 0) && (uses & USES_HANDLE || request->handle == 0) &&
           (uses & USES_SIZE || request->size == 0) && (uses & USES_OFFSET || request->offset == 0) &&
           (uses & USES_NAME || request->name_size == 0) && (uses & USES_OTHER || request->other_size == 0);
}

// A payload is there exactly as far as the request says: names for the operations on paths, bytes for two others.
static bool payload_fits(const struct exchange *exchange) {
    const struct files_request *request = &exchange->request;
    uint64_t names = (uint64_t)request->name_size + request->other_size;
    bool has_bytes = request->operation == FILES_WRITE || request->operation == FILES_SHARE;
    return exchange->payload_size == (has_bytes ? request->size : names);
}

static enum status check_and_run(struct exchange *exchange) {
    uint32_t operation = exchange->request.operation;
    if (operation >= OPERATION_COUNT || !operations[operation].run ||
        !is_unused_zero(&exchange->request, operations[operation].uses) || !payload_fits(exchange)) {
        return STATUS_INVALID_ARGUMENT;
    }
    if (operations[operation].uses & WRITES_TIMES) {
        exchange->service->tree.now = exchange->service->time_of_day();
    }
    return operations[operation].run(exchange);
}

struct service_answer service_answer(struct service *service, struct service_client client,
                                     const struct service_request *request) {
    struct service_answer answer = {0};
    struct exchange exchange = {
        .service = service,
        .client = client,
        .request = request->request,
        .payload = request->payload,
        .payload_size = request->payload_size,
        .reply_payload = request->room,
        .room_size = request->room_size,
        .brought = request->number,
        .answer = &answer,
        .call = {service->tree.store, request->tag, client.process},
    };
    if (repeat_answer(&exchange.call, &answer.reply, request->room, request->room_size, &answer.payload_size)) {
        return answer;
    }
    enum status status = check_and_run(&exchange);
    if (status >= 0) {
        answer.reply = exchange.reply;
        answer.payload_size = exchange.reply_size;
    }
    answer.reply.status = status;
    if (store_is_changing(service->tree.store)) {
        repeat_note(&exchange.call, &answer.reply, request->room, answer.number ? REPEAT_NEVER : answer.payload_size);
        tree_finish(&service->tree);
    }
    return answer;
}
