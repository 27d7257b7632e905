/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Files, where the kernel refuses programs on its own functions: one program at the end of every
 * system call, which costs every call of the machine some tens of nanoseconds, and one where an
 * inode's change time is set, which costs nothing else. What a call was done to is taken from the
 * kernel: the file of the descriptor that an open gave, and for names the inode whose change time
 * was set during the call, never from the caller's memory, which another thread can change. Where
 * an inode has several names (hard links), which one was meant is known only for its removal. */
#include "file_calls.bpf.h"

#include "file_opened.bpf.h"
#include "file_typed.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define MAP_ANONYMOUS 0x20
#define VM_EXEC 4
#define OLD_MMAP 90   /* of 32-bit programs: its arguments stand in the caller's memory */
#define MOST_INODES 4 /* a rename with two folders, what is moved, and what it replaces */

/* The inodes whose change time was set during a thread's present call, with the name that each had
 * then. */
struct touched {
    struct inode* inode;
    struct dentry* dentry;
    struct dentry* folder;
    __u32 name_bytes;
    char name[256];
};
struct act {
    __u32 count;
    struct inode* folder;
    struct touched touched[MOST_INODES];
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct act);
} acts SEC(".maps");
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct act);
} no_act SEC(".maps");

/* The file is gone by now: its path stands in the record of its opening. */
static __always_inline void tell_close(struct descriptor* key, struct opened* known) {
    struct opened was = *known;
    forget_opened(key);
    if (!was.open) return;
    int index = file_begin(SENSOR_FILE_CLOSE);
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    record->open = was.open;
    record->written = was.written;
    /* The inode may have become another file's meanwhile. */
    struct inode* inode = TYPED(inode, was.inode);
    if (inode->i_ino == was.number) describe_inode(&record->file, inode);
    record->file.inode = was.number;
    record->file.device = was.device;
    file_send(s, true);
}

static __always_inline void remember_open(struct task_struct* task, __u32 number, struct file* file,
                                          __u32 how, __u64 written) {
    struct descriptor key = {.process = task->tgid, .number = number};
    struct opened* older = find_opened(&key);
    if (older) tell_close(&key, older);
    struct inode* inode = file->f_inode;
    struct opened made = {.file = file, .inode = inode, .written = written};
    made.number = inode->i_ino;
    made.device = inode->i_sb->s_dev;
    made.open = tell_file(SENSOR_FILE_OPEN, file, inode, how, 0, true);
    keep_opened(&key, &made);
}

/* The kernel takes the flag off the file once it has done so. */
static __always_inline bool truncates(struct task_struct* task, struct pt_regs* regs) {
    __u32 number = call_number(task, regs);
    bool compat = is_compat(task);
    if (number == (compat ? 8 : __NR_creat)) return true;
    if (number == (compat ? 5 : __NR_open)) return argument(task, regs, 1) & O_TRUNC;
    return number == (compat ? 295 : __NR_openat) && (argument(task, regs, 2) & O_TRUNC);
}

/* `regs`: of the call; NULL: it was opened otherwise, and `truncated` says so. */
static __always_inline void call_open(struct task_struct* task, struct pt_regs* regs, long number,
                                      bool truncated) {
    if (number < 0) return;
    struct file* file = file_of(task, number);
    if (!file) return;
    unsigned int mode = file->f_mode;
    if (!(mode & FMODE_WRITE)) {
        if (is_watched(file) && is_regular(file->f_inode)) {
            tell_file(SENSOR_FILE_READ, file, file->f_inode, 0, 0, false);
        }
        return;
    }
    if (!is_regular(file->f_inode)) return;
    __u32 how = mode & FMODE_CREATED ? SENSOR_HOW_CREATED : 0;
    if (regs ? truncates(task, regs) : truncated) how |= SENSOR_HOW_TRUNCATED;
    remember_open(task, number, file, how, 0);
}

static __always_inline void call_write(struct task_struct* task, __u32 number, long bytes) {
    if (bytes <= 0) return;
    struct descriptor key = {.process = task->tgid, .number = number};
    struct file* file = file_of(task, number);
    if (!file) return;
    struct opened* known = find_opened(&key);
    if (known && known->file == file) {
        __sync_fetch_and_add(&known->written, bytes);
        return;
    }
    if (!is_written(file->f_mode) || !is_regular(file->f_inode)) return;
    remember_open(task, number, file, SENSOR_HOW_INHERITED, bytes);
}

static __always_inline void call_close(struct task_struct* task, __u32 number) {
    struct descriptor key = {.process = task->tgid, .number = number};
    struct opened* known = find_opened(&key);
    if (known) tell_close(&key, known);
}

static long take_area(struct task_struct* task, struct vm_area_struct* area, struct file** into) {
    if (BPF_CORE_READ(area, vm_flags) & VM_EXEC) *into = BPF_CORE_READ(area, vm_file);
    return 0;
}

static __always_inline void call_map(struct task_struct* task, __u64 address, __u32 how) {
    struct file* file = NULL;
    if (bpf_find_vma(task, address, take_area, &file, 0) == 0 && file)
        tell_mapping(TYPED(file, file), how);
}

static __always_inline bool maps_program(struct task_struct* task, struct pt_regs* regs) {
    if (is_compat(task) && call_number(task, regs) == OLD_MMAP)
        return true; /* the area itself tells */
    return (argument(task, regs, 2) & PROT_EXEC) && !(argument(task, regs, 3) & MAP_ANONYMOUS);
}

/* A mount of the file system in the task's own tree: an inode knows none. */
struct mount_search {
    struct mount* mount;
    struct mnt_namespace* space;
    __u32 found;
};
static long mount_step(__u32 i, struct mount_search* search) {
    struct mount* mount = search->mount;
    if (!mount) return 1;
    if (BPF_CORE_READ(mount, mnt_ns) == search->space) {
        search->found = 1;
        return 1;
    }
    search->mount = BPF_CORE_READ(mount, mnt_next_for_sb);
    return 0;
}

static __always_inline struct vfsmount* mount_for(struct task_struct* task, struct dentry* dentry) {
    struct mount_search search = {};
    struct mount* any = NULL;
    if (!bpf_core_field_exists(any->mnt_next_for_sb)) return NULL;
    search.mount = BPF_CORE_READ(dentry, d_inode, i_sb, s_mounts);
    search.space = BPF_CORE_READ(task, nsproxy, mnt_ns);
    bpf_loop(256, mount_step, &search, 0);
    return search.found
               ? (struct vfsmount*)((char*)search.mount + bpf_core_field_offset(struct mount, mnt))
               : NULL;
}

static __always_inline struct dentry* dentry_at(struct hlist_node* node) {
    return node ? (struct dentry*)((char*)node - bpf_core_field_offset(struct dentry, d_u.d_alias))
                : NULL;
}

/* Of an inode with several names, the one in that folder. */
struct name_search {
    struct hlist_node* node;
    struct inode* folder;
    __u32 found;
};
static long name_step(__u32 i, struct name_search* search) {
    struct dentry* dentry = dentry_at(search->node);
    if (!dentry) return 1;
    if (BPF_CORE_READ(dentry, d_parent, d_inode) == search->folder) {
        search->found = 1;
        return 1;
    }
    struct hlist_node* node = search->node;
    search->node = BPF_CORE_READ(node, next);
    return 0;
}

static __always_inline struct dentry* name_of(struct inode* inode, struct inode* folder) {
    struct hlist_node* first = BPF_CORE_READ(inode, i_dentry.first);
    if (folder) {
        struct name_search search = {.node = first, .folder = folder};
        bpf_loop(64, name_step, &search, 0);
        if (search.found) return dentry_at(search.node);
    }
    return dentry_at(first);
}

static __always_inline void tell_removed(struct task_struct* task, struct inode* inode,
                                         struct dentry* dentry) {
    int index = file_begin(SENSOR_FILE_UNLINK);
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    describe_inode(&record->file, TYPED(inode, inode));
    if ((record->file.mode & S_IFMT) == S_IFDIR) record->how = SENSOR_HOW_FOLDER;
    file_send(s, file_path(s, index, SENSOR_TEXT_PATH, mount_for(task, dentry), dentry));
}

static __always_inline struct act* this_act(__u32 thread) {
    struct act* act = bpf_map_lookup_elem(&acts, &thread);
    if (act) return act;
    __u32 zero = 0;
    struct act* empty = bpf_map_lookup_elem(&no_act, &zero);
    if (!empty || bpf_map_update_elem(&acts, &thread, empty, BPF_ANY)) return NULL;
    return bpf_map_lookup_elem(&acts, &thread);
}

/* Remembers the inode with its present name; false when it is known already or there is no room. */
static __always_inline bool remember_touched(struct act* act, struct inode* inode,
                                             struct dentry* dentry) {
    for (__u32 i = 0; i < MOST_INODES; ++i) {
        struct touched* one = &act->touched[i];
        if (i < act->count) {
            if (one->inode == inode) return false;
            continue;
        }
        one->inode = inode;
        one->dentry = dentry;
        one->folder = dentry ? BPF_CORE_READ(dentry, d_parent) : NULL;
        one->name_bytes = 0;
        if (dentry) {
            long bytes = bpf_probe_read_kernel_str(one->name, sizeof one->name,
                                                   BPF_CORE_READ(dentry, d_name.name));
            if (bytes > 0) one->name_bytes = bytes - 1;
        }
        act->count = i + 1;
        return true;
    }
    return false;
}

static __always_inline int touch(struct inode* inode) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->flags & PF_KTHREAD) return 0;
    struct pt_regs* regs = (struct pt_regs*)bpf_task_pt_regs(task);
    enum call call = call_of(task, regs);
    if (call < CALL_FIRST_NAME) return 0;
    struct act* act = this_act(task->pid);
    if (!act) return 0;
    bool folder = (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFDIR;
    if (call == CALL_UNLINK) {
        /* A folder that is removed has lost the link of its own name for itself. */
        if (folder && BPF_CORE_READ(inode, i_nlink) >= 2) {
            act->folder = inode;
            return 0;
        }
        struct dentry* dentry = name_of(inode, act->folder);
        if (dentry && remember_touched(act, inode, NULL)) tell_removed(task, inode, dentry);
        return 0;
    }
    remember_touched(act, inode, name_of(inode, NULL));
    return 0;
}

SEC("tp_btf/ctime_ns_xchg")
int BPF_PROG(file_touched, struct inode* inode) {
    return touch(inode);
}
SEC("tp_btf/ctime_xchg_skip")
int BPF_PROG(file_touched_again, struct inode* inode) {
    return touch(inode);
}
SEC("tp_btf/inode_set_ctime_to_ts")
int BPF_PROG(file_touched_plainly, struct inode* inode) {
    return touch(inode);
}

/* The name is another one now. */
static __always_inline bool has_moved(struct scratch* s, struct touched* one) {
    struct dentry* dentry = one->dentry;
    if (!dentry) return false;
    if (BPF_CORE_READ(dentry, d_parent) != one->folder) return true;
    long bytes =
        bpf_probe_read_kernel_str(s->path, MOST_NAME + 1, BPF_CORE_READ(dentry, d_name.name));
    if (bytes <= 0 || (__u32)bytes - 1 != one->name_bytes) return true;
    for (int i = 0; i < MOST_NAME; ++i) {
        if (s->path[i] != one->name[i]) return true;
        if (!one->name[i]) return false;
    }
    return false;
}

static __always_inline bool fill_rename(struct scratch* s, __u32 index, struct task_struct* task,
                                        struct touched* one) {
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    if (!has_moved(s, one)) return false;
    struct vfsmount* mnt = mount_for(task, one->dentry);
    file_path(s, index, SENSOR_TEXT_PATH, mnt, one->folder);
    if (record->text_bytes[SENSOR_TEXT_PATH] > 1) {
        *end_of(s) = '/';
        s->at += 1;
        record->text_bytes[SENSOR_TEXT_PATH] += 1;
    }
    record->text_bytes[SENSOR_TEXT_PATH] += append_kernel(s, one->name, one->name_bytes & 255);
    file_path(s, index, SENSOR_TEXT_OTHER, mnt, one->dentry);
    return true;
}

/* The newest name of an inode stands first. */
static __always_inline bool fill_link(struct scratch* s, __u32 index, struct task_struct* task,
                                      struct inode* inode) {
    struct dentry* made = name_of(inode, NULL);
    if (!made) return false;
    struct vfsmount* mnt = mount_for(task, made);
    bool wanted = file_path(s, index, SENSOR_TEXT_PATH, mnt, made);
    struct dentry* older = dentry_at(BPF_CORE_READ(made, d_u.d_alias.next));
    if (older) file_path(s, index, SENSOR_TEXT_OTHER, mnt, older);
    return wanted;
}

static __always_inline bool fill_symlink(struct scratch* s, __u32 index, struct task_struct* task,
                                         struct inode* inode) {
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    struct dentry* made = name_of(inode, NULL);
    if (!made) return false;
    bool wanted = file_path(s, index, SENSOR_TEXT_PATH, mount_for(task, made), made);
    const char* target = BPF_CORE_READ(inode, i_link);
    long bytes = target ? bpf_probe_read_kernel_str(end_of(s), SENSOR_MOST_PATH, target) : 0;
    if (bytes > 1) {
        record->text_bytes[SENSOR_TEXT_OTHER] = bytes - 1;
        s->at += bytes - 1;
    }
    return wanted;
}

struct act_context {
    __u32 call;
};

static long act_step(__u32 i, struct act_context* context) {
    struct task_struct* task = bpf_get_current_task_btf();
    __u32 thread = task->pid;
    struct act* act = bpf_map_lookup_elem(&acts, &thread);
    if (!act || i >= act->count || i >= MOST_INODES) return 1;
    struct touched* one = &act->touched[i];
    struct inode* inode = TYPED(inode, one->inode);
    __u32 call = context->call;
    __u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
    if (call == CALL_LINK && type == S_IFDIR) return 0;
    if (call == CALL_SYMLINK && type != 0120000) return 0;
    enum sensor_kind kind = call == CALL_RENAME    ? SENSOR_FILE_RENAME
                            : call == CALL_LINK    ? SENSOR_FILE_LINK
                            : call == CALL_SYMLINK ? SENSOR_FILE_SYMLINK
                            : call == CALL_MODE    ? SENSOR_FILE_MODE
                                                   : SENSOR_FILE_OWNER;
    int index = file_begin(kind);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    describe_inode(&record->file, inode);
    bool wanted = false;
    if (call == CALL_RENAME) {
        wanted = fill_rename(s, index, task, one);
    } else if (call == CALL_LINK) {
        wanted = fill_link(s, index, task, inode);
    } else if (call == CALL_SYMLINK) {
        wanted = fill_symlink(s, index, task, inode);
    } else if (one->dentry) {
        wanted = file_path(s, index, SENSOR_TEXT_PATH, mount_for(task, one->dentry), one->dentry);
    }
    file_send(s, wanted);
    return 0;
}

static __always_inline void end_act(struct task_struct* task, enum call call, long failed) {
    __u32 thread = task->pid;
    struct act* act = bpf_map_lookup_elem(&acts, &thread);
    if (!act) return;
    struct act_context context = {.call = call};
    if (!failed && call != CALL_UNLINK) bpf_loop(MOST_INODES, act_step, &context, 0);
    bpf_map_delete_elem(&acts, &thread);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(file_call, struct pt_regs* regs, long result) {
    struct task_struct* task = bpf_get_current_task_btf();
    enum call call = call_of(task, regs);
    if (call == CALL_NONE) return 0;
    switch (call) {
        case CALL_OPEN:
            call_open(task, regs, result, false);
            break;
        case CALL_CLOSE:
            call_close(task, argument(task, regs, 0));
            break;
        case CALL_WRITE:
            call_write(task, argument(task, regs, 0), result);
            break;
        case CALL_SPLICE:
            call_write(task, argument(task, regs, 2), result);
            break;
        case CALL_MAP:
            if (maps_program(task, regs) && (result > 0 || result < -4095))
                call_map(task, result, 0);
            break;
        case CALL_PROTECT:
            if ((argument(task, regs, 2) & PROT_EXEC) && !result) {
                call_map(task, argument(task, regs, 0), SENSOR_HOW_PROTECT);
            }
            break;
        default:
            end_act(task, call, result);
    }
    return 0;
}

#include "file_uring.bpf.h"

/* What a process did not close itself. */
static long exit_step(__u32 i, __u32* process) {
    struct descriptor key = {.process = *process, .number = i};
    struct opened* known = find_opened(&key);
    if (known) tell_close(&key, known);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(file_exit, struct task_struct* task) {
    if (BPF_CORE_READ(task, signal, live.counter) != 0) return 0;
    __u32 process = task->tgid;
    __u32* count = opened_count(process);
    if (!count || !*count || !task->files) return 0;
    __u32 most = task->files->fdt->max_fds;
    bpf_loop(most < MOST_DESCRIPTORS ? most : MOST_DESCRIPTORS, exit_step, &process, 0);
    return 0;
}
