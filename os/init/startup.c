// The parser of /etc/startup: a table of lines, and a table of sources of authority.
#include "os/init/startup.h"

#include "kernel/abi/object.h"
#include "kernel/abi/process.h"
#include "libc/directory/names.h"
#include "os/init/words.h"

#include <string.h>

struct parser {
    struct startup *startup;
    struct startup_service *service; // that indented lines are about; null: none yet
    struct words words;
    uint32_t at;         // the next word
    const char *problem; // null: none so far
};

static void fail(struct parser *parser, const char *problem) {
    if (!parser->problem) {
        parser->problem = problem;
    }
}

// The next word; the empty one where there is none, which is a problem.
static const char *take(struct parser *parser) {
    if (parser->at == parser->words.count) {
        fail(parser, "a word is missing");
        return "";
    }
    return parser->words.text[parser->at++];
}

static bool has_more(const struct parser *parser) {
    return parser->at < parser->words.count && !parser->problem;
}

static uint64_t take_number(struct parser *parser, unsigned base, uint64_t most) {
    uint64_t value = 0;
    if (!words_number(take(parser), base, &value) || value > most) {
        fail(parser, "a number is wrong or too large");
        return 0;
    }
    return value;
}

static void take_name(struct parser *parser, char name[NAME_SIZE]) {
    const char *word = take(parser);
    if (strlen(word) >= NAME_SIZE) {
        fail(parser, "a name is too long");
        return;
    }
    strcpy(name, word);
}

struct named_value {
    const char *name;
    uint32_t value;
};

static const struct named_value machine_rights[] = {
    {"input", RIGHT_INPUT},       {"power", RIGHT_POWER},
    {"range", RIGHT_RANGE},       {"line", RIGHT_LINE},
    {"user", RIGHT_USER},         {"limit", RIGHT_LIMIT},
    {"send", RIGHT_SEND},         {"copy", RIGHT_COPY},
    {"priority", RIGHT_PRIORITY}, {"debug", RIGHT_DEBUG},
    {"swap", RIGHT_SWAP},         {"publish", RIGHT_PUBLISH},
    {"wait", RIGHT_WAIT},         {NULL, 0},
};

static const struct named_value priorities[] = {
    {"low", PRIORITY_LOW},
    {"normal", PRIORITY_NORMAL},
    {"server", PRIORITY_SERVER},
    {"driver", PRIORITY_DRIVER},
    {NULL, 0},
};

static uint32_t take_value(struct parser *parser, const struct named_value *table, const char *problem) {
    const char *word = take(parser);
    for (; table->name; table++) {
        if (strcmp(table->name, word) == 0) {
            return table->value;
        }
    }
    fail(parser, problem);
    return 0;
}

// ---- sources of authority ----

static void source_ports(struct parser *parser, struct startup_source *source) {
    source->base = take_number(parser, 10, UINT16_MAX);
    source->size = take_number(parser, 10, UINT16_MAX + 1 - source->base);
}

static void source_line(struct parser *parser, struct startup_source *source) {
    source->base = take_number(parser, 10, UINT8_MAX);
}

static void source_memory(struct parser *parser, struct startup_source *source) {
    source->base = take_number(parser, 10, UINT64_MAX);
    source->size = take_number(parser, 10, UINT64_MAX - source->base);
}

static void source_nothing(struct parser *parser, struct startup_source *source) {
}

static void source_pci(struct parser *parser, struct startup_source *source) {
    char word[STARTUP_WORD_MAX];
    uint64_t vendor = 0, device = 0;
    strcpy(word, take(parser));
    char *colon = strchr(word, ':');
    if (colon) {
        *colon = 0;
    }
    if (!colon || !words_number(word, 16, &vendor) || !words_number(colon + 1, 16, &device) || vendor > UINT16_MAX ||
        device > UINT16_MAX) {
        fail(parser, "a device is no VENDOR:DEVICE in hexadecimal");
    }
    source->base = vendor << 16 | device;
    source->size = take_number(parser, 10, 5);
}

static void source_qemu(struct parser *parser, struct startup_source *source) {
    strcpy(source->file, take(parser));
}

static void source_machine(struct parser *parser, struct startup_source *source) {
    do {
        source->base |= take_value(parser, machine_rights, "the machine has no such right");
    } while (has_more(parser));
}

static void source_interface(struct parser *parser, struct startup_source *source) {
    source->base = directory_id(take(parser));
    if (source->base == 0) {
        fail(parser, "there is no system interface of this name");
    }
}

static void source_kept(struct parser *parser, struct startup_source *source) {
    source->base = take_number(parser, 10, STARTUP_SHARE_MAX);
    if (source->base == 0) {
        fail(parser, "a number is wrong or too large");
    }
}

struct source_word {
    const char *word;
    enum startup_source_kind kind;
    void (*parse)(struct parser *, struct startup_source *);
};

static const struct source_word source_words[] = {
    {"ports", SOURCE_PORTS, source_ports},
    {"line", SOURCE_LINE, source_line},
    {"memory", SOURCE_MEMORY, source_memory},
    {"framebuffer", SOURCE_FRAMEBUFFER, source_nothing},
    {"pci", SOURCE_PCI, source_pci},
    {"qemu", SOURCE_QEMU, source_qemu},
    {"ramdisk", SOURCE_RAMDISK, source_nothing},
    {"machine", SOURCE_MACHINE, source_machine},
    {"interface", SOURCE_INTERFACE, source_interface},
    {"kept", SOURCE_KEPT, source_kept},
};

static void take_source(struct parser *parser, struct startup_source *source) {
    const char *word = take(parser);
    for (size_t i = 0; i < sizeof(source_words) / sizeof(source_words[0]); i++) {
        if (strcmp(source_words[i].word, word) == 0) {
            source->kind = source_words[i].kind;
            source_words[i].parse(parser, source);
            return;
        }
    }
    fail(parser, "there is no such source of authority");
}

// ---- lines ----

static void line_power(struct parser *parser) {
    do {
        parser->startup->power_users |= UINT64_C(1) << take_number(parser, 10, USER_COUNT - 1);
    } while (has_more(parser));
}

static void line_service(struct parser *parser) {
    struct startup *startup = parser->startup;
    if (startup->service_count == STARTUP_SERVICES_MAX) {
        fail(parser, "too many services");
        return;
    }
    struct startup_service *service = &startup->services[startup->service_count++];
    *service = (struct startup_service){.priority = PRIORITY_NORMAL};
    parser->service = service;
    take_name(parser, service->name);
    do {
        if (service->word_count == STARTUP_ARGUMENTS_MAX) {
            fail(parser, "too many arguments");
            return;
        }
        strcpy(service->words[service->word_count++], take(parser));
    } while (has_more(parser));
}

static void line_user(struct parser *parser) {
    parser->service->user = take_number(parser, 10, USER_COUNT - 1);
}

static void line_priority(struct parser *parser) {
    parser->service->priority = take_value(parser, priorities, "there is no such priority");
}

static void line_grant(struct parser *parser) {
    struct startup_service *service = parser->service;
    if (service->grant_count == STARTUP_GRANTS_MAX) {
        fail(parser, "too many grants");
        return;
    }
    struct startup_grant *grant = &service->grants[service->grant_count++];
    take_name(parser, grant->name);
    take_source(parser, &grant->sources[grant->source_count++]);
    while (has_more(parser)) {
        if (strcmp(take(parser), "or") != 0 || grant->source_count == STARTUP_SOURCES_MAX) {
            fail(parser, "only one more source can follow, after `or`");
            return;
        }
        take_source(parser, &grant->sources[grant->source_count++]);
    }
}

static void line_reach(struct parser *parser) {
    struct startup_service *service = parser->service;
    if (service->reach_count == STARTUP_REACHES_MAX) {
        fail(parser, "too many services to reach");
        return;
    }
    struct startup_reach *reach = &service->reaches[service->reach_count++];
    take_name(parser, reach->name);
    take_name(parser, reach->service);
}

static void line_restart(struct parser *parser) {
    parser->service->restarts = true;
}

static void line_known(struct parser *parser) {
    parser->service->is_known = true;
}

// The right to an interface is what a service shows itself by.
static void line_ready(struct parser *parser) {
    const struct startup_service *service = parser->service;
    for (uint32_t i = 0; i < service->grant_count; i++) {
        const struct startup_source *source = &service->grants[i].sources[0];
        if (source->kind == SOURCE_INTERFACE) {
            parser->service->ready = (uint32_t)source->base;
        }
    }
    if (parser->service->ready == 0) {
        fail(parser, "no interface is granted above, by which it could be seen");
    }
}

static void take_condition(struct parser *parser, bool wanted) {
    struct startup_service *service = parser->service;
    if (service->condition_count == STARTUP_CONDITIONS_MAX) {
        fail(parser, "too many conditions");
        return;
    }
    struct startup_condition *condition = &service->conditions[service->condition_count++];
    const char *kind = take(parser);
    condition->wanted = wanted;
    condition->is_service = strcmp(kind, "service") == 0;
    if (!condition->is_service && strcmp(kind, "word") != 0) {
        fail(parser, "a condition is `service` or `word`");
    }
    strcpy(condition->text, take(parser));
}

static void line_if(struct parser *parser) {
    take_condition(parser, true);
}

static void line_unless(struct parser *parser) {
    take_condition(parser, false);
}

struct line_word {
    const char *word;
    bool indented;
    void (*parse)(struct parser *);
};

static const struct line_word line_words[] = {
    {"power", false, line_power},    {"service", false, line_service},
    {"user", true, line_user},       {"priority", true, line_priority},
    {"grant", true, line_grant},     {"reach", true, line_reach},
    {"unless", true, line_unless},   {"if", true, line_if},
    {"restart", true, line_restart}, {"known", true, line_known},
    {"ready", true, line_ready},
};

static const struct line_word *find_line(const char *word) {
    for (size_t i = 0; i < sizeof(line_words) / sizeof(line_words[0]); i++) {
        if (strcmp(line_words[i].word, word) == 0) {
            return &line_words[i];
        }
    }
    return NULL;
}

static void parse_line(struct parser *parser) {
    if (parser->words.count == 0) {
        return;
    }
    parser->at = 1;
    const struct line_word *line = find_line(parser->words.text[0]);
    if (!line) {
        fail(parser, "the first word is none that starts a line");
    } else if (line->indented != parser->words.indented) {
        fail(parser,
             line->indented ? "this line must be indented, below its service" : "this line must not be indented");
    } else if (line->indented && !parser->service) {
        fail(parser, "no service stands above this line");
    } else {
        line->parse(parser);
    }
    if (has_more(parser)) {
        fail(parser, "a word too many");
    }
}

enum status startup_parse(struct startup *startup, const char *text, size_t size, struct startup_problem *problem) {
    struct parser parser = {.startup = startup};
    *startup = (struct startup){0};
    *problem = (struct startup_problem){0};
    for (size_t start = 0; start < size && !parser.problem;) {
        const char *end = memchr(text + start, '\n', size - start);
        size_t length = end ? (size_t)(end - (text + start)) : size - start;
        problem->line++;
        if (words_split(&parser.words, text + start, length, &parser.problem) == STATUS_OK) {
            parse_line(&parser);
        }
        start += length + 1;
    }
    problem->text = parser.problem;
    return parser.problem ? STATUS_CORRUPT : STATUS_OK;
}
