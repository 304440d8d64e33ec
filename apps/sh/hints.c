// Commands that fingers know from elsewhere, and what does their work here. (A test tries all that stands between backquotes.)
#include "apps/sh/hints.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define EDITOR "there is no editor yet; `cat` > FILE keeps what is typed up to Ctrl-D, and `sed` changes it"
#define NETWORK "there is no network yet"
#define DISK "there is no disk yet: files lie in memory, and `free` shows how much of that is left"

static const struct {
    const char *names; // each between blanks
    const char *hint;
} hints[] = {
    {" less most pg ", "`more` shows a page at a time"},
    {" man info apropos whatis ", "`help` lists what the shell does, and most programs answer to --help"},
    {" which whereis ", "`type` says where a command is"},
    {" vi vim nvim nano emacs ed ex pico mcedit joe ", EDITOR},
    {" let expr bc dc ", "$((1 + 2)) computes: `echo` $((1 + 2))"},
    {" awk gawk perl python python3 ", "`sed`, `cut`, `grep` and `sh` itself are here"},
    {" bash dash zsh ksh csh fish ", "the shell is called `sh`"},
    {" gcc cc clang make ld ", "programs are compiled on the host, into the ramdisk"},
    {" htop atop ", "`top` shows who uses what"},
    {" pgrep pidof ", "`ps` | grep NAME finds it"},
    {" pkill killall ", "`kill` takes the numbers that `ps` shows"},
    {" strace ltrace ", "`trace` COMMAND shows every operation of it"},
    {" gdb lldb ", "`debug` stops the machine for the kernel's debugger; GDB attaches from outside, by ninja gdb"},
    {" dmesg journalctl ", "consoles show the kernel's log as it grows; `debug`, then log, shows it again"},
    {" lsof ipcs fuser ", "`objects` lists all that is held, and who holds it"},
    {" ulimit ", "`limits` shows them"},
    {" shutdown halt init ", "`poweroff` switches the machine off"},
    {" logout quit ", "`exit` leaves the shell, `poweroff` the machine"},
    {" systemctl service ", "`interfaces` lists the services, and `restart` starts one anew"},
    {" loadkeys setxkbmap ", "`keymap` chooses the layout"},
    {" od xxd hd ", "`hexdump` shows bytes"},
    {" md5sum sha1sum sha256sum ", "`cksum` computes a checksum"},
    {" whoami id groups ", "`ps` shows every process's user"},
    {" df du mount umount fdisk lsblk ", DISK},
    {" ping ip ifconfig curl wget ssh scp nc telnet netstat ss ", NETWORK},
    {" apt apt-get dpkg yum pacman ", "there are no packages: programs are built into the ramdisk"},
    {" sudo su doas ", "the person at a console has all the rights there are to have"},
};

// Whether the name is one of these words.
static bool is_among(const char *names, const char *name) {
    size_t length = strlen(name);
    for (const char *at = strstr(names, name); length && at; at = strstr(at + 1, name))
        if (at > names && at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

const char *hint_for(const char *name) {
    for (size_t i = 0; !strchr(name, ' ') && i < sizeof(hints) / sizeof(hints[0]); i++)
        if (is_among(hints[i].names, name))
            return hints[i].hint;
    return NULL;
}
