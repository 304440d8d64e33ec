// The actions of find: -print, -print0, -delete, -exec.
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/find/find.h"

enum { BATCH_MAX = 500 };

struct batch {
    struct batch *next;
    const struct term *term;
    char *paths[BATCH_MAX];
    size_t count;
};

extern char **environ;

static struct batch *batches;
static int result;

bool action_print(const struct term *term, struct found *found) {
    (void)term;
    output_text(&standard_output, found->path);
    output_character(&standard_output, '\n');
    return true;
}

bool action_print0(const struct term *term, struct found *found) {
    (void)term;
    output_text(&standard_output, found->path);
    output_character(&standard_output, 0);
    return true;
}

bool action_delete(const struct term *term, struct found *found) {
    (void)term;
    if (!strcmp(found->path, "."))
        return true;
    bool directory = S_ISDIR(found->information.st_mode);
    if (directory ? rmdir(found->path) : unlink(found->path)) {
        tool_complain_errno(found->path);
        return false;
    }
    return true;
}

// Its exit status; what was written so far stands before what the command writes.
static int run(char **words) {
    pid_t process;
    int status;
    output_flush(&standard_output);
    int error = posix_spawnp(&process, words[0], NULL, NULL, words, environ);
    if (error) {
        errno = error;
        tool_complain_errno(words[0]);
        return 1;
    }
    if (waitpid(process, &status, 0) != process)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// The word with the path in place of each {}.
static char *replace(const char *word, const char *path) {
    size_t count = 0;
    for (const char *place = word; (place = strstr(place, "{}")); place += 2)
        count++;
    char *made = tool_allocate(strlen(word) + count * strlen(path) + 1, 1), *to = made;
    for (const char *place; (place = strstr(word, "{}")); word = place + 2) {
        to = mempcpy(to, word, (size_t)(place - word));
        to = stpcpy(to, path);
    }
    strcpy(to, word);
    return made;
}

bool action_exec(const struct term *term, struct found *found) {
    char **words = tool_allocate(term->word_count + 1, sizeof(*words));
    for (size_t i = 0; i < term->word_count; i++)
        words[i] = replace(term->words[i], found->path);
    words[term->word_count] = NULL;
    bool done = !run(words);
    for (size_t i = 0; i < term->word_count; i++)
        free(words[i]);
    free(words);
    return done;
}

struct batch *batch_make(const struct term *term) {
    struct batch *batch = tool_allocate(1, sizeof(*batch));
    *batch = (struct batch){.next = batches, .term = term};
    batches = batch;
    return batch;
}

static void run_batch(struct batch *batch) {
    const struct term *term = batch->term;
    char **words = tool_allocate(term->word_count + batch->count + 1, sizeof(*words));
    memcpy(words, term->words, term->word_count * sizeof(*words));
    memcpy(words + term->word_count, batch->paths, batch->count * sizeof(*words));
    words[term->word_count + batch->count] = NULL;
    if (batch->count && run(words))
        result = 1;
    for (size_t i = 0; i < batch->count; i++)
        free(batch->paths[i]);
    batch->count = 0;
    free(words);
}

bool action_exec_batch(const struct term *term, struct found *found) {
    struct batch *batch = term->batch;
    if (batch->count == BATCH_MAX)
        run_batch(batch);
    batch->paths[batch->count] = strdup(found->path);
    batch->count += batch->paths[batch->count] != NULL;
    return true;
}

int expression_finish(void) {
    for (struct batch *batch = batches; batch; batch = batch->next)
        run_batch(batch);
    return result;
}
