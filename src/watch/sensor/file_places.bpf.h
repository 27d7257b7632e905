/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Where the backend of system calls keeps which descriptors files can be written through: each has
 * one place of a plain array, which one look finds and which costs no lock. The program at the end
 * of all calls looks there too, so that most need no other one. */
#pragma once

#include "kernel_types.bpf.h"

#define NEAR_FILES 8192 /* powers of two */

/* A descriptor of a process through which a file can be written. */
struct descriptor {
    __u32 process, number;
};
struct opened {
    struct file* file;
    struct inode* inode;
    __u64 open; /* 0: policy leaves it out, it was held back, or its record was lost */
    __u64 written;
    __u64 number; /* of the inode */
    __u32 device;
};
struct place {
    __u64 taken; /* by which descriptor, both numbers as one; 0: by none */
    struct opened opened;
    __u32 beyond; /* of its descriptors that stand in the table; too many when that lost some */
};
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, NEAR_FILES);
    __type(key, __u32);
    __type(value, struct place);
} shared_near_files SEC(".maps");

static __always_inline __u64 as_one(const struct descriptor* key) {
    return (__u64)key->process << 32 | key->number;
}

static __always_inline struct place* place_of(__u64 descriptor) {
    __u32 at = (descriptor * 0x9e3779b97f4a7c15ULL) >> 51; /* NEAR_FILES is 2 to the 13th */
    return bpf_map_lookup_elem(&shared_near_files, &at);
}
