/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * One act of a process that is neither on a file nor on the network, as a few numbers whose sense
 * its kind gives, and texts. */
#pragma once

#include "record.h"

#define SENSOR_ACT_VALUES 4
#define SENSOR_ACT_TEXTS 3

struct sensor_act {
    struct sensor_head head;
    __u64 value[SENSOR_ACT_VALUES];
    __s32 result; /* of the system call; negative: as in errno(3) */
    __u32 target; /* number of another process that it was done to; 0: none */
    __u32 how;    /* SENSOR_ACT_… */
    __u16 text_bytes[SENSOR_ACT_TEXTS];
    __u16 unused[3];
};

#define SENSOR_ACT_INSIDE 1 /* `target` counts in an inner pid namespace */
#define SENSOR_ACT_ASKED                                                                           \
    2                         /* what was asked with, from memory that another thread could change \
                               */
#define SENSOR_ACT_IO_URING 4 /* asked by way of io_uring, before it was done */
