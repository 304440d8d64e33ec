// keymap: which layout the keyboard has, and choosing another.
#include <parley/keyboard.h>
#include <parley/start.h>
#include <string.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/request.h"

static const struct tool tool = {
    .name = "keymap",
    .usage = "usage: keymap [-l | NAME]\n"
             "Says which layout the keyboard has, or gives it the one of this name. -l lists them.\n",
    .options = "l",
    .failure = 1,
};

static enum status ask(struct keyboard_request *request, struct keyboard_reply *reply) {
    uint32_t keyboard = start_service("keyboard");
    if (!keyboard)
        tool_fail("keyboard", "there is none");
    enum status status = request_ask(keyboard, request, sizeof(*request), reply, sizeof(*reply), NULL);
    if (status < 0)
        tool_fail("keyboard", status_text(status));
    return (enum status)reply->status;
}

static void show(const struct keyboard_reply *reply) {
    output_text(&standard_output, reply->name);
    output_character(&standard_output, '\n');
}

static void list(void) {
    struct keyboard_request request = {.operation = KEYBOARD_LAYOUT_AT};
    struct keyboard_reply reply;
    for (; ask(&request, &reply) == STATUS_OK; request.index++)
        show(&reply);
}

static void choose(const char *name) {
    struct keyboard_request request = {.operation = KEYBOARD_LAYOUT_SET};
    struct keyboard_reply reply;
    if (strlen(name) >= sizeof(request.name))
        tool_fail(name, "no such layout");
    strcpy(request.name, name);
    enum status status = ask(&request, &reply);
    if (status != STATUS_OK)
        tool_fail(name, status == STATUS_NOT_FOUND ? "no such layout" : status_text(status));
}

int main(int argument_count, char **arguments) {
    struct keyboard_request request = {.operation = KEYBOARD_LAYOUT_GET};
    struct keyboard_reply reply;
    int count;
    tool_start(&tool, argument_count, arguments);
    bool lists = tool_option() == 'l';
    char **words = tool_operands(&count);
    if (count > 1 || (lists && count))
        tool_misused(words[count - 1], "a word too many");
    if (lists)
        list();
    else if (count)
        choose(words[0]);
    else if (ask(&request, &reply) == STATUS_OK)
        show(&reply);
    return tool_finish(0);
}
