/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Sockets, where the kernel lets programs be attached to its own functions: one is asked for each
 * socket that is made, by system call, io_uring or otherwise. */
#include "sockets_common.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("fexit/__sock_create")
int BPF_PROG(sockets_made, struct net* net, int family, int type, int protocol,
             struct socket** into, int kernel, int failed) {
    if (!kernel) tell_socket(family, type, protocol, 0, failed);
    return 0;
}
