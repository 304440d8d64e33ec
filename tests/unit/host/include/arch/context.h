// What the host keeps of a thread while another one runs: its fiber.
#pragma once

struct fiber;

struct arch_context {
    struct fiber *fiber;
};
