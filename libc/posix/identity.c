// Who this process is.
#include <parley/start.h>
#include <sys/types.h>
#include <unistd.h>

pid_t getpid(void) {
    return (pid_t)start_information()->process;
}

pid_t getppid(void) {
    return (pid_t)start_information()->parent;
}

uid_t getuid(void) {
    return (uid_t)start_information()->user;
}

uid_t geteuid(void) {
    return getuid();
}

gid_t getgid(void) {
    return (gid_t)getuid();
}

gid_t getegid(void) {
    return getgid();
}

int getpagesize(void) {
    return PAGE_SIZE;
}
