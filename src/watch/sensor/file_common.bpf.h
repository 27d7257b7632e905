/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What both kernel parts of the file family share: filters, floods, records. */
#pragma once

#include "file.h"
#include "file_folders.bpf.h"
#include "path.bpf.h"

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define FMODE_CREATED 0x100000
#define FMODE_BACKING (1 << 25)
#define FMODE_NOACCOUNT (1 << 29)
#define O_TRUNC 01000
#define PROT_EXEC 4
#define PROC_SUPER_MAGIC 0x9fa0

/* Prefixes of paths that policy leaves out. */
struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 1024);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct sensor_prefix);
    __type(value, __u8);
} ignored_paths SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 2048);
    __type(key, struct sensor_watched);
    __type(value, __u8);
} watched_reads SEC(".maps");

/* Executable mappings that were told of: this file in this program, as both were then. */
struct mapping {
    __u64 file, program;
    __u64 changed;
    __u32 device, program_device;
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768);
    __type(key, struct mapping);
    __type(value, __u8);
} told_mappings SEC(".maps");

/* Keys of the trie are too large for a program's stack. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sensor_prefix);
} prefix_space SEC(".maps");

static __always_inline bool is_left_out(struct sensor_policy* p, struct task_struct* task,
                                        __u64 cgroup) {
    if (p->filters & SENSOR_FILTER_USERS) {
        __u32 user = task->real_cred->euid.val;
        if (bpf_map_lookup_elem(&shared_users, &user)) return true;
    }
    return (p->filters & SENSOR_FILTER_CGROUPS) && bpf_map_lookup_elem(&shared_cgroups, &cgroup);
}

/* A record of that kind for what the present task does, or -1: left out, held back or no memory.
 * What is `urgent` no flood of the usual can cover. */
static __always_inline int file_begin_as(enum sensor_kind kind, bool urgent) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->flags & PF_KTHREAD) return -1;
    struct sensor_policy* p = policy();
    if (!p) return -1;
    __u64 cgroup = cgroup_of(task);
    if (is_left_out(p, task, cgroup)) return -1;
    if (!urgent && is_flood(p, p->file_rate, kind, cgroup)) return -1;
    int index = scratch_take();
    if (index < 0) return -1;
    struct scratch* s = scratch_of(index);
    if (!s) return -1;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    begin(s, kind, task, sizeof *record);
    record->open = 0;
    record->written = 0;
    record->how = 0;
    record->text_bytes[0] = 0;
    record->text_bytes[1] = 0;
    __builtin_memset(&record->file, 0, sizeof record->file);
    return index;
}

static __always_inline int file_begin(enum sensor_kind kind) {
    return file_begin_as(kind, false);
}

/* The path that was appended last begins as one that policy leaves out. */
static __always_inline bool is_ignored(struct scratch* s, __u32 from, __u32 bytes) {
    struct sensor_policy* p = policy();
    if (!p || !(p->filters & SENSOR_FILTER_PATHS)) return false;
    __u32 zero = 0;
    struct sensor_prefix* key = bpf_map_lookup_elem(&prefix_space, &zero);
    if (!key || from > SENSOR_MOST_RECORD) return false;
    if (bytes > SENSOR_MOST_PREFIX) bytes = SENSOR_MOST_PREFIX;
    key->bits = bytes * 8;
    bpf_probe_read_kernel(key->text, SENSOR_MOST_PREFIX, s->record + from);
    return bpf_map_lookup_elem(&ignored_paths, key) != NULL;
}

/* Appends the path as the record's text; false when policy leaves it out. */
static __always_inline bool file_path(struct scratch* s, __u32 index, enum sensor_file_text text,
                                      struct vfsmount* mnt, struct dentry* dentry) {
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    __u32 from = s->at;
    __u32 bytes = append_path(s, index, mnt, dentry);
    record->text_bytes[text] = bytes;
    record->head.flags |= s->walk.flags;
    return text != SENSOR_TEXT_PATH || !is_ignored(s, from, bytes);
}

/* True when the record was sent. */
static __always_inline bool file_send(struct scratch* s, bool wanted) {
    bool sent = wanted && send(s) == 0;
    scratch_give(s);
    return sent;
}

static __always_inline bool is_regular(struct inode* inode) {
    return (inode->i_mode & S_IFMT) == S_IFREG;
}

/* Files below another file system's files (overlayfs) are told of as those. */
static __always_inline bool is_written(unsigned int mode) {
    return (mode & FMODE_WRITE) && !(mode & (FMODE_BACKING | FMODE_NOACCOUNT));
}

static long hash_step(__u32 i, struct walk_context* context) {
    struct scratch* s = scratch_of(context->scratch);
    if (!s || i > MOST_NAME) return 1;
    char c = s->path[i];
    if (!c) return 1;
    s->environment.end = (s->environment.end ^ (unsigned char)c) * 0x100000001b3ULL;
    return 0;
}

/* file: typed. Whether it is one whose opens for reading are told of. Most are decided by one look
 * for their folder. */
static __always_inline bool is_watched(struct file* file) {
    struct sensor_policy* p = policy();
    if (!p || !(p->filters & SENSOR_FILTER_READS)) return false;
    if (!may_be_watched(p, file)) return false;
    struct dentry* dentry = file->f_path.dentry;
    struct inode* folder = dentry->d_parent->d_inode;
    struct sensor_watched key = {};
    key.folder = folder->i_ino;
    key.device = folder->i_sb->s_dev;
    __u8* all = bpf_map_lookup_elem(&watched_reads, &key);
    if (!all) return false;
    if (*all) return true;
    int index = scratch_take();
    if (index < 0) return true;
    struct scratch* s = scratch_of(index);
    if (!s) return true;
    bpf_probe_read_kernel_str(s->path, MOST_NAME + 1, dentry->d_name.name);
    s->environment.end = 0xcbf29ce484222325ULL;
    struct walk_context context = {.scratch = index};
    bpf_loop(MOST_NAME + 1, hash_step, &context, 0);
    key.name = s->environment.end;
    scratch_give(s);
    return bpf_map_lookup_elem(&watched_reads, &key) != NULL;
}

/* file, inode: typed. An open file of that kind as a record of its own. Returns the record's time;
 * 0: it was not sent. `named`: that time is the opening's name, which the record of the close will
 * have instead of a path. */
static __always_inline __u64 tell_file(enum sensor_kind kind, struct file* file,
                                       struct inode* inode, __u32 how, __u64 written, bool named) {
    bool of_proc = inode->i_sb->s_magic == PROC_SUPER_MAGIC;
    int index = file_begin_as(kind, of_proc && kind == SENSOR_FILE_OPEN);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    __u64 time = record->head.time;
    if (named) record->open = time;
    record->written = written;
    record->how = of_proc ? how | SENSOR_HOW_PROC : how;
    describe_inode(&record->file, inode);
    bool wanted = file_path(s, index, SENSOR_TEXT_PATH, file->f_path.mnt, file->f_path.dentry);
    return file_send(s, wanted) ? time : 0;
}

/* file: typed. The first executable mapping of this file by this program. */
static __always_inline void tell_mapping(struct file* file, __u32 how) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct inode* inode = file->f_inode;
    struct mm_struct* mm = task->mm;
    if (!inode || !mm) return;
    struct inode* program = mm->exe_file->f_inode;
    if (inode == program) return;
    struct sensor_file now = {};
    describe_inode(&now, inode);
    struct mapping key = {
        .file = now.inode,
        .program = program->i_ino,
        .changed = now.changed * WINDOW + now.changed_nanoseconds,
        .device = now.device,
        .program_device = program->i_sb->s_dev,
    };
    if (bpf_map_lookup_elem(&told_mappings, &key)) return;
    __u8 told = 1;
    bpf_map_update_elem(&told_mappings, &key, &told, BPF_ANY);
    tell_file(SENSOR_FILE_MAP, file, inode, how, 0, false);
}
