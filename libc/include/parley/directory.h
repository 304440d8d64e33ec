// The system's directory: every driver and server registers an interface under its own system id, by which it is found.
//
// The page of a service begins with a struct directory_page, which names its process: whom to send messages to. Who may register
// which id is granted in /etc/startup (`grant publish interface NAME`), so that nobody takes another's place; a service that is
// started anew is found anew. start_service looks here for what the program was not told by its parent.
#pragma once

#include <parley/event.h>
#include <parley/interface.h>
#include <stdbool.h>

// The names and ids stand in libc/directory/names.h.
enum { DIRECTORY_VERSION = 1 };

struct directory_page {
    struct interface_page head;
    uint32_t process; // of the server
};

// Registers the calling service under the id that its grant `publish` is for; without that grant it does nothing. What goes wrong
// is told in the kernel's log: the service works for those who know it otherwise.
void directory_join(void);

// The same under an id, with a number for its name. Either closes the gate to pipes: what takes all its events would get a number for each.
enum status directory_announce_as(uint32_t id, int32_t name);

// To be shown each event: true if it was about the directory, and is dealt with.
bool directory_take(const EVENT *event);

// The process id of a service; 0: there is none. Waits at most a second for a service that does not answer.
uint32_t directory_find(const char *name);
