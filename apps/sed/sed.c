// sed: edits lines by a script.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/input.h"
#include "apps/common/tool.h"
#include "apps/sed/execute.h"

static const struct tool tool = {
    .name = "sed",
    .usage = "usage: sed [-nErsi] SCRIPT [FILE]...\n"
             "       sed [-nErsi] -e SCRIPT... -f FILE... [FILE]...\n"
             "Writes the lines as the script edits them.\n"
             "  -n  only what p writes   -E, -r  extended regular expressions   -s  each file for itself\n"
             "  -i  into the files in place of standard output\n"
             "Commands, with ; or line ends between: s/RE/TEXT/[gpI1-9] y/abc/xyz/ p P d D q n N = l h H g G x\n"
             "  a TEXT  i TEXT  c TEXT  { ... }  :LABEL  b LABEL  t LABEL\n"
             "  w FILE  s/RE/TEXT/w FILE: writes lines into it   r FILE: its contents behind the line\n"
             "Before a command: N  $  /RE/  FIRST~STEP  FROM,TO  FROM,+N  and ! for all other lines.\n",
    .options = "nErse:f:i",
    .failure = 1,
};

static struct script script;
static struct stream stream;
static struct output file_output;
static struct sink file_sink = {.output = &file_output};
static char *target, *temporary; // of -i: the file, and what becomes it
static bool in_place, has_script;

static void parse_file(const char *name) {
    static struct input input;
    struct whole whole = {0};
    if (!input_open(&input, name))
        tool_fail(NULL, "there is no script");
    input_whole(&input, &whole);
    input_close(&input);
    whole.text = tool_reallocate(whole.text, whole.size + 1, 1);
    whole.text[whole.size] = 0;
    script_parse(&script, whole.text);
    free(whole.text);
}

static void end_file(void) {
    if (!target)
        return;
    bool good = output_flush(&file_output);
    close(file_output.descriptor);
    if (!good)
        errno = file_output.error;
    if (!good || rename(temporary, target)) {
        tool_complain_errno(target);
        unlink(temporary);
    }
    free(target);
    free(temporary);
    target = NULL;
}

static void begin_file(const char *name) {
    end_file();
    if (!strcmp(name, "-"))
        tool_fail("-i", "standard input cannot be edited in place");
    target = strdup(name);
    size_t size = strlen(name) + sizeof(".sed");
    temporary = tool_allocate(size, 1);
    strcpy(stpcpy(temporary, name), ".sed");
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0)
        tool_fail_errno(temporary);
    output_start(&file_output, descriptor, file_output.buffer);
    file_sink.unended = false;
}

static void set_option(int option) {
    script.quiet |= option == 'n';
    script.extended |= option == 'E' || option == 'r';
    in_place |= option == 'i';
    stream.separate |= option == 's' || option == 'i';
    has_script |= option == 'e' || option == 'f';
    if (option == 'e')
        script_parse(&script, tool_value());
    if (option == 'f')
        parse_file(tool_value());
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL}, buffer[OUTPUT_SIZE];
    tool_start(&tool, argument_count, arguments);
    for (int i = 1; i < argument_count; i++) // which expressions the scripts have, before they are read
        script.extended |= !strcmp(arguments[i], "-E") || !strcmp(arguments[i], "-r") || !strcmp(arguments[i], "-nE");
    for (int option; (option = tool_option());)
        set_option(option);
    char **files = tool_operands(NULL);
    if (!has_script && !*files)
        tool_misused(NULL, "a script is wanted");
    if (!has_script)
        script_parse(&script, *files++);
    script_link(&script);
    file_output.buffer = buffer;
    stream.begin = in_place ? begin_file : NULL;
    stream_start(&stream, *files ? files : input, stream.separate);
    struct execution execution = {
        .script = &script, .stream = &stream, .sink = in_place ? &file_sink : &sink_standard, .quiet = script.quiet};
    int status = execute(&execution);
    end_file();
    sinks_finish();
    int end = tool_finish(status);
    return tool_has_complained() ? 2 : end;
}
