/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What stands behind the present task's descriptors, typed: its members are loaded directly, which
 * is ten times cheaper than by a helper. */
#pragma once

#include "kernel_types.bpf.h"

/* What was found by its address becomes typed. Not there before 6.2. */
extern void* bpf_rdonly_cast(void* at, __u32 type) __ksym __weak;
#define TYPED(type, at) \
    ((struct type*)bpf_rdonly_cast((void*)(at), bpf_core_type_id_kernel(struct type)))

/* task: typed. */
static __always_inline struct file* file_of(struct task_struct* task, __u32 number) {
    struct fdtable* table = task->files->fdt;
    if (number >= table->max_fds) return NULL;
    /* A structure that is one pointer. */
    __u64 found = (__u64)TYPED(hlist_head, table->fd + number)->first;
    return found ? TYPED(file, found) : NULL;
}
