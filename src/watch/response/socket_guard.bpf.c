/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * While a host is isolated: sockets of families that no packet rule sees are not made. Whoever asks
 * for one is killed before the call returns, so that nothing is done with it. */
#include "socket_guard.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SYS_SOCKET 41
#define COMPAT_SOCKET 359
#define COMPAT_SOCKETCALL 102
#define SOCKETCALL_SOCKET 1
#define OPERATION_SOCKET 45 /* of io_uring */

static __always_inline void judge(__u32 family) {
    if (stops(family)) bpf_send_signal(SIGNAL_KILL);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(socket_enter, struct pt_regs* regs, long number) {
    if (is_compat((struct task_struct*)bpf_get_current_task_btf())) {
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

/* io_uring makes sockets without that system call; their family stands in shared memory too. Named
 * by what this kernel calls it; the other one is not loaded. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(socket_submit_request, struct io_kiocb* request) {
    if (BPF_CORE_READ(request, opcode) == OPERATION_SOCKET) judge(SOCKET_GUARD_UNKNOWN);
    return 0;
}

SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(socket_submit_entry, struct io_kiocb* request) {
    if (BPF_CORE_READ(request, opcode) == OPERATION_SOCKET) judge(SOCKET_GUARD_UNKNOWN);
    return 0;
}
