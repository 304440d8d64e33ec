// Page tables: the host has none. Only leaving a process's table is asked for.
#pragma once

struct page_table;

void page_table_load(struct page_table *table);
