/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Processes: fork, exec, exit, and those that ran before. */
#pragma once

#include "record.h"

enum sensor_program_text {
    SENSOR_TEXT_IMAGE,       /* path of the file that really runs: the interpreter's for a script */
    SENSOR_TEXT_SCRIPT,      /* as it was named, when the image is its interpreter; else empty */
    SENSOR_TEXT_ARGUMENTS,   /* each with a NUL behind it */
    SENSOR_TEXT_ENVIRONMENT, /* NAME=VALUE of the names that are looked for, each with a NUL behind
                                it */
    SENSOR_TEXT_DIRECTORY,   /* working directory */
    SENSOR_PROGRAM_TEXTS,
};

/* SENSOR_EXEC and SENSOR_RUNNING. */
struct sensor_program {
    struct sensor_head head;
    __u64 parent_start;
    __u64 capabilities; /* effective */
    struct sensor_file image;
    __u32 parent;
    __u32 real_user;
    __u32 group;
    __u32 login_user;    /* of audit; 0xffffffff: none */
    __u32 login_session; /* of audit */
    __u32 mount_namespace;
    __u32 pid_namespace;
    __u32 network_namespace;
    __u32 user_namespace;
    __u32 arguments_bytes; /* as long as they really are */
    __u32 standard_input;  /* mode of what descriptor 0 is, as in st_mode; 0: closed */
    __u32 tty;             /* 1: `terminal` names one */
    char terminal[16];
    char name[16]; /* comm */
    __u16 text_bytes[SENSOR_PROGRAM_TEXTS];
    __u16 unused[3];
};

struct sensor_fork {
    struct sensor_head head; /* of the child */
    __u64 parent_start;
    __u32 parent;
    __u32 unused;
};

struct sensor_exit {
    struct sensor_head head;
    __u32 status; /* as wait(2) has it */
    __u32 unused;
    char name[16];
};

struct sensor_cgroup {
    struct sensor_head head; /* `cgroup` is the one that is named */
    __u16 text_bytes;        /* its path below the hierarchy's top */
    __u16 unused[3];
};
