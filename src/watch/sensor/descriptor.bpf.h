/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What stands behind a task's descriptors. */
#pragma once

#include "kernel_types.bpf.h"

#define PID_FS_MAGIC 0x50494446

static __always_inline struct file* descriptor_file(struct task_struct* task, __u32 number) {
    struct fdtable* table = BPF_CORE_READ(task, files, fdt);
    if (number >= BPF_CORE_READ(table, max_fds)) return NULL;
    struct file* file = NULL;
    bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(table, fd) + number);
    return file;
}

/* Of a pidfd the process's number in the first pid namespace; 0: not known. */
static __always_inline __u32 process_behind(struct task_struct* task, __u32 number) {
    struct file* file = descriptor_file(task, number);
    if (!file) return 0;
    /* From 6.9 on pidfds have a file system of their own, and the process stands behind the inode.
     */
    struct pid* pid = BPF_CORE_READ(file, f_inode, i_sb, s_magic) == PID_FS_MAGIC
                          ? BPF_CORE_READ(file, f_inode, i_private)
                          : BPF_CORE_READ(file, private_data);
    struct upid* first =
        pid ? (struct upid*)((char*)pid + bpf_core_field_offset(struct pid, numbers)) : NULL;
    return first ? BPF_CORE_READ(first, nr) : 0;
}
