/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Access to other processes, where the kernel lets programs be attached to its own functions: to
 * those of the system calls themselves, for programs of 64 and of 32 bits. */
#include "uring.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ON_CALL(name, function, call)                                        \
    SEC("?fexit/" #function)                                                 \
    int BPF_PROG(name, struct pt_regs* regs, long result) {                  \
        return access_ended(bpf_get_current_task_btf(), regs, call, result); \
    }

ON_CALL(access_ptrace, __x64_sys_ptrace, ACCESS_PTRACE)
ON_CALL(access_process_vm_readv, __x64_sys_process_vm_readv, ACCESS_READ)
ON_CALL(access_process_vm_writev, __x64_sys_process_vm_writev, ACCESS_WRITE)
ON_CALL(access_pidfd_getfd, __x64_sys_pidfd_getfd, ACCESS_DESCRIPTOR)
ON_CALL(access_memfd_create, __x64_sys_memfd_create, ACCESS_MEMORY_FILE)
ON_CALL(access_compat_sys_ptrace, __ia32_compat_sys_ptrace, ACCESS_PTRACE)
ON_CALL(access_sys_process_vm_readv, __ia32_sys_process_vm_readv, ACCESS_READ)
ON_CALL(access_sys_process_vm_writev, __ia32_sys_process_vm_writev, ACCESS_WRITE)
ON_CALL(access_sys_pidfd_getfd, __ia32_sys_pidfd_getfd, ACCESS_DESCRIPTOR)
ON_CALL(access_sys_memfd_create, __ia32_sys_memfd_create, ACCESS_MEMORY_FILE)
