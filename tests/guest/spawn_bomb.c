// spawn-bomb: starts itself again and again, as each of those does, for ever: for the tests of what one program can do to others.
#include <spawn.h>
#include <stddef.h>

extern char **environ;

int main(int count, char **arguments) {
    (void)count;
    for (;;)
        posix_spawn(NULL, "/bin/spawn-bomb", NULL, NULL, arguments, environ);
}
