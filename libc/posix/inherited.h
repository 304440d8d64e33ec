// The descriptors that a program was started with. Inside the library only.
#pragma once

// Opens what the start block lists, at the descriptors that it says. Called once, by the table.
void inherited_open(void);

// At the start of a program that has descriptors at all: takes over the open files before their ticket grows old.
void inherited_adopt(void);
