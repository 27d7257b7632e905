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

/* The kernel takes 32 bits of the register and leaves the others as the caller had them. That x32
 * asks is left out: its calls are those of 64 bits. */
static __always_inline __u32 call_number(struct task_struct* task, struct pt_regs* regs) {
    __u32 number = regs->orig_ax;
    return is_compat(task) ? number : number & ~X32;
}

/* Of the call by the family's own tables, `calls` and `compat_calls`; 0: it is none of theirs. Both
 * are looked at from outside as well: only these calls come to the family (calls.bpf.c). */
extern const __u8 calls[CALLS];
extern const __u8 compat_calls[CALLS];

static __always_inline __u8 call_of(struct task_struct* task, struct pt_regs* regs) {
    __u32 number = call_number(task, regs);
    if (number >= CALLS) return 0;
    return is_compat(task) ? compat_calls[number] : calls[number];
}

/* Of 32-bit programs' registers, too, only as much as the kernel takes. */
static __always_inline __u64 argument(struct task_struct* task, struct pt_regs* regs, int which) {
    bool compat = is_compat(task);
    switch (which) {
        case 0:
            return compat ? (__u32)regs->bx : regs->di;
        case 1:
            return compat ? (__u32)regs->cx : regs->si;
        case 2:
            return compat ? (__u32)regs->dx : regs->dx;
        case 3:
            return compat ? (__u32)regs->si : regs->r10;
        default:
            return compat ? (__u32)regs->di : regs->r8;
    }
}
