// The pure parts of the debugger's console: expressions, the keys of a terminal, the line editor.
#include <criterion/criterion.h>
#include <string.h>

#include "debug/commands/expression.h"
#include "debug/console/editor.h"
#include "kernel/base/writer.h"

// ---- expressions ----

static bool find_symbol(void *context, const char *name, size_t length, uint64_t *value) {
    *value = 0x1000;
    return context == 0 && length == 4 && memcmp(name, "main", 4) == 0;
}

static bool find_register(void *context, const char *name, size_t length, uint64_t *value) {
    *value = 0x2000;
    return context == 0 && length == 3 && memcmp(name, "rsp", 3) == 0;
}

static bool find_memory(void *context, uint64_t address, uint64_t *value) {
    *value = address + 1;
    return context == 0 && address >= 0x1000;
}

static const struct expression_scope scope = {0, find_symbol, find_register, find_memory};

static void expect_value(const char *text, uint64_t expected) {
    const char *at;
    uint64_t value;
    const char *error = expression_read(text, &scope, &value, &at);
    cr_assert_null(error, "%s: %s", text, error);
    cr_assert_eq(value, expected, "%s: %#lx, expected %#lx", text, value, expected);
}

static void expect_error(const char *text, const char *wanted) {
    const char *at;
    uint64_t value;
    const char *error = expression_read(text, &scope, &value, &at);
    cr_assert_not_null(error, "%s has a value", text);
    cr_assert_str_eq(error, wanted, "%s: %s", text, error);
    cr_assert(at >= text && at <= text + strlen(text));
}

Test(expression, has_numbers_names_registers_memory_and_operators_as_in_c) {
    expect_value("42", 42);
    expect_value(" 0xFFFFffffFFFFffff ", UINT64_MAX);
    expect_value("'a'", 'a');
    expect_value("main+0x10", 0x1010);
    expect_value("$rsp - 8", 0x1ff8);
    expect_value("*$rsp", 0x2001);
    expect_value("**main", 0x1002);
    expect_value("1+2*3", 7);
    expect_value("(1+2)*3", 9);
    expect_value("1<<12|5&4", 4100);
    expect_value("100/7%4", 2);
    expect_value("-1", UINT64_MAX);
    expect_value("~0>>60", 15);
    expect_value("1<<64", 0);
}

Test(expression, says_what_is_wrong_and_where) {
    expect_error("", "a value is missing");
    expect_error("0x", "a number lacks its digits");
    expect_error("0x10000000000000000", "a number has more than 64 bits");
    expect_error("99999999999999999999", "a number has more than 64 bits");
    expect_error("nobody", "there is no function of this name");
    expect_error("$nobody", "there is no register of this name, or nobody knows what is in it");
    expect_error("*8", "there is no memory at that address");
    expect_error("(1", "a ) is missing");
    expect_error("1 2", "this is no operator");
    expect_error("1/0", "a division by zero");
    expect_error("5%(1-1)", "a division by zero");
    expect_error("'ab'", "a character stands between two '");
    expect_error("((((((((((((((((((((1))))))))))))))))))))", "this is too deep");
    expect_error("--------------------------------------------------------------------------------------1",
                 "this is too deep");
}

// ---- keys ----

static int key_of(const char *bytes) {
    struct terminal_keys keys = {0};
    int key = EDITOR_NOTHING;
    for (; *bytes != 0; bytes++)
        key = terminal_key(&keys, (uint8_t)*bytes);
    return key;
}

Test(terminal_key, understands_the_sequences_of_the_usual_terminals) {
    cr_assert_eq(key_of("a"), 'a');
    cr_assert_eq(key_of("\033[A"), EDITOR_UP);
    cr_assert_eq(key_of("\033OD"), EDITOR_LEFT);
    cr_assert_eq(key_of("\033[1~"), EDITOR_HOME);
    cr_assert_eq(key_of("\033[3~"), EDITOR_DELETE);
    cr_assert_eq(key_of("\033[1;5F"), EDITOR_END);
    cr_assert_eq(key_of("\033[99999999999999~"), EDITOR_NOTHING);
    cr_assert_eq(key_of("\033[Zx"), 'x');
    cr_assert_eq(key_of("\033\033[B"), EDITOR_DOWN);
    cr_assert_eq(key_of("\303"), EDITOR_NOTHING);
}

// ---- the editor: what a terminal would show is kept up ----

static const char *const names[] = {"process", "processes", "print", "why"};

static const char *complete(const char *after, const char *text, size_t length) {
    bool is_behind = after == 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (is_behind && strncmp(names[i], text, length) == 0)
            return names[i];
        is_behind |= after == names[i];
    }
    return 0;
}

struct screen {
    struct writer writer; // must be first
    char line[1000];
    size_t column, lines;
};

static void screen_put(struct writer *writer, const char *text, size_t size) {
    struct screen *screen = (struct screen *)writer;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\b') {
            cr_assert_gt(screen->column, 0);
            screen->column--;
        } else if (text[i] == '\n') {
            memset(screen->line, 0, sizeof(screen->line));
            screen->column = 0;
            screen->lines++;
        } else {
            cr_assert_lt(screen->column, sizeof(screen->line));
            screen->line[screen->column++] = text[i];
        }
    }
}

static struct screen screen;
static struct line_editor editor;

static void setup(void) {
    screen = (struct screen){.writer = {.put = screen_put}};
    editor = (struct line_editor){.complete = complete};
    editor_begin(&editor, "> ", &screen.writer);
}

static bool type(const char *bytes) {
    struct terminal_keys keys = {0};
    bool done = false;
    for (; *bytes != 0; bytes++)
        done = editor_take(&editor, terminal_key(&keys, (uint8_t)*bytes), "> ", &screen.writer);
    return done;
}

static void expect_shown(const char *text) {
    char shown[1000];
    strcpy(shown, screen.line);
    for (size_t end = strlen(shown); end > 2 && shown[end - 1] == ' '; end--)
        shown[end - 1] = 0;
    cr_assert_str_eq(shown, text, "shown: '%s', expected '%s'", shown, text);
}

Test(editor, inserts_and_removes_where_the_cursor_is, .init = setup) {
    cr_assert(!type("helo\033[Dl"));
    expect_shown("> hello");
    cr_assert_eq(screen.column, 6);
    type("\001x\005y\010");
    expect_shown("> xhello");
    type("\001\004\005\033[D\033[D\013");
    expect_shown("> hel");
    type(" two  \027");
    cr_assert_str_eq(editor.line, "hel ");
    type("\025\010\010\004");
    cr_assert_eq(editor.length, 0);
    cr_assert_eq(screen.column, 2);
    cr_assert(type("x\r"));
    cr_assert_str_eq(editor.line, "x");
}

Test(editor, takes_no_more_than_a_line_holds, .init = setup) {
    for (int i = 0; i < 3 * EDITOR_LINE_SIZE; i++)
        type("abc");
    cr_assert_eq(editor.length, EDITOR_LINE_SIZE);
    cr_assert_eq(editor.line[EDITOR_LINE_SIZE], 0);
}

Test(editor, brings_back_earlier_lines, .init = setup) {
    static const char *const lines[] = {"one\r", "two\r", "two\r", "\r"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        type(lines[i]);
        editor_begin(&editor, "> ", &screen.writer);
    }
    type("\033[A");
    expect_shown("> two");
    type("\033[A\033[A");
    expect_shown("> one");
    type("\033[B\033[B\033[B");
    expect_shown("> ");
    cr_assert_str_eq(editor_history(&editor, 2), "one");
    cr_assert_null(editor_history(&editor, 3));
    cr_assert_null(editor_history(&editor, 0));
}

Test(editor, completes_as_far_as_the_names_agree_and_then_lists_them, .init = setup) {
    type("w\t");
    cr_assert_str_eq(editor.line, "why ");
    type("\025proc\t");
    cr_assert_str_eq(editor.line, "process");
    size_t lines = screen.lines;
    type("\t");
    cr_assert_eq(screen.lines, lines + 2);
    expect_shown("> process");
    type("\025zzz\t");
    cr_assert_str_eq(editor.line, "zzz");
    type("\025p p\t");
    cr_assert_str_eq(editor.line, "p p");
}

Test(editor, control_c_gives_an_empty_line, .init = setup) {
    type("something\003");
    cr_assert_eq(editor.length, 0);
    expect_shown("> ");
}
