// Grants: authorities and services that a program knows by name.
#include <parley/directory.h>
#include <parley/start.h>
#include <string.h>

#include "libc/start/grants.h"
#include "libc/start/start.h"

static struct start_grant grants[GRANTS_MAX];
static uint32_t grant_count;
static bool is_read;

static void read_given(void) {
    const struct start_block *block = start_block_given();
    is_read = true;
    if (!block)
        return;
    grant_count = block->grant_count < GRANTS_MAX ? block->grant_count : GRANTS_MAX;
    memcpy(grants, (const char *)block + block->grants, grant_count * sizeof *grants);
}

uint32_t grants_list(const struct start_grant **list) {
    if (!is_read)
        read_given();
    *list = grants;
    return grant_count;
}

static struct start_grant *find(const char *name) {
    const struct start_grant *list;
    uint32_t count = grants_list(&list);
    for (uint32_t i = 0; i < count; i++)
        if (strncmp(list[i].name, name, NAME_SIZE) == 0)
            return &grants[i];
    return NULL;
}

int32_t start_grant_number(const char *name) {
    const struct start_grant *grant = find(name);
    return grant ? grant->number : NUMBER_NONE;
}

uint32_t start_service(const char *name) {
    const struct start_grant *grant = find(name);
    return grant ? grant->process : directory_find(name);
}

bool start_grant_add(const char *name, int32_t number, uint32_t process) {
    if (strlen(name) >= NAME_SIZE)
        return false;
    struct start_grant *grant = find(name);
    if (!grant && grant_count == GRANTS_MAX)
        return false;
    if (!grant)
        grant = &grants[grant_count++];
    memset(grant, 0, sizeof *grant);
    strcpy(grant->name, name);
    grant->number = number;
    grant->process = process;
    return true;
}

void start_grant_move(const char *name, uint32_t process) {
    struct start_grant *grant = find(name);
    if (grant)
        __atomic_store_n(&grant->process, process, __ATOMIC_RELAXED);
}
