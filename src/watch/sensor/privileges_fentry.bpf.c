/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Privileges, where the kernel lets programs be attached to its own functions: to those of the
 * system calls themselves, for programs of 64 and of 32 bits. */
#include "privileges_common.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ON_CALL(name, function, call)                                            \
    SEC("?fexit/" #function)                                                     \
    int BPF_PROG(name, struct pt_regs* regs, long result) {                      \
        return privileges_ended(bpf_get_current_task_btf(), regs, call, result); \
    }

ON_CALL(privileges_setuid, __x64_sys_setuid, PRIVILEGE_USERS)
ON_CALL(privileges_setreuid, __x64_sys_setreuid, PRIVILEGE_USERS)
ON_CALL(privileges_setresuid, __x64_sys_setresuid, PRIVILEGE_USERS)
ON_CALL(privileges_setgid, __x64_sys_setgid, PRIVILEGE_USERS)
ON_CALL(privileges_setregid, __x64_sys_setregid, PRIVILEGE_USERS)
ON_CALL(privileges_setresgid, __x64_sys_setresgid, PRIVILEGE_USERS)
ON_CALL(privileges_capset, __x64_sys_capset, PRIVILEGE_CAPABILITIES)
ON_CALL(privileges_unshare, __x64_sys_unshare, PRIVILEGE_UNSHARE)
ON_CALL(privileges_setns, __x64_sys_setns, PRIVILEGE_ENTER)
ON_CALL(privileges_mount, __x64_sys_mount, PRIVILEGE_MOUNT)
ON_CALL(privileges_umount, __x64_sys_umount, PRIVILEGE_UNMOUNT)
ON_CALL(privileges_pivot_root, __x64_sys_pivot_root, PRIVILEGE_PIVOT)
ON_CALL(privileges_move_mount, __x64_sys_move_mount, PRIVILEGE_MOVE)
ON_CALL(privileges_chroot, __x64_sys_chroot, PRIVILEGE_ROOT)
ON_CALL(privileges_init_module, __x64_sys_init_module, PRIVILEGE_MODULE)
ON_CALL(privileges_finit_module, __x64_sys_finit_module, PRIVILEGE_MODULE_FILE)
ON_CALL(privileges_delete_module, __x64_sys_delete_module, PRIVILEGE_MODULE_GOES)
ON_CALL(privileges_bpf, __x64_sys_bpf, PRIVILEGE_BPF)
ON_CALL(privileges_sys_setuid, __ia32_sys_setuid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setuid16, __ia32_sys_setuid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setreuid, __ia32_sys_setreuid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setreuid16, __ia32_sys_setreuid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setresuid, __ia32_sys_setresuid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setresuid16, __ia32_sys_setresuid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setgid, __ia32_sys_setgid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setgid16, __ia32_sys_setgid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setregid, __ia32_sys_setregid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setregid16, __ia32_sys_setregid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setresgid, __ia32_sys_setresgid, PRIVILEGE_USERS)
ON_CALL(privileges_sys_setresgid16, __ia32_sys_setresgid16, PRIVILEGE_USERS)
ON_CALL(privileges_sys_capset, __ia32_sys_capset, PRIVILEGE_CAPABILITIES)
ON_CALL(privileges_sys_unshare, __ia32_sys_unshare, PRIVILEGE_UNSHARE)
ON_CALL(privileges_sys_setns, __ia32_sys_setns, PRIVILEGE_ENTER)
ON_CALL(privileges_sys_mount, __ia32_sys_mount, PRIVILEGE_MOUNT)
ON_CALL(privileges_sys_umount, __ia32_sys_umount, PRIVILEGE_UNMOUNT)
ON_CALL(privileges_sys_oldumount, __ia32_sys_oldumount, PRIVILEGE_UNMOUNT)
ON_CALL(privileges_sys_pivot_root, __ia32_sys_pivot_root, PRIVILEGE_PIVOT)
ON_CALL(privileges_sys_move_mount, __ia32_sys_move_mount, PRIVILEGE_MOVE)
ON_CALL(privileges_sys_chroot, __ia32_sys_chroot, PRIVILEGE_ROOT)
ON_CALL(privileges_sys_init_module, __ia32_sys_init_module, PRIVILEGE_MODULE)
ON_CALL(privileges_sys_finit_module, __ia32_sys_finit_module, PRIVILEGE_MODULE_FILE)
ON_CALL(privileges_sys_delete_module, __ia32_sys_delete_module, PRIVILEGE_MODULE_GOES)
ON_CALL(privileges_sys_bpf, __ia32_sys_bpf, PRIVILEGE_BPF)
