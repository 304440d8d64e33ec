// The protocol of init: how a program asks for the machine to be switched off, restarted or stopped for its debugger, or for a
// service to be ended.
//
// start_service("init") is the process id to ask. A request is one message of a struct init_request. Init answers with
// one message in reply, a struct init_reply; when it grants a request for power, it stops the services, and the machine.
// Which users may ask stands in /etc/startup.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum init_operation {
    INIT_POWER_OFF = 1, // DENIED: this user may not
    INIT_REBOOT = 2,    // as INIT_POWER_OFF
    // Ends a service, in the midst of what it does; where /etc/startup says so, it is started again. The users who may are those
    // who may have the machine switched off. NOT_FOUND: no service runs as this process
    INIT_END_SERVICE = 3,
    INIT_DEBUG = 4, // the kernel's debugger: the answer comes when it lets the machine go on. DENIED: as INIT_POWER_OFF
};

struct init_request {
    uint32_t operation; // enum init_operation
    uint32_t process;   // INIT_END_SERVICE: its id; else 0
};

struct init_reply {
    int32_t status; // enum status
    uint32_t reserved;
};
