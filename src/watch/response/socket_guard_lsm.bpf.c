/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The guard of sockets where the kernel takes LSM programs: the call itself fails, whichever way it came. */
#include "guard.bpf.h"
#include "socket_guard.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PACKET 17
#define NOT_PERMITTED (-1)

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct socket_guard_policy);
} socket_policy SEC(".maps");

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

SEC("lsm/socket_create")
int BPF_PROG(socket_create, int family, int type, int protocol, int in_kernel, int before) {
    __u32 zero = 0;
    struct socket_guard_policy *policy = bpf_map_lookup_elem(&socket_policy, &zero);
    if (before || in_kernel || !policy) return before;
    struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
    __u32 process = BPF_CORE_READ(task, tgid);
    if (process == policy->self) return 0;
    if (policy->scope && bpf_get_current_cgroup_id() != policy->scope) return 0;
    if (family >= 0 && family < 64 && (policy->families >> family & 1)) return 0;
    struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
    struct socket_guard_file file = {};
    file.inode = BPF_CORE_READ(inode, i_ino);
    file.device = BPF_CORE_READ(inode, i_sb, s_dev);
    if (family == PACKET && bpf_map_lookup_elem(&packet_programs, &file)) return 0;
    struct socket_guard_event event = {.process = process, .family = family};
    bpf_ringbuf_output(&socket_events, &event, sizeof event, 0);
    return NOT_PERMITTED;
}
