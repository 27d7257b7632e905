/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Sockets, where the kernel refuses programs on its own functions: the end of socket(2), and
 * requests of io_uring as they are handed in. */
#include "calls.bpf.h"
#include "descriptor.bpf.h"
#include "sockets_common.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define CALL_SOCKET 1
#define CALL_OF_ALL 2 /* socketcall(2), which 32-bit programs have beside socket(2) */
#define SOCKETCALL_SOCKET 1
#define IORING_OP_SOCKET 45

const __u8 calls[CALLS] = {[__NR_socket] = CALL_SOCKET};
const __u8 compat_calls[CALLS] = {[359] = CALL_SOCKET, [102] = CALL_OF_ALL};

/* Its arguments stand in the caller's memory: of a socket that was made, the socket itself is
 * looked at. */
static __always_inline void call_of_all(struct task_struct* task, struct pt_regs* regs,
                                        long result) {
    if (argument(task, regs, 0) != SOCKETCALL_SOCKET) return;
    if (result < 0) {
        __u32 asked[3] = {};
        bpf_probe_read_user(asked, sizeof asked, (const void*)argument(task, regs, 1));
        tell_socket(asked[0], asked[1], asked[2], SENSOR_ACT_ASKED, result);
        return;
    }
    struct file* file = descriptor_file(task, result);
    struct socket* made = file ? BPF_CORE_READ(file, private_data) : NULL;
    struct sock* sk = made ? BPF_CORE_READ(made, sk) : NULL;
    if (!sk) return;
    tell_socket(BPF_CORE_READ(sk, __sk_common.skc_family), BPF_CORE_READ(sk, sk_type),
                BPF_CORE_READ(sk, sk_protocol), 0, result);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sockets_call, struct pt_regs* regs, long result) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (call_of(task, regs) == CALL_OF_ALL) {
        call_of_all(task, regs, result);
        return 0;
    }
    tell_socket(argument(task, regs, 0), argument(task, regs, 1), argument(task, regs, 2), 0,
                result);
    return 0;
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct io_kiocb {
    __u8 opcode;
};
struct io_socket {
    int domain, type, protocol;
};
#pragma clang attribute pop

/* Its arguments stand at the request's beginning, copied from the process. */
SEC("?tp_btf/io_uring_submit_req")
int BPF_PROG(sockets_request, struct io_kiocb* request) {
    if (request->opcode != IORING_OP_SOCKET) return 0;
    const struct io_socket* asked = (const struct io_socket*)request;
    if (!bpf_core_type_exists(struct io_socket)) return 0;
    tell_socket(BPF_CORE_READ(asked, domain), BPF_CORE_READ(asked, type),
                BPF_CORE_READ(asked, protocol), SENSOR_ACT_IO_URING, 0);
    return 0;
}
