/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the guard of programs and its user share. */
#pragma once

#include <linux/types.h>

#define EXEC_GUARD_SIZES 1024 /* of blocked files that are told apart by their size */
#define EXEC_GUARD_VERDICTS 16384
#define EXEC_GUARD_DIGESTS 4096
#define EXEC_GUARD_PATHS 1024
#define EXEC_GUARD_NAME \
    256 /* bytes of a path that is compared as it is written, with the zero at its end */

/* A file as it is now: any change of it makes it another one. The device is as the kernel numbers
 * it: major << 20 | minor. */
struct exec_guard_file {
    __u64 inode;
    __u64 size;
    __s64 changed; /* ctime: seconds */
    __u32 changed_nanoseconds;
    __u32 device;
};

/* What is known of a file, behind the number of the list that it was found out by. */
#define EXEC_GUARD_VERDICT_BITS 2
enum exec_guard_verdict {
    EXEC_GUARD_ALLOWED = 1,
    EXEC_GUARD_DENIED = 2,
};

struct exec_guard_policy {
    __u64 scope;    /* the control group it holds for, by its number; 0: the whole machine */
    __u32 self;     /* a process that it does not hold for */
    __u32 any_size; /* a blocked file's size is not known: each unknown file is asked for */
    __u32 list; /* the number of the list that is in force: what an older one found out is forgotten
                 */
    __u32 names; /* some are blocked by their path */
};

/* For the LSM programs alone: what is in a blocked file, where it is, and what it is called. */
struct exec_guard_digest {
    __u8 bytes[32]; /* SHA-256 */
};
struct exec_guard_place {
    __u64 inode;
    __u32 device;
    __u32 unused;
};
struct exec_guard_name {
    char text[EXEC_GUARD_NAME]; /* zeros up to its end */
};

enum exec_guard_act {
    EXEC_GUARD_KILLED = 1, /* a file whose verdict was known */
    EXEC_GUARD_HELD = 2,   /* stopped until it is known */
};

struct exec_guard_event {
    __u32 process;
    __u32 act;
    struct exec_guard_file file; /* zeros where it cannot be told */
    __u32 unnamed;               /* the file has no name: its verdict is not kept */
    __u32 unused;
};
