/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the kernel keeps of a request of io_uring: what is particular to its operation stands at its
 * beginning. */
#pragma once

#include "kernel_types.bpf.h"

/* linux/io_uring.h */
enum uring_operation {
    URING_NOP = 0,
    URING_POLL_ADD = 6,
    URING_POLL_REMOVE = 7,
    URING_TIMEOUT = 11,
    URING_TIMEOUT_REMOVE = 12,
    URING_ASYNC_CANCEL = 14,
    URING_LINK_TIMEOUT = 15,
    URING_OPENAT = 18,
    URING_CLOSE = 19,
    URING_OPENAT2 = 28,
    URING_RENAMEAT = 35,
    URING_UNLINKAT = 36,
    URING_MKDIRAT = 37,
    URING_SYMLINKAT = 38,
    URING_LINKAT = 39,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct filename {
    const char* name;
};
struct open_how {
    __u64 flags;
};
struct io_kiocb {
    __u8 opcode;
};
struct io_uring_cqe {
    __s32 res;
};
struct io_close {
    int fd;
    __u32 file_slot; /* not 0: of the ring's own files, one more than its place there */
};
struct io_open {
    __u32 file_slot;
    struct filename* filename;
    struct open_how how;
};
struct io_unlink {
    struct filename* filename;
};
struct io_mkdir {
    struct filename* filename;
};
struct io_rename {
    struct filename *oldpath, *newpath;
};
struct io_link {
    struct filename *oldpath, *newpath;
};
#pragma clang attribute pop
