/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Access to other processes, where the kernel refuses programs on its own functions. */
#include "uring.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const __u8 calls[CALLS] = {
    [__NR_ptrace] = ACCESS_PTRACE,
    [__NR_process_vm_readv] = ACCESS_READ,
    [__NR_process_vm_writev] = ACCESS_WRITE,
    [__NR_pidfd_getfd] = ACCESS_DESCRIPTOR,
    [__NR_memfd_create] = ACCESS_MEMORY_FILE,
};
const __u8 compat_calls[CALLS] = {
    [26] = ACCESS_PTRACE,      [347] = ACCESS_READ,        [348] = ACCESS_WRITE,
    [438] = ACCESS_DESCRIPTOR, [356] = ACCESS_MEMORY_FILE,
};

SEC("tp_btf/sys_exit")
int BPF_PROG(access_call, struct pt_regs* regs, long result) {
    struct task_struct* task = bpf_get_current_task_btf();
    return access_ended(task, regs, call_of(task, regs), result);
}
