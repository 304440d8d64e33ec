// What a person may mean who types a command that there is not.
#pragma once

// A sentence with what to type in its place; null: nothing is known.
const char *hint_for(const char *name);
