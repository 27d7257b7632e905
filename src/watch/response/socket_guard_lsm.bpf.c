/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The guard of sockets where the kernel takes LSM programs: the call itself fails, whichever way it
 * came. */
#include "socket_guard.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define NOT_PERMITTED (-1)

SEC("lsm/socket_create")
int BPF_PROG(socket_create, int family, int type, int protocol, int in_kernel, int before) {
    if (before || in_kernel) return before;
    return stops(family) ? NOT_PERMITTED : 0;
}
