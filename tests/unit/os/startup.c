// The language of /etc/startup: what each line means, and what is said about wrong ones.
#include "os/init/startup.h"
#include "os/init/backoff.h"
#include "os/init/words.h"

#include "kernel/abi/object.h"
#include "kernel/abi/process.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct startup startup;
static struct startup_problem problem;

static enum status parse(const char *text) {
    return startup_parse(&startup, text, strlen(text), &problem);
}

static void expect_problem(const char *text, unsigned line, const char *word) {
    cr_assert_eq(parse(text), STATUS_CORRUPT, "%s", text);
    cr_assert_eq(problem.line, line, "%s: line %u", text, problem.line);
    cr_assert(strstr(problem.text, word), "%s: '%s' does not speak of '%s'", text, problem.text, word);
}

Test(startup, the_file_that_is_shipped_is_sound) {
    static char text[65536];
    FILE *file = fopen("os/rootfs/etc/startup", "r");
    cr_assert(file, "run from the root of the tree");
    size_t size = fread(text, 1, sizeof(text), file);
    fclose(file);
    cr_assert_eq(startup_parse(&startup, text, size, &problem), STATUS_OK, "line %u: %s", problem.line, problem.text);
    cr_assert_str_eq(startup.services[0].name, "files");
    cr_assert_gt(startup.service_count, 4);
}

Test(startup, a_service_has_a_program_and_arguments) {
    cr_assert_eq(parse("# words\n\nservice one /bin/one \"two words\" three # rest\n"), STATUS_OK);
    cr_assert_eq(startup.service_count, 1);
    cr_assert_str_eq(startup.services[0].name, "one");
    cr_assert_eq(startup.services[0].word_count, 3);
    cr_assert_str_eq(startup.services[0].words[1], "two words");
    cr_assert_eq(startup.services[0].user, 0);
    cr_assert_eq(startup.services[0].priority, PRIORITY_NORMAL);
}

Test(startup, the_right_to_an_interface_is_granted_by_its_name) {
    cr_assert_eq(parse("service a /a\n  grant publish interface files\n"), STATUS_OK);
    cr_assert_eq(startup.services[0].grants[0].sources[0].kind, SOURCE_INTERFACE);
    cr_assert_eq(startup.services[0].grants[0].sources[0].base, 2);
    expect_problem("service a /a\n  grant publish interface nothing\n", 2, "interface");
}

Test(startup, indented_lines_are_about_the_service_above) {
    cr_assert_eq(parse("service a /a\nservice b /b\n  user 7\n\tpriority driver\n  reach x a\n  unless service c\n"
                       "  if word quiet\n"),
                 STATUS_OK);
    const struct startup_service *service = &startup.services[1];
    cr_assert_eq(startup.services[0].user, 0);
    cr_assert_eq(service->user, 7);
    cr_assert_eq(service->priority, PRIORITY_DRIVER);
    cr_assert_str_eq(service->reaches[0].name, "x");
    cr_assert_str_eq(service->reaches[0].service, "a");
    cr_assert(service->conditions[0].is_service && !service->conditions[0].wanted);
    cr_assert(!service->conditions[1].is_service && service->conditions[1].wanted);
    cr_assert_str_eq(service->conditions[1].text, "quiet");
}

Test(startup, a_service_is_awaited_by_its_interface) {
    cr_assert_eq(parse("service a /a\n  grant r ramdisk\n  grant publish interface files\n  ready\nservice b /b\n"),
                 STATUS_OK);
    cr_assert_eq(startup.services[0].ready, 2);
    cr_assert_eq(startup.services[1].ready, 0);
    expect_problem("service a /a\n  grant r ramdisk\n  ready\n", 3, "interface");
    expect_problem("service a /a\n  ready\n  grant publish interface files\n", 2, "interface");
    expect_problem("service a /a\n  grant publish interface files\n  ready now\n", 3, "too many");
}

Test(startup, every_source_of_authority_is_read) {
    cr_assert_eq(parse("service a /a\n grant p ports 0x3f8 8\n grant l line 4\n grant m memory 0xfee00000 4096\n"
                       " grant f framebuffer or pci 1234:AbCd 2\n grant q qemu opt/x\n grant r ramdisk\n"
                       " grant i machine input power\n grant s machine line copy send\n"),
                 STATUS_OK, "%s", problem.text);
    const struct startup_grant *grants = startup.services[0].grants;
    cr_assert_eq(grants[0].sources[0].base, 0x3f8);
    cr_assert_eq(grants[0].sources[0].size, 8);
    cr_assert_eq(grants[1].sources[0].base, 4);
    cr_assert_eq(grants[2].sources[0].base, 0xfee00000);
    cr_assert_eq(grants[3].source_count, 2);
    cr_assert_eq(grants[3].sources[1].kind, SOURCE_PCI);
    cr_assert_eq(grants[3].sources[1].base, 0x1234abcd);
    cr_assert_eq(grants[3].sources[1].size, 2);
    cr_assert_str_eq(grants[4].sources[0].file, "opt/x");
    cr_assert_eq(grants[5].sources[0].kind, SOURCE_RAMDISK);
    cr_assert_eq(grants[6].sources[0].base, RIGHT_INPUT | RIGHT_POWER);
    cr_assert_eq(grants[7].sources[0].base, RIGHT_LINE | RIGHT_COPY | RIGHT_SEND);
}

Test(startup, users_who_may_switch_off_are_a_bitmap) {
    cr_assert_eq(parse("power 0 1 63"), STATUS_OK);
    cr_assert_eq(startup.power_users, 3 | UINT64_C(1) << 63);
}

Test(startup, mistakes_are_told_with_their_line) {
    expect_problem("\n\nnonsense\n", 3, "first word");
    expect_problem("service a\n", 1, "missing");
    expect_problem("  user 1\n", 1, "no service");
    expect_problem("service a /a\nuser 1\n", 2, "indented");
    expect_problem("service a /a\n service b /b\n", 2, "must not be indented");
    expect_problem("service a /a\n user 64\n", 2, "number");
    expect_problem("service a /a\n user 1 2\n", 2, "too many");
    expect_problem("service a /a\n priority best\n", 2, "priority");
    expect_problem("service a /a\n grant x magic\n", 2, "source");
    expect_problem("service a /a\n grant x ports 65530 7\n", 2, "number");
    expect_problem("service a /a\n grant x memory 0xffffffffffffffff 1\n", 2, "number");
    expect_problem("service a /a\n grant x pci 12345:1 0\n", 2, "VENDOR");
    expect_problem("service a /a\n grant x pci 1234 0\n", 2, "VENDOR");
    expect_problem("service a /a\n grant x machine everything\n", 2, "right");
    expect_problem("service a /a\n grant x ramdisk and more\n", 2, "or");
    expect_problem("service a /a\n grant x ramdisk or ramdisk or ramdisk\n", 2, "or");
    expect_problem("service a /a\n unless maybe x\n", 2, "condition");
    expect_problem("service a \"/a\n", 1, "quote");
    expect_problem("service a-name-that-is-longer-than-a-name /a\n", 1, "too long");
    expect_problem("power 0 64\n", 1, "number");
}

Test(startup, each_list_has_its_limit) {
    char text[8192] = "";
    for (int i = 0; i <= STARTUP_SERVICES_MAX; i++) {
        strcat(text, "service a /a\n");
    }
    expect_problem(text, STARTUP_SERVICES_MAX + 1, "too many");
    expect_problem("service a 1 2 3 4 5 6 7 8 9\n", 1, "too many");
    strcpy(text, "service a /a\n");
    for (int i = 0; i <= STARTUP_GRANTS_MAX; i++) {
        strcat(text, " grant x ramdisk\n");
    }
    expect_problem(text, STARTUP_GRANTS_MAX + 2, "too many");
}

Test(startup, numbers_are_whole_words) {
    uint64_t value = 0;
    cr_assert(words_number("0x1F", 10, &value) && value == 0x1f);
    cr_assert(words_number("18446744073709551615", 10, &value) && value == UINT64_MAX);
    cr_assert_not(words_number("18446744073709551616", 10, &value));
    cr_assert_not(words_number("12a", 10, &value));
    cr_assert_not(words_number("", 10, &value));
    cr_assert_not(words_number("0x", 10, &value));
    cr_assert_not(words_number("-1", 10, &value));
}

Test(startup, random_text_is_survived) {
    static const char *const pieces[] = {
        "service ", "a ",   "/a",  "\n",       "\n  ",   "grant ",  "ports ", "0x60 ", "1 ",     "\"",     "#",
        "pci ",     "1:2 ", "or ", "machine ", "input ", "unless ", "word ",  "user ", "power ", "reach ", "ramdisk "};
    srandom(7);
    for (int round = 0; round < 20000; round++) {
        char text[1024] = "";
        for (int i = 0; i < 40; i++) {
            strcat(text, pieces[(unsigned)random() % (sizeof(pieces) / sizeof(pieces[0]))]);
        }
        if (parse(text) == STATUS_CORRUPT) {
            cr_assert_not_null(problem.text);
        }
    }
}

Test(startup, a_service_restarts_where_its_lines_say_so) {
    cr_assert_eq(parse("service a /a\n  restart\nservice b /b\n"), STATUS_OK);
    cr_assert(startup.services[0].restarts);
    cr_assert_not(startup.services[1].restarts);
    expect_problem("restart\n", 1, "indented");
    expect_problem("service a /a\n  restart often\n", 2, "too many");
}

enum { MILLISECOND = 1000000 };

Test(backoff, who_was_ended_or_had_worked_is_back_at_once) {
    cr_assert_eq(backoff_pause(END_KILLED, 0, 800 * MILLISECOND), 0);
    cr_assert_eq(backoff_pause(END_FAULTED, UINT64_C(2000) * MILLISECOND, 800 * MILLISECOND), 0);
}

Test(backoff, who_ends_itself_at_once_waits_longer_each_time_up_to_a_bound) {
    uint64_t pause = 0, before = 0;
    for (int i = 0; i < 20; i++) {
        pause = backoff_pause(i % 2 ? END_EXITED : END_FAULTED, 10 * MILLISECOND, before);
        cr_assert(pause > before || pause == UINT64_C(5000) * MILLISECOND);
        before = pause;
    }
    cr_assert_eq(pause, UINT64_C(5000) * MILLISECOND);
    cr_assert_eq(backoff_pause(END_EXITED, 0, 0), 50 * MILLISECOND);
}

Test(startup, memory_can_be_kept_for_a_service_between_its_lives) {
    cr_assert_eq(parse("service a /a\n  restart\n  known\n  grant store kept 4\nservice b /b\n"), STATUS_OK);
    cr_assert(startup.services[0].is_known);
    cr_assert_not(startup.services[1].is_known);
    cr_assert_eq(startup.services[0].grants[0].sources[0].kind, SOURCE_KEPT);
    cr_assert_eq(startup.services[0].grants[0].sources[0].base, 4);
    expect_problem("service a /a\n  grant store kept 0\n", 2, "number");
    expect_problem("service a /a\n  grant store kept 1000\n", 2, "number");
    expect_problem("service a /a\n  grant store kept\n", 2, "missing");
}
