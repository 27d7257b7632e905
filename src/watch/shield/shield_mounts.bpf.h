/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Others mount nothing over the sensor's folders nor over those above, and take away no file system
 * that these are seen by: in the sensor's namespace of mounts, or where it would come to that one.
 */
#pragma once

#include "shield_files.bpf.h"

/* Of mount(2): what a mount is changes, or who is told of it; nothing is covered. */
#define CHANGES_A_MOUNT (32 | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20)
#define SHARED 0x1000 /* MNT_SHARED */

static __always_inline bool reaches_home(struct vfsmount* mount) {
    if (BPF_CORE_READ(mount, mnt_flags) & SHARED) return true;
    __u32 zero = 0;
    __u64* home = bpf_map_lookup_elem(&shield_home, &zero);
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    return home && *home == (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
}

static __always_inline int check_covered(struct path* path) {
    struct dentry* dentry = BPF_CORE_READ(path, dentry);
    return reaches_home(BPF_CORE_READ(path, mnt)) ? check_file(dentry) : 0;
}

/* Its top is one of the folders. */
static __always_inline int check_gone(struct vfsmount* mount) {
    struct dentry* top = BPF_CORE_READ(mount, mnt_root);
    if (!(hold_of(top) & SHIELD_ITSELF)) return 0;
    return reaches_home(mount) ? check_file(top) : 0;
}

SEC("lsm/sb_mount")
int BPF_PROG(shield_mount, const char* what, struct path* path, const char* type,
             unsigned long flags, void* data, int before) {
    if (before || (flags & CHANGES_A_MOUNT)) return before;
    return check_covered(path);
}

SEC("lsm/move_mount")
int BPF_PROG(shield_move_mount, struct path* from, struct path* to, int before) {
    if (before) return before;
    struct vfsmount* moved = BPF_CORE_READ(from, mnt);
    int refused = check_gone(moved);
    return refused ? refused : check_covered(to);
}

SEC("lsm/sb_umount")
int BPF_PROG(shield_umount, struct vfsmount* mount, int flags, int before) {
    return before ? before : check_gone(mount);
}
