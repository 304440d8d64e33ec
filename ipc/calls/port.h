// What the files of the port calls need of each other: the number that travels with a message.
#pragma once

#include "ipc/port.h"

// Takes the caller's number for a message. BAD_NUMBER, NO_RIGHT.
enum status port_load_fill(struct number_cargo *load, const struct port_cargo *cargo);

// The same as the program tells it. BAD_ADDRESS too.
enum status port_load_read(struct number_cargo *load, struct user_address address);

// The same for what waits in a queue. WRONG_TYPE: a port itself, which does not travel so.
enum status port_load_read_to_queue(struct number_cargo *load, struct user_address address);
