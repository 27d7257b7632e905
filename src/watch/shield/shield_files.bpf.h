/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What others may not do to the sensor's folders, that of its pins too: write, make, remove,
 * rename, link, or give to somebody else what is in them; nor to the control groups that it is in.
 * They may read. */
#pragma once

#include "shield_common.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct dentry;
struct super_block {
    __u32 s_dev;
    unsigned long s_magic;
    struct dentry* s_root;
};
struct inode {
    unsigned short i_mode;
    kuid_t i_uid;
    unsigned long i_ino;
    struct super_block* i_sb;
};
struct qstr {
    const unsigned char* name;
};
struct dentry {
    struct dentry* d_parent;
    struct qstr d_name;
    struct inode* d_inode;
};
struct vfsmount {
    struct dentry* mnt_root;
    int mnt_flags;
};
struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};
struct file {
    struct path f_path;
    unsigned int f_mode;
    unsigned int f_flags;
};

#pragma clang attribute pop

#define MODE_WRITE 2  /* FMODE_WRITE */
#define EMPTIES 01000 /* O_TRUNC, which needs no right to write */
#define MOST_DEPTH 8  /* of a file below a folder of the sensor */
#define NAME_BYTES 16
#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD */
#define FORMAT 0170000           /* S_IFMT */
#define FOLDER 0040000           /* S_IFDIR */
#define PROC_FILES 0x9fa0        /* PROC_SUPER_MAGIC */
#define BPF_FILES 0xcafe4a11     /* BPF_FS_MAGIC */
#define SAME ((__u32)-1)         /* of an owner: it stays */
#define OTHERS_WRITE 0022        /* the group, or all */
/* CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER. */
#define CHANGES_FILES_OF_OTHERS (1U << 0 | 1U << 1 | 1U << 3)

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_PLACES);
    __type(key, struct shield_place);
    __type(value, __u32);
} shield_places SEC(".maps");

static __always_inline struct shield_place place_of(struct dentry* dentry) {
    struct inode* inode = BPF_CORE_READ(dentry, d_inode);
    struct shield_place place = {};
    if (!inode) return place; /* nothing is there yet */
    place.inode = BPF_CORE_READ(inode, i_ino);
    place.device = BPF_CORE_READ(inode, i_sb, s_dev);
    return place;
}

/* enum shield_hold of it, 0: none. */
static __always_inline __u32 hold_of(struct dentry* dentry) {
    struct shield_place place = place_of(dentry);
    __u32* hold = bpf_map_lookup_elem(&shield_places, &place);
    return hold ? *hold : 0;
}

#define BEGINS(name, with) (__builtin_memcmp(name, with, sizeof(with) - 1) == 0)

static __always_inline bool has_held_name(struct dentry* dentry, __u32 hold) {
    if (!(hold & (SHIELD_ITS_NAMES | SHIELD_GROUP))) return false;
    char name[NAME_BYTES] = {};
    bpf_probe_read_kernel_str(name, sizeof name, BPF_CORE_READ(dentry, d_name.name));
    if (hold & SHIELD_ITS_NAMES) return BEGINS(name, "sensor.") || BEGINS(name, "respond.");
    return BEGINS(name, "cgroup.kill") || BEGINS(name, "cgroup.freeze") ||
           BEGINS(name, "memory.") || BEGINS(name, "cpu") || BEGINS(name, "pids.") ||
           BEGINS(name, "io.");
}

/* A file that was opened by its handle (open_by_handle_at(2)) and that the kernel knows by no name
 * has no folder: on a device that has folders of the sensor it may be in one of them. The kernel's
 * own server of files (NFS) opens so all the time. */
static __always_inline bool is_out_of_sight(struct dentry* dentry) {
    struct inode* inode = BPF_CORE_READ(dentry, d_inode);
    if (!inode || (BPF_CORE_READ(inode, i_mode) & FORMAT) == FOLDER) return false;
    struct shield_place device = {.device = BPF_CORE_READ(inode, i_sb, s_dev)};
    if (!bpf_map_lookup_elem(&shield_places, &device)) return false;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    return !(BPF_CORE_READ(task, flags) & KERNEL_THREAD);
}

/* /proc/sys/kernel/ftrace_enabled: 0 takes all programs off the kernel's functions, these too. By
 * name, which nobody gives there; each mount, and each look after some time, has another inode. */
static __always_inline bool is_switch_of_programs(struct dentry* dentry) {
    if (BPF_CORE_READ(dentry, d_inode, i_sb, s_magic) != PROC_FILES) return false;
    char name[NAME_BYTES] = {};
    bpf_probe_read_kernel_str(name, sizeof name, BPF_CORE_READ(dentry, d_name.name));
    return BEGINS(name, "ftrace_enabled");
}

static __always_inline bool is_held(struct dentry* dentry) {
    if (is_switch_of_programs(dentry)) return true;
    if (hold_of(dentry) & SHIELD_ITSELF) return true;
    struct dentry* above = BPF_CORE_READ(dentry, d_parent);
    if (above == dentry) return is_out_of_sight(dentry);
    if (has_held_name(dentry, hold_of(above))) return true;
    for (int depth = 0; depth < MOST_DEPTH; ++depth) {
        if (hold_of(above) & SHIELD_BELOW) return true;
        struct dentry* next = BPF_CORE_READ(above, d_parent);
        if (next == above) return false;
        above = next;
    }
    return false;
}

/* Whether `user` owns it, or has by its mode what others may. */
static __always_inline bool is_open_to(struct dentry* dentry, __u32 user, __u32 others) {
    struct inode* inode = BPF_CORE_READ(dentry, d_inode);
    if (!inode) return false;
    return BPF_CORE_READ(inode, i_uid.val) == user || (BPF_CORE_READ(inode, i_mode) & others);
}

/* The kernel looks at owner and mode after it has asked here: what these forbid anyway is told to
 * nobody, or any user could raise alerts by `rmdir /var`. */
static __always_inline bool is_hopeless(struct dentry* dentry) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct cred* cred = BPF_CORE_READ(task, cred);
    __u32 user = BPF_CORE_READ(cred, fsuid.val);
    if (user == 0) return false;
    __u64 rights = 0;
    bpf_core_read(&rights, sizeof rights, &cred->cap_effective);
    /* Rights in another namespace of users are none over these files. */
    bool is_first = BPF_CORE_READ(cred, user_ns, level) == 0;
    if (is_first && (rights & CHANGES_FILES_OF_OTHERS)) return false;
    return !is_open_to(dentry, user, 0) &&
           !is_open_to(BPF_CORE_READ(dentry, d_parent), user, OTHERS_WRITE);
}

static __noinline int check_file(struct dentry* dentry) {
    if (!is_held(dentry)) return 0;
    if (may_do_all((struct task_struct*)bpf_get_current_task_btf())) return 0;
    return refuse_by(bpf_get_current_pid_tgid() >> 32, SHIELD_FILE, 0,
                     BPF_CORE_READ(dentry, d_name.name));
}

/* What the kernel asks before it looks at owner and mode. */
static __noinline int check_attempt(struct dentry* dentry) {
    if (!is_held(dentry)) return 0;
    if (may_do_all((struct task_struct*)bpf_get_current_task_btf())) return 0;
    if (is_hopeless(dentry)) return NOT_PERMITTED;
    return refuse_by(bpf_get_current_pid_tgid() >> 32, SHIELD_FILE, 0,
                     BPF_CORE_READ(dentry, d_name.name));
}

SEC("lsm/file_open")
int BPF_PROG(shield_open, struct file* file, int before) {
    if (before) return before;
    bool writes = BPF_CORE_READ(file, f_mode) & MODE_WRITE;
    if (!writes && !(BPF_CORE_READ(file, f_flags) & EMPTIES)) return 0;
    return check_file(BPF_CORE_READ(file, f_path.dentry));
}

SEC("lsm/path_truncate")
int BPF_PROG(shield_truncate, struct path* path, int before) {
    return before ? before : check_file(BPF_CORE_READ(path, dentry));
}

SEC("lsm/path_unlink")
int BPF_PROG(shield_unlink, struct path* folder, struct dentry* dentry, int before) {
    return before ? before : check_attempt(dentry);
}

static __always_inline bool is_of_keepers_pins(struct dentry* dentry) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    return BPF_CORE_READ(dentry, d_inode, i_sb, s_magic) == BPF_FILES &&
           role_of(task) == SHIELD_KEEPER;
}

/* The keeper makes its folder of pins when the settings are closed: it is held once the keeper
 * gives it to nobody else, until the keeper removes it. */
static __always_inline bool takes_pins(struct dentry* dentry) {
    if (!is_of_keepers_pins(dentry)) return false;
    struct shield_place place = place_of(dentry);
    __u32 hold = SHIELD_ITSELF | SHIELD_BELOW;
    return bpf_map_update_elem(&shield_places, &place, &hold, BPF_ANY) == 0;
}

SEC("lsm/path_rmdir")
int BPF_PROG(shield_rmdir, struct path* folder, struct dentry* dentry, int before) {
    if (before) return before;
    if (is_of_keepers_pins(dentry)) {
        struct shield_place place = place_of(dentry);
        bpf_map_delete_elem(&shield_places, &place);
        return 0;
    }
    return check_attempt(dentry);
}

SEC("lsm/path_mknod")
int BPF_PROG(shield_mknod, struct path* folder, struct dentry* dentry, unsigned short mode,
             unsigned int device, int before) {
    return before ? before : check_attempt(dentry);
}

SEC("lsm/path_mkdir")
int BPF_PROG(shield_mkdir, struct path* folder, struct dentry* dentry, unsigned short mode,
             int before) {
    return before ? before : check_attempt(dentry);
}

SEC("lsm/path_symlink")
int BPF_PROG(shield_symlink, struct path* folder, struct dentry* dentry, const char* target,
             int before) {
    return before ? before : check_attempt(dentry);
}

/* By another name it could be written to elsewhere. */
SEC("lsm/path_link")
int BPF_PROG(shield_link, struct dentry* present, struct path* folder, struct dentry* fresh,
             int before) {
    if (before) return before;
    int refused = check_attempt(present);
    return refused ? refused : check_attempt(fresh);
}

SEC("lsm/path_rename")
int BPF_PROG(shield_rename, struct path* from, struct dentry* former, struct path* to,
             struct dentry* later, unsigned int flags, int before) {
    if (before) return before;
    int refused = check_attempt(former);
    return refused ? refused : check_attempt(later);
}

SEC("lsm/path_chmod")
int BPF_PROG(shield_chmod, struct path* path, unsigned short mode, int before) {
    return before ? before : check_attempt(BPF_CORE_READ(path, dentry));
}

/* While the settings say so, what the adopted process gives to nobody else becomes a place: the
 * kernel's own numbers of it are taken, which stat(2) does not always tell. */
static __always_inline bool takes_place(struct dentry* dentry) {
    __u32 zero = 0;
    struct shield_settings* settings = bpf_map_lookup_elem(&shield_settings, &zero);
    if (!settings || !settings->hold) return false;
    __u32 process = bpf_get_current_pid_tgid() >> 32;
    if (settings->adopted != process) return false;
    struct shield_place place = place_of(dentry);
    __u32* present = bpf_map_lookup_elem(&shield_places, &place);
    __u32 hold = settings->hold | (present ? *present : 0);
    if (bpf_map_update_elem(&shield_places, &place, &hold, BPF_ANY)) return false;
    struct shield_place device = {.device = place.device};
    hold = SHIELD_DEVICE;
    return bpf_map_update_elem(&shield_places, &device, &hold, BPF_ANY) == 0;
}

SEC("lsm/path_chown")
int BPF_PROG(shield_chown, struct path* path, unsigned int user, unsigned int group, int before) {
    if (before) return before;
    struct dentry* dentry = BPF_CORE_READ(path, dentry);
    bool is_taken = takes_place(dentry) || (user == SAME && group == SAME && takes_pins(dentry));
    return is_taken ? NOT_PERMITTED : check_attempt(dentry);
}
