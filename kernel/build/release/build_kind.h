// What this build kind checks at run time; the compiler drops what a release build does not check.
#pragma once

enum { BUILD_CHECKS = 0 }; // lock ranks, memory patterns, expensive assertions

#define BUILD_MARK "" // behind the version
