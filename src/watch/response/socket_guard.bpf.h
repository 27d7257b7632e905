/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What both guards of sockets have: who may make which, and whom they tell. */
#pragma once

#include "guard.bpf.h"
/* After the kernel's own types. */
#include "socket_guard.h"

#define PACKET 17

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct socket_guard_policy);
} socket_policy SEC(".maps");

/* Programs that may make packet sockets: DHCP needs them. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 64);
    __type(key, struct socket_guard_file);
    __type(value, __u8);
} packet_programs SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 65536);
} socket_events SEC(".maps");

static __always_inline bool may_use_packets(struct task_struct* task) {
    struct inode* inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
    struct socket_guard_file file = {};
    file.inode = BPF_CORE_READ(inode, i_ino);
    file.device = BPF_CORE_READ(inode, i_sb, s_dev);
    return bpf_map_lookup_elem(&packet_programs, &file);
}

static __always_inline bool is_held(struct socket_guard_policy* policy, struct task_struct* task) {
    if ((__u32)BPF_CORE_READ(task, tgid) == policy->self) return false;
    return policy->scope == 0 || bpf_get_current_cgroup_id() == policy->scope;
}

/* Whether the process that runs now is to be stopped. It is told then. */
static __always_inline bool stops(__u32 family) {
    __u32 zero = 0;
    struct socket_guard_policy* policy = bpf_map_lookup_elem(&socket_policy, &zero);
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    if (!policy || !is_held(policy, task)) return false;
    if (family < 64 && (policy->families >> family & 1)) return false;
    if (family == PACKET && may_use_packets(task)) return false;
    struct socket_guard_event event = {.process = BPF_CORE_READ(task, tgid), .family = family};
    bpf_ringbuf_output(&socket_events, &event, sizeof event, 0);
    return true;
}
