/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * System calls and their arguments, whichever of x86-64's three tables a program calls by. */
#pragma once

#include "kernel_types.bpf.h"

#include <asm/unistd_64.h>

#define TS_COMPAT 2
#define X32 0x40000000
#define CALLS 512

static __always_inline bool is_compat(struct task_struct* task) {
    return task->thread_info.status & TS_COMPAT;
}

/* Of the call by the family's own tables, `calls` and `compat_calls`; 0: it is none of theirs. Both
 * are looked at from outside as well: only these calls come to the family (calls.bpf.c). */
extern const __u8 calls[CALLS];
extern const __u8 compat_calls[CALLS];

static __always_inline __u8 call_of(struct task_struct* task, struct pt_regs* regs) {
    __u64 number = regs->orig_ax;
    bool compat = is_compat(task);
    if (!compat) number &= ~(__u64)X32;
    if (number >= CALLS) return 0;
    return compat ? compat_calls[number] : calls[number];
}

static __always_inline __u64 argument(struct task_struct* task, struct pt_regs* regs, int which) {
    bool compat = is_compat(task);
    switch (which) {
        case 0:
            return compat ? regs->bx : regs->di;
        case 1:
            return compat ? regs->cx : regs->si;
        case 2:
            return regs->dx;
        case 3:
            return compat ? regs->si : regs->r10;
        default:
            return compat ? regs->di : regs->r8;
    }
}
