/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * While a host is isolated: sockets of families that no packet rule sees are not made. Whoever asks for one is killed
 * before the call returns, so that nothing is done with it. */
#include "guard.bpf.h"
#include "socket_guard.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SYS_SOCKET 41
#define COMPAT_SOCKET 359
#define COMPAT_SOCKETCALL 102
#define SOCKETCALL_SOCKET 1
#define PACKET 17
#define OPERATION_SOCKET 45 /* of io_uring */

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

static __always_inline bool may_use_packets(struct task_struct *task) {
    struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
    struct socket_guard_file file = {};
    file.inode = BPF_CORE_READ(inode, i_ino);
    file.device = BPF_CORE_READ(inode, i_sb, s_dev);
    return bpf_map_lookup_elem(&packet_programs, &file);
}

static __always_inline bool is_held(struct socket_guard_policy *policy, struct task_struct *task) {
    if ((__u32)BPF_CORE_READ(task, tgid) == policy->self) return false;
    return policy->scope == 0 || bpf_get_current_cgroup_id() == policy->scope;
}

static __always_inline void stop(__u32 process, __u32 family) {
    bpf_send_signal(SIGNAL_KILL);
    struct socket_guard_event event = {.process = process, .family = family};
    bpf_ringbuf_output(&socket_events, &event, sizeof event, 0);
}

static __always_inline void judge(__u32 family) {
    __u32 zero = 0;
    struct socket_guard_policy *policy = bpf_map_lookup_elem(&socket_policy, &zero);
    struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
    if (!policy || !is_held(policy, task)) return;
    if (family < 64 && (policy->families >> family & 1)) return;
    if (family == PACKET && may_use_packets(task)) return;
    stop(BPF_CORE_READ(task, tgid), family);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(socket_enter, struct pt_regs *regs, long number) {
    if (is_compat((struct task_struct *)bpf_get_current_task_btf())) {
        if (number == COMPAT_SOCKET) judge((__u32)BPF_CORE_READ(regs, bx));
        /* Its family stands in memory that another thread may change: none is made this way. */
        if (number == COMPAT_SOCKETCALL && (__u32)BPF_CORE_READ(regs, bx) == SOCKETCALL_SOCKET) {
            judge(SOCKET_GUARD_UNKNOWN);
        }
        return 0;
    }
    if ((number & ~X32) == SYS_SOCKET) judge((__u32)BPF_CORE_READ(regs, di));
    return 0;
}

/* io_uring makes sockets without that system call; their family stands in shared memory too. Named by what this
 * kernel calls it; the other one is not loaded. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(socket_submit_request, struct io_kiocb *request) {
    if (BPF_CORE_READ(request, opcode) == OPERATION_SOCKET) judge(SOCKET_GUARD_UNKNOWN);
    return 0;
}

SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(socket_submit_entry, struct io_kiocb *request) {
    if (BPF_CORE_READ(request, opcode) == OPERATION_SOCKET) judge(SOCKET_GUARD_UNKNOWN);
    return 0;
}
