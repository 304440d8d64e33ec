// Loads of pages: made, let go. Knows no page table, so that the unit tests have it as it is.
#include "kernel/memory/frame.h"
#include "kernel/memory/pages.h"
#include "kernel/object/account.h"

void page_load_start(struct page_load *load, struct account *account, uint64_t address, uint32_t count) {
    object_retain(&account->object);
    load->count = count;
    load->charged = 0;
    load->left = load->from_window = false;
    load->account = account;
    load->address = address;
}

void page_load_finish(struct page_load *load) {
    for (uint32_t i = 0; i < load->count; i++)
        if (load->pages[i] != 0)
            frame_drop(load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1));
    if (load->charged > 0)
        account_discharge(load->account, ACCOUNT_MEMORY_PAGES, load->charged);
    object_release(&load->account->object);
}
