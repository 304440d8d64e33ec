// Chains of pages: made, freed, filled from and emptied into a program's memory.
#include "kernel/memory/chain.h"

#include "kernel/memory/frame.h"

enum { PAGE_BYTES = sizeof((struct chain_page *)0)->bytes };

enum status chain_create(struct chain *chain, struct account *account, size_t size) {
    *chain = (struct chain){.size = size};
    struct chain_page **link = &chain->first;
    for (size_t done = 0; done < size; done += PAGE_BYTES) {
        void *page;
        enum status status = page_allocate(account, 0, &page);
        if (status != STATUS_OK) {
            chain_destroy(chain, account);
            return status;
        }
        *link = page;
        (*link)->next = 0;
        link = &(*link)->next;
    }
    return STATUS_OK;
}

void chain_destroy(struct chain *chain, struct account *account) {
    struct chain_page *page = chain->first;
    while (page != 0) {
        struct chain_page *next = page->next;
        page_free(account, page);
        page = next;
    }
    *chain = (struct chain){0};
}

enum status chain_copy_in(struct chain *chain, struct user_address from) {
    enum status status = user_range_check(from, chain->size);
    size_t rest = chain->size;
    for (struct chain_page *page = chain->first; status == STATUS_OK && rest > 0; page = page->next) {
        size_t part = rest < PAGE_BYTES ? rest : PAGE_BYTES;
        status = user_copy_in(page->bytes, from, part);
        from = user_address_add(from, part);
        rest -= part;
    }
    return status;
}

enum status chain_copy_out(const struct chain *chain, struct user_address to) {
    enum status status = user_range_check(to, chain->size);
    size_t rest = chain->size;
    for (const struct chain_page *page = chain->first; status == STATUS_OK && rest > 0; page = page->next) {
        size_t part = rest < PAGE_BYTES ? rest : PAGE_BYTES;
        status = user_copy_out(to, page->bytes, part);
        to = user_address_add(to, part);
        rest -= part;
    }
    return status;
}
