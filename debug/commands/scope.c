// What names mean in the debugger's commands: values, processes, threads, objects, functions.
#include "debug/commands/commands.h"
#include "debug/commands/expression.h"
#include "kernel/base/string.h"
#include "kernel/base/symbols.h"
#include "kernel/process/process.h"
#include "kernel/process/symbols.h"

// ---- functions ----

struct program_question {
    struct process *process;
    uint64_t address, offset;
    char name[PROGRAM_SYMBOL_SIZE];
    enum status status;
};

static void ask_name(void *argument) {
    struct program_question *question = argument;
    question->status = program_symbol_find(question->process, question->address, question->name, &question->offset);
}

static void ask_address(void *argument) {
    struct program_question *question = argument;
    question->status = program_symbol_address(question->process, question->name, &question->address);
}

static struct process *process_of(const struct debug_thread *thread) {
    return thread->process != KERNEL_PROCESS ? process_peek(thread->process) : 0;
}

void command_write_address(struct writer *out, const struct debug_thread *thread, uint64_t address) {
    struct program_question question = {.process = process_of(thread), .address = address};
    bool is_user = address_is_user(address) && question.process != 0;
    if (is_user && lend_locks(ask_name, &question) && question.status == STATUS_OK)
        writer_format(out, "%s+%#llx", question.name, (unsigned long long)question.offset);
    else
        symbol_write(out, address);
}

// The program's own functions first: the kernel's are found where the chosen thread is the kernel's, or has none of this name.
bool command_find_symbol(const struct debug_thread *thread, const char *name, size_t length, uint64_t *address) {
    struct program_question question = {.process = process_of(thread)};
    if (length >= PROGRAM_SYMBOL_SIZE)
        return false;
    memcpy(question.name, name, length);
    if (question.process != 0 && lend_locks(ask_address, &question) && question.status == STATUS_OK) {
        *address = question.address;
        return true;
    }
    return symbol_find_name(question.name, address);
}

// ---- values ----

static bool scope_symbol(void *context, const char *name, size_t length, uint64_t *value) {
    return command_find_symbol(context, name, length, value);
}

static bool scope_register(void *context, const char *name, size_t length, uint64_t *value) {
    static struct register_file file;
    const char *known;
    memset(&file, 0, sizeof(file));
    thread_registers(context, &file);
    for (unsigned number = 0; (known = register_name(number)) != 0; number++) {
        size_t size;
        const void *place = register_place(&file, number, &size);
        if (strlen(known) != length || strncmp(known, name, length) != 0 || !file.known[number] ||
            size > sizeof(*value))
            continue;
        *value = 0;
        for (size_t i = 0; i < size; i++)
            *value |= (uint64_t)((const uint8_t *)place)[i] << 8 * i;
        return true;
    }
    return false;
}

static bool scope_memory(void *context, uint64_t address, uint64_t *value) {
    return target_memory_read(context, address, value, sizeof(*value)) == sizeof(*value);
}

bool command_value(const struct command_call *call, const char *text, uint64_t *value) {
    const struct expression_scope scope = {&call->session->thread, scope_symbol, scope_register, scope_memory};
    const char *at;
    const char *error = expression_read(text, &scope, value, &at);
    if (error != 0)
        writer_format(call->out, "%s: %s%s%s\n", text, error, *at != 0 && at != text ? ", at " : "",
                      at != text ? at : "");
    return error == 0;
}

// ---- processes, threads, objects ----

// The id of the newest process of this name.
static bool find_process_name(const char *name, uint64_t *id) {
    struct object *object;
    bool found = false;
    for (uint64_t at = 0; (object = object_peek(OBJECT_PROCESS, at)) != 0; at = object->id)
        if (strcmp(object->name, name) == 0 && process_peek(((struct process *)object)->id) != 0) {
            *id = ((struct process *)object)->id;
            found = true;
        }
    return found;
}

static bool is_name(const char *word) {
    return *word == '_' || ((*word | 0x20) >= 'a' && (*word | 0x20) <= 'z');
}

struct process *command_process(const struct command_call *call) {
    uint64_t id = call->session->thread.process;
    const char *word = call->count > 0 ? call->words[0] : 0;
    if (word != 0 && !find_process_name(word, &id)) {
        if (is_name(word)) {
            writer_format(call->out, "%s: no process has this name: `processes` lists them\n", word);
            return 0;
        }
        if (!command_value(call, word, &id))
            return 0;
    }
    struct process *process = id <= UINT32_MAX ? process_peek((uint32_t)id) : 0;
    if (process == 0)
        writer_text(call->out, "which process? `processes` lists their ids\n");
    return process;
}

// "cpu2" is what the kernel itself does there; a number is a thread's id.
static bool find_thread(const struct command_call *call, const char *word, struct debug_thread *thread) {
    uint64_t id;
    if (strncmp(word, "cpu", 3) == 0 && word[3] >= '0' && word[3] <= '9' && word[4] == 0) {
        *thread = thread_of_cpu((uint32_t)(word[3] - '0'));
        return word[3] - '0' < (int)processor_count;
    }
    if (!command_value(call, word, &id))
        return false;
    struct object *object = id > 0 ? object_peek(OBJECT_THREAD, id - 1) : 0;
    if (object == 0 || object->id != id || ((struct thread *)object)->process == 0)
        return false;
    *thread = (struct debug_thread){((struct thread *)object)->process->id, id};
    return thread_exists(thread);
}

bool command_thread(const struct command_call *call, struct debug_thread *thread) {
    *thread = call->session->thread;
    if (call->count == 0 || find_thread(call, call->words[0], thread))
        return true;
    writer_text(call->out, "which thread? `threads` lists their ids; cpu0, cpu1 and so on are what runs there\n");
    return false;
}

struct object *command_object(const struct command_call *call, const char *text) {
    uint64_t id;
    if (!command_value(call, text, &id))
        return 0;
    struct object *object = id > 0 ? object_peek(OBJECT_ANY, id - 1) : 0;
    if (object != 0 && object->id == id)
        return object;
    writer_format(call->out, "there is no object %s\n", text);
    return 0;
}

bool command_switch(const struct command_call *call, bool *on) {
    *on = call->count > 0 && strcmp(call->words[0], "on") == 0;
    return *on || (call->count > 0 && strcmp(call->words[0], "off") == 0);
}
