/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * System calls by what they do to files. */
#pragma once

#include "calls.bpf.h"
#include "calls.h"

enum call {
    CALL_NONE,
    CALL_OPEN,
    CALL_CLOSE,
    CALL_WRITE,  /* first argument is the descriptor */
    CALL_SPLICE, /* third argument is */
    CALL_MAP,
    CALL_PROTECT,
    CALL_FIRST_NAME, /* from here on names and attributes change */
    CALL_RENAME = CALL_FIRST_NAME,
    CALL_UNLINK,
    CALL_LINK,
    CALL_SYMLINK,
    CALL_MODE,
    CALL_OWNER,
};

const __u8 calls[CALLS] = {
    [__NR_open] = CALL_OPEN,
    [__NR_creat] = CALL_OPEN,
    [__NR_openat] = CALL_OPEN,
    [__NR_openat2] = CALL_OPEN,
    [__NR_open_by_handle_at] = CALL_OPEN,
    [__NR_close] = CALL_CLOSE,
    [__NR_write] = CALL_WRITE,
    [__NR_pwrite64] = CALL_WRITE,
    [__NR_writev] = CALL_WRITE,
    [__NR_pwritev] = CALL_WRITE,
    [__NR_pwritev2] = CALL_WRITE,
    [__NR_sendfile] = CALL_WRITE,
    [__NR_splice] = CALL_SPLICE,
    [__NR_copy_file_range] = CALL_SPLICE,
    [__NR_mmap] = CALL_MAP,
    [__NR_mprotect] = CALL_PROTECT,
    [__NR_pkey_mprotect] = CALL_PROTECT,
    [__NR_rename] = CALL_RENAME,
    [__NR_renameat] = CALL_RENAME,
    [__NR_renameat2] = CALL_RENAME,
    [__NR_unlink] = CALL_UNLINK,
    [__NR_unlinkat] = CALL_UNLINK,
    [__NR_rmdir] = CALL_UNLINK,
    [__NR_link] = CALL_LINK,
    [__NR_linkat] = CALL_LINK,
    [__NR_symlink] = CALL_SYMLINK,
    [__NR_symlinkat] = CALL_SYMLINK,
    [__NR_chmod] = CALL_MODE,
    [__NR_fchmod] = CALL_MODE,
    [__NR_fchmodat] = CALL_MODE,
    [452] = CALL_MODE, /* fchmodat2 */
    [__NR_chown] = CALL_OWNER,
    [__NR_lchown] = CALL_OWNER,
    [__NR_fchown] = CALL_OWNER,
    [__NR_fchownat] = CALL_OWNER,
};

/* The same for programs of 32 bits: the numbers of asm/unistd_32.h. */
const __u8 compat_calls[CALLS] = {
    [5] = CALL_OPEN,      [8] = CALL_OPEN,      [295] = CALL_OPEN,    [437] = CALL_OPEN,
    [342] = CALL_OPEN,    [6] = CALL_CLOSE,     [4] = CALL_WRITE,     [181] = CALL_WRITE,
    [146] = CALL_WRITE,   [334] = CALL_WRITE,   [379] = CALL_WRITE,   [187] = CALL_WRITE,
    [239] = CALL_WRITE,   [313] = CALL_SPLICE,  [377] = CALL_SPLICE,  [192] = CALL_MAP,
    [90] = CALL_MAP,      [125] = CALL_PROTECT, [380] = CALL_PROTECT, [38] = CALL_RENAME,
    [302] = CALL_RENAME,  [353] = CALL_RENAME,  [10] = CALL_UNLINK,   [301] = CALL_UNLINK,
    [40] = CALL_UNLINK,   [9] = CALL_LINK,      [303] = CALL_LINK,    [83] = CALL_SYMLINK,
    [304] = CALL_SYMLINK, [15] = CALL_MODE,     [94] = CALL_MODE,     [306] = CALL_MODE,
    [452] = CALL_MODE,    [182] = CALL_OWNER,   [16] = CALL_OWNER,    [95] = CALL_OWNER,
    [212] = CALL_OWNER,   [198] = CALL_OWNER,   [207] = CALL_OWNER,   [298] = CALL_OWNER,
};

/* Those that mostly need nothing, for the program that looks at all calls first. */
const __u8 usual_calls[CALLS] = {
    [__NR_open] = SENSOR_CALL_OPENS,   [__NR_creat] = SENSOR_CALL_OPENS,
    [__NR_openat] = SENSOR_CALL_OPENS, [__NR_openat2] = SENSOR_CALL_OPENS,
    [__NR_close] = SENSOR_CALL_CLOSES,
};
