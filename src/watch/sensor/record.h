/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the programs in the kernel write into the ring, and what they share with the programs
 * outside: sizes are explicit, so that both sides see the same bytes. A record is its head, its
 * kind's own part (process.h, file.h …), then its texts one after another without an end mark,
 * whose lengths stand in that part. A record that is shorter than it says, or says more texts than
 * it has, is refused by its reader. */
#pragma once

#include <linux/types.h>

/* The upper byte names the family. */
enum sensor_kind {
    SENSOR_FORK = 0x0101,
    SENSOR_EXEC = 0x0102,
    SENSOR_EXIT = 0x0103,
    SENSOR_RUNNING = 0x0104, /* a process that ran before the sensor did */
    SENSOR_CGROUP =
        0x0105, /* the name of a control group, before the first record that has its number */

    SENSOR_FILE_OPEN = 0x0201,  /* for writing */
    SENSOR_FILE_CLOSE = 0x0202, /* that was open for writing */
    SENSOR_FILE_READ = 0x0203,  /* opened for reading, and policy lists it */
    SENSOR_FILE_RENAME = 0x0204,
    SENSOR_FILE_UNLINK = 0x0205,
    SENSOR_FILE_MODE = 0x0206,
    SENSOR_FILE_OWNER = 0x0207,
    SENSOR_FILE_LINK = 0x0208,
    SENSOR_FILE_SYMLINK = 0x0209,
    SENSOR_FILE_MAP = 0x020a, /* executable */

    SENSOR_NETWORK_CONNECT = 0x0301, /* of TCP its result, of UDP the first packet to somebody */
    SENSOR_NETWORK_ACCEPT = 0x0302,  /* the same from outside */
    SENSOR_NETWORK_BIND = 0x0303,
    SENSOR_NETWORK_LISTEN = 0x0304,
    SENSOR_NETWORK_FLOW = 0x0305, /* bytes of a connection that goes on */
    SENSOR_NETWORK_END = 0x0306,  /* and of one that has ended */

    SENSOR_DNS_QUESTION = 0x0401,
    SENSOR_DNS_ANSWER = 0x0402,

    SENSOR_SOCKET = 0x0501, /* made, of a sort that goes around the network's usual ways */

    SENSOR_ACCESS_PTRACE = 0x0601,
    SENSOR_ACCESS_READ = 0x0602,
    SENSOR_ACCESS_WRITE = 0x0603,
    SENSOR_ACCESS_DESCRIPTOR = 0x0604,
    SENSOR_ACCESS_MEMORY_FILE = 0x0605, /* from here on to no other process */
    SENSOR_ACCESS_URING = 0x0606,
    SENSOR_ACCESS_REQUEST = 0x0607, /* of a ring */

    SENSOR_USERS = 0x0701,
    SENSOR_CAPABILITIES = 0x0702,
    SENSOR_NAMESPACES = 0x0703,
    SENSOR_MOUNT = 0x0704,
    SENSOR_UNMOUNT = 0x0705,
    SENSOR_PIVOT_ROOT = 0x0706,
    SENSOR_MOVE_MOUNT = 0x0707,
    SENSOR_ROOT = 0x0708,
    SENSOR_MODULE = 0x0709,
    SENSOR_MODULE_GOES = 0x070a,
    SENSOR_BPF = 0x070b,
    SENSOR_PARAMETER = 0x070c,
};

struct sensor_head {
    __u32 size; /* of the whole record, bytes */
    __u16 kind;
    __u16 flags; /* SENSOR_CUT … */
    __u64 time;  /* nanoseconds since the boot, sleep included (CLOCK_BOOTTIME) */
    __u64 start; /* of the process, in the same clock: with its number it is the same for as long as
                    the boot lasts */
    __u64 cgroup;  /* number in the unified hierarchy */
    __u32 process; /* in the first pid namespace */
    __u32 thread;
    __u32 user; /* effective */
    __u32 cpu;
};

#define SENSOR_CUT 1             /* a text was longer than what is kept of it */
#define SENSOR_UNREADABLE 2      /* memory of the process could not be read */
#define SENSOR_DELETED 4         /* the path's file has no name any more */
#define SENSOR_NOWHERE 8         /* the path's file is on no mount: a memfd, say */
#define SENSOR_NO_ENVIRONMENT 16 /* not looked at, or not to its end */

/* Why a record did not reach the ring; counted for each processor. */
enum sensor_loss {
    SENSOR_LOSS_RING_FULL,
    SENSOR_LOSS_NO_SCRATCH, /* too many programs at once on one processor */
    SENSOR_LOSS_NO_SOCKET,  /* no memory beside a socket: what it does is not told */
    SENSOR_LOSSES,
};

/* A file as stat(2) knows it. */
struct sensor_file {
    __u64 inode;
    __u64 size;
    __s64 changed; /* ctime: seconds */
    __u32 changed_nanoseconds;
    __u32 device; /* as the kernel has it: major << 20 | minor */
    __u32 links;
    __u32 owner;
    __u16 mode;
    __u16 unused[3];
};

/* Most folders are told apart from the watched ones by one bit of theirs. */
#define SENSOR_WATCHED_WORDS 16
#define SENSOR_WATCHED_BIT(inode) (((inode)*0x9e3779b97f4a7c15ULL) >> 54)

/* What policy says to the programs in the kernel. */
struct sensor_policy {
    __u32 file_rate; /* records on files a second that one control group may cause; 0: no limit */
    __u32 argument_bytes;   /* kept of a program's arguments; at most SENSOR_MOST_ARGUMENTS */
    __u32 filters;          /* SENSOR_FILTER_…: which of the maps below have entries; and
                               SENSOR_TELLS_DNS */
    __u32 wake_bytes;       /* in the ring before its reader is woken */
    __u32 network_rate;     /* records on the network a second, as file_rate */
    __u32 flow_seconds;     /* between two records of one flow */
    __u32 act_rate;         /* records on other acts a second, as file_rate */
    __u32 own_process;      /* the sensor's: what it does is not told */
    __u64 look_nanoseconds; /* between two looks of a reader that finds something */
    __u64 flood_multiplier; /* odd, and nobody's to guess: it says which groups share a place */
    __u64 watched_folders[SENSOR_WATCHED_WORDS]; /* a bit for each folder of watched_reads:
                                                    SENSOR_WATCHED_BIT */
};

#define SENSOR_FILTER_USERS 1
#define SENSOR_FILTER_CGROUPS 2
#define SENSOR_FILTER_PATHS 4
#define SENSOR_FILTER_READS 8
#define SENSOR_TELLS_DNS 16 /* to the network's programs, which see the packets as well */

/* A flood of one control group. `held` only grows. */
struct sensor_throttle {
    __u64 cgroup;
    __u64 window; /* when the present second began, nanoseconds since the boot */
    __u64 held;   /* records held back in all */
    __u32 count;  /* let through in the present second */
    __u32 unused;
};

#define SENSOR_THROTTLES 4096 /* a power of two */
#define SENSOR_MOST_ARGUMENTS 8192
#define SENSOR_MOST_PATH 4096
#define SENSOR_MOST_RECORD 40960
#define SENSOR_RING_BYTES (8 << 20)

/* Key of the paths that policy leaves out: a prefix (bpf's LPM trie, lengths in bits). */
#define SENSOR_MOST_PREFIX 248
struct sensor_prefix {
    __u32 bits;
    char text[SENSOR_MOST_PREFIX];
};
