// The stub's side of GDB's remote protocol: takes packets, asks the target, answers. Pure: bytes in, bytes out.
//
// Rules: server_start once. While the target is stopped, bytes from the line go to server_feed, which says what to do next: RUN (the
// plan is in server->plan; at the next stop call server_tell_stop), DETACH, KILL or REBOOT. While it runs, only server_console may be called.
// A new GDB that attaches begins a new session, whatever the last one left: its first packet is qSupported.
#pragma once

#include "debug/protocol/conditions.h"
#include "debug/protocol/packet.h"
#include "debug/protocol/target.h"
#include "kernel/base/writer.h"

enum { SERVER_PACKET_SIZE = 0x2000, SERVER_SEARCH_MAX = 256, SERVER_SIGNALS = 256 };

enum server_next { SERVER_STAY, SERVER_RUN, SERVER_DETACH, SERVER_KILL, SERVER_REBOOT };

struct server {
    const struct debug_target *target;
    void (*put)(const char *bytes, size_t size);
    struct packet_decoder decoder;
    struct packet_encoder encoder;
    enum server_next next;
    struct resume_plan plan;     // what RUN asks for
    struct debug_stop stop;      // the last one
    struct debug_thread general; // H g: whose registers and memory
    struct debug_thread listed;  // how far the list of threads was read
    bool is_attached;            // a GDB has spoken since the last detach
    bool is_leaving;             // since then it was not told to go on: it lets go of one process after the other
    bool is_starting;            // GDB sets its session up: it takes only the process that stopped then
    bool withholds;              // there are threads that GDB has not been told of at this stop
    uint32_t lists;              // of threads, that GDB has asked for since the stop
    uint64_t newest_told;        // the last thread that it was told of
    bool is_extended;            // GDB wants to start and choose processes itself, and stays when the last one is gone
    bool no_ack;
    uint8_t passed[SERVER_SIGNALS / 8];              // a bit per signal that GDB does not want to hear of
    bool multiprocess, knows_swbreak, knows_hwbreak; // what GDB said it can
    char input[SERVER_PACKET_SIZE + 1];
    char output[SERVER_PACKET_SIZE + PACKET_FRAME_SIZE];
    struct conditions conditions; // the last member: server_start leaves what it holds of none
};

void server_start(struct server *server, const struct debug_target *target,
                  void (*put)(const char *bytes, size_t size));

// Takes one byte while the target is stopped.
enum server_next server_feed(struct server *server, uint8_t byte);

// The target has stopped: forgets what it knew of the last stop, and tells GDB where it asked to be told.
void server_note_stop(struct server *server, const struct debug_stop *stop);
void server_tell_stop(struct server *server, const struct debug_stop *stop);

// Whether GDB has said that it need not be told of a signal.
bool server_passes(const struct server *server, uint32_t signal);

// Whether a thread that ran into a break point is to stop there, as the conditions say that GDB set for it.
bool server_break_holds(const struct server *server, const struct break_place *place,
                        const struct debug_thread *thread);

// Text for GDB's console while the target runs, or during a `monitor` command.
void server_console(struct server *server, const char *text, size_t size);
