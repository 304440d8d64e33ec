// stat: what is known of files.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/ls/entry.h"

static const struct tool tool = {
    .name = "stat",
    .usage = "usage: stat [-L] [-c FORMAT] FILE...\n"
             "Shows what is known of files, or that by the format, with a line end behind:\n"
             "  %n name   %s bytes   %F kind   %a rights as a number   %A as text   %i number of the file   %h links\n"
             "  %u user   %g group   %Y %X %Z seconds since 1970 when it was changed, read, changed in its rights\n"
             "  %y %x %z the same as times   %% a %\n",
    .options = "Lc:",
    .failure = 1,
};

static bool follow;

static const char *kind_of(const struct stat *information) {
    if (S_ISREG(information->st_mode))
        return information->st_size ? "regular file" : "regular empty file";
    if (S_ISDIR(information->st_mode))
        return "directory";
    if (S_ISCHR(information->st_mode))
        return "character special file";
    if (S_ISFIFO(information->st_mode))
        return "fifo";
    return S_ISLNK(information->st_mode) ? "symbolic link" : "unknown";
}

static void put_time(const struct timespec *time) {
    char text[80], zone[40];
    struct tm date;
    gmtime_r(&time->tv_sec, &date);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &date);
    snprintf(zone, sizeof(zone), ".%09ld +0000", (long)time->tv_nsec);
    output_text(&standard_output, text);
    output_text(&standard_output, zone);
}

static void put_octal(unsigned value) {
    char text[16];
    snprintf(text, sizeof(text), "%o", value);
    output_text(&standard_output, text);
}

// False: it is no letter of a number.
static bool put_number(char letter, const struct stat *information) {
    const struct {
        char letter;
        long long value;
    } numbers[] = {
        {'s', information->st_size},
        {'i', (long long)information->st_ino},
        {'h', (long long)information->st_nlink},
        {'u', information->st_uid},
        {'g', information->st_gid},
        {'Y', information->st_mtim.tv_sec},
        {'X', information->st_atim.tv_sec},
        {'Z', information->st_ctim.tv_sec},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (numbers[i].letter != letter)
            continue;
        output_signed(&standard_output, numbers[i].value);
        return true;
    }
    return false;
}

static bool put_item(char letter, const char *name, const struct stat *information) {
    char mode[11];
    switch (letter) {
    case 'n':
        output_text(&standard_output, name);
        return true;
    case 'F':
        output_text(&standard_output, kind_of(information));
        return true;
    case 'a':
        put_octal(information->st_mode & 07777);
        return true;
    case 'A':
        mode_format(information->st_mode, mode);
        output_text(&standard_output, mode);
        return true;
    case 'y':
        put_time(&information->st_mtim);
        return true;
    case 'x':
        put_time(&information->st_atim);
        return true;
    case 'z':
        put_time(&information->st_ctim);
        return true;
    case '%':
        output_character(&standard_output, '%');
        return true;
    default:
        return put_number(letter, information);
    }
}

static void show(const char *format, const char *name, const struct stat *information) {
    for (; *format; format++) {
        if (*format != '%' || !format[1])
            output_character(&standard_output, *format);
        else if (!put_item(*++format, name, information))
            tool_fail(format - 1, "no such item");
    }
    output_character(&standard_output, '\n');
}

int main(int argument_count, char **arguments) {
    const char *format = "  File: %n\n  Size: %s\n  Kind: %F\n  Mode: %a %A\n  Changed: %y";
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        follow |= option == 'L';
        format = option == 'c' ? tool_value() : format;
    }
    char **names = tool_operands(NULL);
    if (!*names)
        tool_misused(NULL, "a file is wanted");
    for (; *names; names++) {
        struct stat information;
        if (follow ? stat(*names, &information) : lstat(*names, &information))
            tool_complain_errno(*names);
        else
            show(format, *names, &information);
    }
    return tool_finish(0);
}
