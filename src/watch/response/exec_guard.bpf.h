/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What both parts of the guard of programs have: the maps that they share, and how a file is told
 * from another. */
#pragma once

#include "guard.bpf.h"
/* After the kernel's own types. */
#include "exec_guard.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct exec_guard_policy);
} exec_policy SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EXEC_GUARD_SIZES);
    __type(key, __u64);
    __type(value, __u8);
} exec_sizes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, EXEC_GUARD_VERDICTS);
    __type(key, struct exec_guard_file);
    __type(value, __u32);
} exec_verdicts SEC(".maps");

static __always_inline void describe(struct exec_guard_file* into, struct inode* inode) {
    into->inode = BPF_CORE_READ(inode, i_ino);
    into->size = BPF_CORE_READ(inode, i_size);
    into->device = BPF_CORE_READ(inode, i_sb, s_dev);
    if (bpf_core_field_exists(inode->i_ctime_sec)) {
        into->changed = BPF_CORE_READ(inode, i_ctime_sec);
        into->changed_nanoseconds = BPF_CORE_READ(inode, i_ctime_nsec);
        return;
    }
    struct inode___until_6_10* older = (void*)inode;
    struct inode___until_6_5* oldest = (void*)inode;
    if (bpf_core_field_exists(older->__i_ctime)) {
        into->changed = BPF_CORE_READ(older, __i_ctime.tv_sec);
        into->changed_nanoseconds = BPF_CORE_READ(older, __i_ctime.tv_nsec);
    } else {
        into->changed = BPF_CORE_READ(oldest, i_ctime.tv_sec);
        into->changed_nanoseconds = BPF_CORE_READ(oldest, i_ctime.tv_nsec);
    }
}

static __always_inline struct exec_guard_policy* policy_for(struct task_struct* task) {
    __u32 zero = 0;
    struct exec_guard_policy* policy = bpf_map_lookup_elem(&exec_policy, &zero);
    if (!policy || (__u32)BPF_CORE_READ(task, tgid) == policy->self) return NULL;
    if (policy->scope && bpf_get_current_cgroup_id() != policy->scope) return NULL;
    return policy;
}

/* What is known of a file since the list is as it is. 0: nothing. */
static __always_inline __u32 verdict_of(const struct exec_guard_policy* policy,
                                        const struct exec_guard_file* file) {
    __u32* verdict = bpf_map_lookup_elem(&exec_verdicts, file);
    if (!verdict || *verdict >> EXEC_GUARD_VERDICT_BITS != policy->list) return 0;
    return *verdict & ((1 << EXEC_GUARD_VERDICT_BITS) - 1);
}
