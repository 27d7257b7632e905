/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Privileges, where the kernel refuses programs on its own functions. */
#include "privileges_common.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const __u8 calls[CALLS] = {
    [__NR_setuid] = PRIVILEGE_USERS,
    [__NR_setreuid] = PRIVILEGE_USERS,
    [__NR_setresuid] = PRIVILEGE_USERS,
    [__NR_setgid] = PRIVILEGE_USERS,
    [__NR_setregid] = PRIVILEGE_USERS,
    [__NR_setresgid] = PRIVILEGE_USERS,
    [__NR_capset] = PRIVILEGE_CAPABILITIES,
    [__NR_unshare] = PRIVILEGE_UNSHARE,
    [__NR_setns] = PRIVILEGE_ENTER,
    [__NR_mount] = PRIVILEGE_MOUNT,
    [__NR_umount2] = PRIVILEGE_UNMOUNT,
    [__NR_pivot_root] = PRIVILEGE_PIVOT,
    [__NR_move_mount] = PRIVILEGE_MOVE,
    [__NR_chroot] = PRIVILEGE_ROOT,
    [__NR_init_module] = PRIVILEGE_MODULE,
    [__NR_finit_module] = PRIVILEGE_MODULE_FILE,
    [__NR_delete_module] = PRIVILEGE_MODULE_GOES,
    [__NR_bpf] = PRIVILEGE_BPF,
};
const __u8 compat_calls[CALLS] = {
    [213] = PRIVILEGE_USERS,        [23] = PRIVILEGE_USERS,        [203] = PRIVILEGE_USERS,
    [70] = PRIVILEGE_USERS,         [208] = PRIVILEGE_USERS,       [164] = PRIVILEGE_USERS,
    [214] = PRIVILEGE_USERS,        [46] = PRIVILEGE_USERS,        [204] = PRIVILEGE_USERS,
    [71] = PRIVILEGE_USERS,         [210] = PRIVILEGE_USERS,       [170] = PRIVILEGE_USERS,
    [185] = PRIVILEGE_CAPABILITIES, [310] = PRIVILEGE_UNSHARE,     [346] = PRIVILEGE_ENTER,
    [21] = PRIVILEGE_MOUNT,         [52] = PRIVILEGE_UNMOUNT,      [22] = PRIVILEGE_UNMOUNT,
    [217] = PRIVILEGE_PIVOT,        [429] = PRIVILEGE_MOVE,        [61] = PRIVILEGE_ROOT,
    [128] = PRIVILEGE_MODULE,       [350] = PRIVILEGE_MODULE_FILE, [129] = PRIVILEGE_MODULE_GOES,
    [357] = PRIVILEGE_BPF,
};

SEC("tp_btf/sys_exit")
int BPF_PROG(privileges_call, struct pt_regs* regs, long result) {
    struct task_struct* task = bpf_get_current_task_btf();
    return privileges_ended(task, regs, call_of(task, regs), result);
}
