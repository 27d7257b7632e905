/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the guard of sockets and its user share. */
#pragma once

#include <linux/types.h>

struct socket_guard_policy {
    __u64 families; /* a bit a family that may be made: 1 << AF_UNIX … */
    __u64 scope;    /* the control group it holds for, by its number; 0: the whole machine */
    __u32 self;     /* a process that it does not hold for */
    __u32 unused;
};

/* A program's file, as the kernel numbers devices: major << 20 | minor. */
struct socket_guard_file {
    __u64 inode;
    __u32 device;
    __u32 unused;
};

/* What was stopped. */
struct socket_guard_event {
    __u32 process;
    __u32 family; /* SOCKET_GUARD_UNKNOWN where it cannot be told */
};
#define SOCKET_GUARD_UNKNOWN 0xffffffff
