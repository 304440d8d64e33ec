// What the files of the port calls need of each other: the number that travels with a message.
#pragma once

#include "ipc/port.h"

// Takes what the program says is to travel with a reply: a number, or a page. BAD_ADDRESS, BAD_NUMBER, NO_RIGHT; of a page as
// port_page_load says.
enum status port_load_read(struct number_cargo *load, struct user_address address);

// The same for what waits in the port's queue. WRONG_TYPE: a port itself, which does not travel so.
enum status port_load_read_to_queue(const struct port *port, struct number_cargo *load, struct user_address address);
