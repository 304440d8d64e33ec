// What newlib's functions keep per thread. Inside the library only.
#pragma once

struct _reent;

// Frees what newlib allocated for a thread that ends.
void reentrancy_release(struct _reent *reent);
