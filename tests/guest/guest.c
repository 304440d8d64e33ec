// The harness of the tests that run inside Parley: finds the tests or the role, runs them, and says how it went.
#include "tests/guest/guest.h"

#include <setjmp.h>
#include <stdarg.h>

#include "tests/guest/guest_private.h"

extern const struct guest_test __start_guest_tests[] __attribute__((weak)), __stop_guest_tests[] __attribute__((weak));
extern const struct guest_role __start_guest_roles[] __attribute__((weak)), __stop_guest_roles[] __attribute__((weak));

static jmp_buf after_test;
static bool in_test;
static char why[512];

// In a child there is no test to end: the exit code tells the line.
void guest_fail(const char *file, int line, const char *format, ...) {
    va_list arguments;
    int length = snprintf(why, sizeof(why), "%s:%d ", file, line);
    va_start(arguments, format);
    vsnprintf(why + length, sizeof(why) - (size_t)length, format, arguments);
    va_end(arguments);
    if (guest_is_child())
        process_exit(line);
    if (!in_test) {
        printf("not ok the program: %s\n", why);
        exit(1);
    }
    longjmp(after_test, 1);
}

void guest_expect_equal(int64_t actual, int64_t expected, const char *what, const char *file, int line) {
    if (actual != expected)
        guest_fail(file, line, "expected %s to be %lld, got %lld", what, (long long)expected, (long long)actual);
}

void guest_expect_status(enum status actual, enum status expected, const char *what, const char *file, int line) {
    if (actual != expected)
        guest_fail(file, line, "expected %s from %s, got %s", status_name(expected), what, status_name(actual));
}

static void print_sentence(const char *name) {
    for (; *name; name++)
        putchar(*name == '_' ? ' ' : *name);
}

static bool run_test(const struct guest_test *test) {
    volatile bool passed = false;
    in_test = true;
    if (setjmp(after_test) == 0) {
        test->run();
        passed = true;
    }
    in_test = false;
    printf(passed ? "ok " : "not ok ");
    print_sentence(test->name);
    if (passed)
        printf("\n");
    else
        printf(": %s\n", why);
    fflush(stdout);
    guest_children_end();
    guest_drain();
    return passed;
}

static bool is_wanted(const struct guest_test *test, const char *pattern) {
    return pattern == NULL || strstr(test->name, pattern) != NULL;
}

static int run_tests(const char *pattern) {
    int count = 0, failed = 0;
    for (const struct guest_test *test = __start_guest_tests; test != __stop_guest_tests; test++)
        count += is_wanted(test, pattern);
    printf("1..%d\n", count);
    fflush(stdout);
    for (const struct guest_test *test = __start_guest_tests; test != __stop_guest_tests; test++)
        if (is_wanted(test, pattern))
            failed += !run_test(test);
    return failed != 0;
}

static int run_role(int argument_count, char **arguments) {
    for (const struct guest_role *role = __start_guest_roles; role != __stop_guest_roles; role++)
        if (strcmp(role->name, arguments[0]) == 0)
            return role->run(argument_count - 1, arguments + 1);
    return 255;
}

int main(int argument_count, char **arguments) {
    if (argument_count == 0) // started by a random call
        return 0;
    guest_name_program(arguments[0]);
    if (argument_count > 2 && strcmp(arguments[1], GUEST_ROLE_OPTION) == 0)
        return run_role(argument_count - 2, arguments + 2);
    if (guest_program != NULL)
        return guest_program(argument_count - 1, arguments + 1);
    return run_tests(argument_count > 1 ? arguments[1] : NULL);
}
