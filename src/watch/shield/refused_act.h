/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the shield's programs in the kernel and their user share. */
#pragma once

#include <linux/types.h>

#define SHIELD_PROCESSES 512 /* of the sensor, with what they start */
#define SHIELD_PLACES 64
#define SHIELD_MAPS 1024
#define SHIELD_PROGRAMS 1024
#define SHIELD_ASKERS 1024 /* threads at once */
#define SHIELD_SORTS 1024  /* of refusals, between two looks of their reader */
#define SHIELD_NAME 32     /* bytes of a file's name that are told, with the zero at its end */
#define SHIELD_NOBODY 0xffffffffU /* no user can be named */

/* A process: its number may be used again, but not with this start. */
struct shield_process {
    __u64 start; /* nanoseconds since the boot, the time asleep counted */
    __u32 process;
    __u32 unused;
};

enum shield_role {
    SHIELD_KEEPER = 1,
    SHIELD_PART = 2, /* what the keeper started, and what that started */
};

struct shield_settings {
    __u32 adopted; /* a process that becomes the keeper when it sends itself a signal; 0: none */
    __u32 hold;    /* what it gives to nobody else (chown(2)) becomes such a place; 0: nothing */
};

/* A folder, as the kernel numbers it. */
struct shield_place {
    __u64 inode;
    __u32 device;
    __u32 unused;
};

/* What others may not change of it: bits. */
enum shield_hold {
    SHIELD_ITSELF = 1,
    SHIELD_BELOW = 2,     /* all that is in it */
    SHIELD_ITS_NAMES = 4, /* what is in it and has a name of the sensor's */
    SHIELD_GROUP = 8,     /* a control group: its limits, and what ends or stops all in it */
    SHIELD_DEVICE = 16,   /* of inode 0: there are such folders on the device */
};

enum shield_act {
    SHIELD_SIGNAL = 1, /* `detail`: its number */
    SHIELD_TRACE,      /* ptrace(2), memory, descriptors */
    SHIELD_LIMIT,      /* resource limits, priority, processors */
    SHIELD_FILE,       /* its folders, its control groups */
    SHIELD_MAP,        /* its maps and rings in the kernel */
    SHIELD_PROGRAM,    /* its programs in the kernel, and what attaches them */
};

#define SHIELD_ACTS 7 /* with 0, which is none */

/* Refusals are counted, each sort apart: many of one hide none of another. */
struct shield_sort {
    __u32 act;
    __u32 detail;
    __u32 user; /* or SHIELD_NOBODY */
    __u32 unused;
};

/* Of a sort, and of its last one. */
struct shield_told {
    __u64 count;
    __u32 process; /* who tried, in the first pid namespace; 0: nobody can be named */
    __u32 unused;
    char program[16];       /* its short name, with a zero at its end */
    char name[SHIELD_NAME]; /* of SHIELD_FILE, without its folder */
};
