// The clients of the screen, in the order in which they lie on each other.
#include "drivers/display/screen_server.h"

#include <parley/start.h>

enum { CLIENTS = 16 };

struct screen_client {
    struct interface_peer peer;
    struct rectangle place; // the part on the screen, as it was last taken from the page
    uint32_t drawn;         // commands
};

static const struct surface *screen;
static struct screen_client clients[CLIENTS]; // the last one is on top
static uint32_t client_count;

enum status screen_server_start(const struct surface *surface) {
    const struct interface_plan plan = {
        .id = SCREEN_ID,
        .version = SCREEN_VERSION,
        .data_size = SCREEN_WINDOW_OFFSET + SCREEN_WINDOW,
        .clients = CLIENTS,
        .name = "bitmaps",
        .grant = "bitmaps",
    };
    int32_t number;
    screen = surface;
    return interface_publish(&plan, &number);
}

static struct screen_page *page_of(const struct screen_client *client) {
    return (struct screen_page *)client->peer.pages;
}

// ---- coming and going ----

static void expose_others(const struct screen_client *but) {
    for (uint32_t i = 0; i < client_count; i++) {
        if (&clients[i] != but) {
            doorbell_ring(&page_of(&clients[i])->exposed);
        }
    }
}

// The kernel lets no more clients in than there are places, but one that is gone may still have its place here.
static void take_in(int32_t number) {
    if (client_count == CLIENTS) {
        number_close(number);
        return;
    }
    struct screen_client *client = &clients[client_count];
    *client = (struct screen_client){0};
    if (interface_accept(number, &client->peer) != STATUS_OK) {
        return;
    }
    client_count++;
    struct screen_page *page = page_of(client);
    page->process = start_information()->process;
    page->width = screen->width;
    page->height = screen->height;
    page->window = interface_corrected(&client->peer, client->peer.pages + SCREEN_WINDOW_OFFSET);
    interface_set_ready(&client->peer);
}

static void let_go(int32_t number) {
    for (uint32_t i = 0; i < client_count; i++) {
        if (clients[i].peer.number == number) {
            interface_drop(&clients[i].peer);
            client_count--;
            memmove(&clients[i], &clients[i + 1], (client_count - i) * sizeof(clients[0]));
            expose_others(NULL);
            return;
        }
    }
}

bool screen_server_take(const EVENT *event) {
    if (event->Type != EVENT_INTERFACE || (event->Data3 & UINT16_MAX) != SCREEN_ID) {
        return false;
    }
    if (event->Action == INTERFACE_REQUESTED) {
        take_in((int32_t)event->Data1);
    } else if (event->Action == INTERFACE_GONE) {
        let_go((int32_t)event->Data1);
    }
    return true;
}

// ---- drawing ----

static void take_place(struct screen_client *client) {
    struct rectangle place;
    shared_copy(&place, &page_of(client)->place, sizeof(place));
    place = surface_clip(screen, &place);
    if (memcmp(&place, &client->place, sizeof(place)) != 0) {
        client->place = place;
        expose_others(client);
    }
}

static bool draw_command(const struct screen_client *client, const struct screen_command *command,
                         const struct rectangle *above, uint32_t count) {
    if (!screen_command_is_sound(command, &client->place)) {
        return false;
    }
    struct rectangle where = command->where;
    where.x += client->place.x;
    where.y += client->place.y;
    struct image image = {client->peer.pages + SCREEN_WINDOW_OFFSET + command->offset, command->pitch};
    surface_put_below(screen, &where, &image, above, count);
    return true;
}

static uint32_t posted_by(const struct screen_client *client) {
    return __atomic_load_n(&page_of(client)->posted, __ATOMIC_ACQUIRE);
}

// A client that says it posted more than the ring holds has overwritten it: only the newest count.
static void draw_client(struct screen_client *client, uint32_t posted) {
    struct rectangle above[CLIENTS];
    struct screen_page *page = page_of(client);
    uint32_t count = 0;
    take_place(client);
    for (struct screen_client *other = client + 1; other < clients + client_count; other++) {
        above[count++] = other->place;
    }
    if (posted - client->drawn > SCREEN_COMMANDS) {
        client->drawn = posted - SCREEN_COMMANDS;
    }
    for (; client->drawn != posted; client->drawn++) {
        struct screen_command command;
        shared_copy(&command, &page->commands[client->drawn % SCREEN_COMMANDS], sizeof(command));
        if (!draw_command(client, &command, above, count)) {
            page->refused++;
        }
    }
    __atomic_store_n(&page->drawn, posted, __ATOMIC_RELEASE);
    doorbell_ring(&page->done);
}

bool screen_server_draw(void) {
    bool any = false;
    for (uint32_t i = 0; i < client_count; i++) {
        uint32_t posted = posted_by(&clients[i]);
        if (posted != clients[i].drawn) {
            draw_client(&clients[i], posted);
            any = true;
        }
    }
    return any;
}

bool screen_server_has_one_client(void) {
    return client_count == 1;
}

bool screen_server_arm(void) {
    bool quiet = true;
    for (uint32_t i = 0; i < client_count; i++) {
        __atomic_store_n(&page_of(&clients[i])->bell.sleeps, 1, __ATOMIC_SEQ_CST);
        quiet &= __atomic_load_n(&page_of(&clients[i])->posted, __ATOMIC_SEQ_CST) == clients[i].drawn;
    }
    return quiet;
}
