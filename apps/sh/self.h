// Where the shell's own program lies: shells below it are started from there.
//
// self.c knows it of Parley; the tests on the host have another one.
#pragma once

// `name` is what the shell was started as. The path stays valid.
const char *self_path(const char *name);
