/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Opens for reading are told of a few files only: most are decided by one bit of their folder's. */
#pragma once

#include "shared_maps.bpf.h"

#define FMODE_WRITE 0x2

/* file: typed. False: surely no file of a folder that policy names. */
static __always_inline bool may_be_watched(const struct sensor_policy* p, struct file* file) {
    __u32 bit = SENSOR_WATCHED_BIT(file->f_path.dentry->d_parent->d_inode->i_ino);
    return p->watched_folders[(bit / 64) % SENSOR_WATCHED_WORDS] & (1ULL << (bit % 64));
}
