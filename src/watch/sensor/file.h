/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Files: what was written, renamed, removed, changed, linked and mapped. */
#pragma once

#include "record.h"

enum sensor_file_text {
    SENSOR_TEXT_PATH,
    SENSOR_TEXT_OTHER, /* where it was renamed to, what was linked to */
    SENSOR_FILE_TEXTS,
};

struct sensor_file_record {
    struct sensor_head head;
    __u64 open;              /* of OPEN and CLOSE: what joins them; 0: nothing does */
    __u64 written;           /* of CLOSE: bytes, as far as they went through the calls that write */
    struct sensor_file file; /* after the act */
    __u32 how;               /* SENSOR_HOW_… */
    __u16 text_bytes[SENSOR_FILE_TEXTS];
};

#define SENSOR_HOW_CREATED 1
#define SENSOR_HOW_TRUNCATED 2
#define SENSOR_HOW_INHERITED 4 /* opened by another process, first written by this one */
#define SENSOR_HOW_FOLDER 8    /* a directory */
#define SENSOR_HOW_PROTECT 16  /* mapped before, made executable now */
#define SENSOR_HOW_PROC 32     /* of procfs: memory of processes, parameters of the kernel */

/* Opens for reading that are told of: in a folder, those of one name or all. The name is a hash,
 * FNV-1a of 64 bits; 0 stands for all of the folder. */
struct sensor_watched {
    __u64 folder; /* inode */
    __u64 name;
    __u32 device; /* as the kernel has it */
    __u32 unused;
};
