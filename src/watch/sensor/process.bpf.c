/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Processes: on the scheduler's own tracepoints, which all supported kernels have and which fire on
 * these events alone. Arguments and environment are read when exec is done and before the new
 * program's first instruction, so that no other thread can have changed them. */
#include "process.h"

#include "path.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define MOST_VARIABLE 1024
#define MOST_VARIABLES 2048
#define MOST_CHOSEN 2048 /* bytes of all chosen ones */

/* The name of the task's control group goes before its first record. */
static long cgroup_step(__u32 i, struct walk_context* context) {
    struct scratch* s = scratch_of(context->scratch);
    if (!s) return 1;
    struct kernfs_node* node = (struct kernfs_node*)s->walk.dentry;
    struct kernfs_node* parent;
    if (bpf_core_field_exists(node->__parent)) {
        parent = BPF_CORE_READ(node, __parent);
    } else {
        struct kernfs_node___until_6_14* older = (void*)node;
        parent = BPF_CORE_READ(older, parent);
    }
    if (!parent) return 1;
    /* The name's own end mark is overwritten by what stands behind it: read it where it ends in
     * place. */
    const char* name = BPF_CORE_READ(node, name);
    __u32 free = SENSOR_MOST_PATH;
    long length = bpf_probe_read_kernel_str(s->path + free, MOST_NAME + 1, name);
    if (length > 1) prepend(s, s->path + free, length - 1);
    s->walk.dentry = (struct dentry*)parent;
    return 0;
}

/* The record of the task's control group; false: it has none. */
static __always_inline bool fill_cgroup(struct scratch* s, __u32 index, struct task_struct* task) {
    struct sensor_cgroup* record = (struct sensor_cgroup*)s->record;
    begin(s, SENSOR_CGROUP, task, sizeof *record);
    s->walk.dentry = (struct dentry*)BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
    s->walk.at = SENSOR_MOST_PATH;
    s->walk.flags = 0;
    struct walk_context context = {.scratch = index};
    bpf_loop(64, cgroup_step, &context, 0);
    if (s->walk.at == SENSOR_MOST_PATH) {
        s->path[SENSOR_MOST_PATH - 1] = '/';
        s->walk.at = SENSOR_MOST_PATH - 1;
    }
    __u32 at = s->walk.at;
    if (at > SENSOR_MOST_PATH) return false;
    record->text_bytes = append_kernel(s, s->path + at, SENSOR_MOST_PATH - at);
    return true;
}

static __always_inline void tell_cgroup(struct scratch* s, __u32 index, struct task_struct* task) {
    __u64 id = cgroup_of(task);
    if (bpf_map_lookup_elem(&shared_told, &id)) return;
    __u8 told = 1;
    if (fill_cgroup(s, index, task) && !send(s))
        bpf_map_update_elem(&shared_told, &id, &told, BPF_ANY);
}

static __always_inline bool is_chosen(const char* v) {
    /* LD_*, GLIBC_TUNABLES, BASH_ENV, PYTHONPATH, PYTHONSTARTUP, PERL5OPT, PERL5LIB, NODE_OPTIONS,
     * SSH_CONNECTION, SUDO_… */
    if (v[0] == 'L' && v[1] == 'D' && v[2] == '_') return true;
    if (v[0] == 'G' && v[1] == 'L' && v[2] == 'I' && v[3] == 'B' && v[4] == 'C' && v[5] == '_')
        return true;
    if (v[0] == 'B' && v[1] == 'A' && v[2] == 'S' && v[3] == 'H' && v[4] == '_' && v[5] == 'E')
        return true;
    if (v[0] == 'P' && v[1] == 'Y' && v[2] == 'T' && v[3] == 'H' && v[4] == 'O' && v[5] == 'N')
        return true;
    if (v[0] == 'P' && v[1] == 'E' && v[2] == 'R' && v[3] == 'L' && v[4] == '5') return true;
    if (v[0] == 'N' && v[1] == 'O' && v[2] == 'D' && v[3] == 'E' && v[4] == '_' && v[5] == 'O')
        return true;
    if (v[0] == 'S' && v[1] == 'S' && v[2] == 'H' && v[3] == '_' && v[4] == 'C') return true;
    return v[0] == 'S' && v[1] == 'U' && v[2] == 'D' && v[3] == 'O' && v[4] == '_';
}

static long environment_step(__u32 i, struct walk_context* context) {
    struct scratch* s = scratch_of(context->scratch);
    if (!s || s->environment.at >= s->environment.end) return 1;
    /* `path` is free by now. */
    long length = bpf_probe_read_user_str(s->path, MOST_VARIABLE, (const void*)s->environment.at);
    if (length <= 0) {
        ((struct sensor_head*)s->record)->flags |= SENSOR_NO_ENVIRONMENT;
        return 1;
    }
    s->environment.at += length;
    if (length < 6 || length > MOST_VARIABLE || !is_chosen(s->path)) return 0;
    struct sensor_program* record = (struct sensor_program*)s->record;
    __u32 taken = record->text_bytes[SENSOR_TEXT_ENVIRONMENT];
    if (taken + length > MOST_CHOSEN) {
        record->head.flags |= SENSOR_CUT;
        return 1;
    }
    record->text_bytes[SENSOR_TEXT_ENVIRONMENT] = taken + append_kernel(s, s->path, length);
    return 0;
}

static __always_inline void append_environment(struct scratch* s, __u32 index,
                                               struct mm_struct* mm) {
    s->environment.at = BPF_CORE_READ(mm, env_start);
    s->environment.end = BPF_CORE_READ(mm, env_end);
    struct walk_context context = {.scratch = index};
    if (bpf_loop(MOST_VARIABLES, environment_step, &context, 0) >= MOST_VARIABLES) {
        ((struct sensor_head*)s->record)->flags |= SENSOR_NO_ENVIRONMENT;
    }
}

/* How much of the arguments is kept. */
static __always_inline __u32 argument_bytes(struct sensor_program* record, struct mm_struct* mm) {
    __u64 size = BPF_CORE_READ(mm, arg_end) - BPF_CORE_READ(mm, arg_start);
    record->arguments_bytes = size > 0xffffffff ? 0xffffffff : size;
    struct sensor_policy* p = policy();
    __u32 most = p ? p->argument_bytes : SENSOR_MOST_ARGUMENTS;
    if (size > most) {
        size = most;
        record->head.flags |= SENSOR_CUT;
    }
    return size;
}

/* Room for that many behind the record. */
static __always_inline bool has_room(struct scratch* s, __u32 bytes) {
    return bytes > 0 && s->at + bytes <= SENSOR_MOST_RECORD;
}

static __always_inline void describe_task(struct sensor_program* record, struct task_struct* task) {
    record->parent = BPF_CORE_READ(task, real_parent, tgid);
    record->parent_start = BPF_CORE_READ(task, real_parent, group_leader, start_boottime);
    const struct cred* cred = BPF_CORE_READ(task, real_cred);
    bpf_core_read(&record->capabilities, sizeof record->capabilities, &cred->cap_effective);
    record->real_user = BPF_CORE_READ(cred, uid.val);
    record->group = BPF_CORE_READ(cred, gid.val);
    record->user_namespace = BPF_CORE_READ(cred, user_ns, ns.inum);
    record->login_user = 0xffffffff;
    record->login_session = 0xffffffff;
    if (bpf_core_field_exists(task->loginuid)) {
        record->login_user = BPF_CORE_READ(task, loginuid.val);
        record->login_session = BPF_CORE_READ(task, sessionid);
    }
    struct nsproxy* spaces = BPF_CORE_READ(task, nsproxy);
    record->mount_namespace = BPF_CORE_READ(spaces, mnt_ns, ns.inum);
    record->pid_namespace = BPF_CORE_READ(spaces, pid_ns_for_children, ns.inum);
    record->network_namespace = BPF_CORE_READ(spaces, net_ns, ns.inum);
    struct tty_struct* tty = BPF_CORE_READ(task, signal, tty);
    record->tty = tty != NULL;
    __builtin_memset(record->terminal, 0, sizeof record->terminal);
    if (tty) bpf_core_read_str(record->terminal, sizeof record->terminal, &tty->name);
    bpf_core_read_str(record->name, sizeof record->name, &task->comm);
    struct file** open = BPF_CORE_READ(task, files, fdt, fd);
    struct file* input = NULL;
    bpf_probe_read_kernel(&input, sizeof input, open);
    record->standard_input = input ? BPF_CORE_READ(input, f_inode, i_mode) : 0;
    for (int i = 0; i < SENSOR_PROGRAM_TEXTS; ++i) record->text_bytes[i] = 0;
}

static __always_inline void append_image(struct scratch* s, __u32 index, struct mm_struct* mm) {
    struct sensor_program* record = (struct sensor_program*)s->record;
    struct file* file = mm->exe_file;
    if (!file) return;
    describe_inode(&record->image, file->f_inode);
    record->text_bytes[SENSOR_TEXT_IMAGE] =
        append_path(s, index, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
    record->head.flags |= s->walk.flags;
}

static __always_inline void append_directory(struct scratch* s, __u32 index,
                                             struct task_struct* task) {
    struct sensor_program* record = (struct sensor_program*)s->record;
    struct fs_struct* fs = BPF_CORE_READ(task, fs);
    if (!fs) return;
    record->text_bytes[SENSOR_TEXT_DIRECTORY] =
        append_path(s, index, BPF_CORE_READ(fs, pwd.mnt), BPF_CORE_READ(fs, pwd.dentry));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct* task, int old, struct linux_binprm* binprm) {
    int index = scratch_take();
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    tell_cgroup(s, index, task);
    struct sensor_program* record = (struct sensor_program*)s->record;
    begin(s, SENSOR_EXEC, task, sizeof *record);
    describe_task(record, task);
    struct mm_struct* mm = task->mm;
    if (mm) append_image(s, index, mm);

    const char* name = BPF_CORE_READ(binprm, filename);
    if (name != BPF_CORE_READ(binprm, interp)) {
        long length = bpf_probe_read_kernel_str(end_of(s), SENSOR_MOST_PATH, name);
        if (length > 1 && length <= SENSOR_MOST_PATH) {
            record->text_bytes[SENSOR_TEXT_SCRIPT] = length - 1;
            s->at += length - 1;
        }
    }
    __u32 bytes = argument_bytes(record, mm);
    asm volatile("" : "+r"(bytes));
    if (has_room(s, bytes) && bytes <= SENSOR_MOST_ARGUMENTS) {
        if (bpf_probe_read_user(end_of(s), bytes, (const void*)BPF_CORE_READ(mm, arg_start)) == 0) {
            record->text_bytes[SENSOR_TEXT_ARGUMENTS] = bytes;
            s->at += bytes;
        } else {
            record->head.flags |= SENSOR_UNREADABLE;
        }
    }
    append_environment(s, index, mm);
    append_directory(s, index, task);
    send(s);
    scratch_give(s);
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct* parent, struct task_struct* child) {
    if (child->pid != child->tgid) return 0;
    int index = scratch_take();
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    tell_cgroup(s, index, child);
    struct sensor_fork* record = (struct sensor_fork*)s->record;
    begin(s, SENSOR_FORK, child, sizeof *record);
    /* Not always the caller: CLONE_PARENT makes a sibling. */
    record->parent = BPF_CORE_READ(child, real_parent, tgid);
    record->parent_start = BPF_CORE_READ(child, real_parent, group_leader, start_boottime);
    record->unused = 0;
    send(s);
    scratch_give(s);
    return 0;
}

/* Into a control group that may not have been told of: its name goes before what is done there. */
SEC("?tp_btf/cgroup_attach_task")
int BPF_PROG(process_moved, struct cgroup* group, const char* path, struct task_struct* task) {
    int index = scratch_take();
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    tell_cgroup(s, index, task);
    scratch_give(s);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct* task) {
    /* The last thread of its process, whichever that is. */
    if (BPF_CORE_READ(task, signal, live.counter) != 0) return 0;
    int index = scratch_take();
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_exit* record = (struct sensor_exit*)s->record;
    begin(s, SENSOR_EXIT, task, sizeof *record);
    __u32 of_all = BPF_CORE_READ(task, signal, group_exit_code);
    record->status = of_all ? of_all : BPF_CORE_READ(task, exit_code);
    record->unused = 0;
    bpf_core_read_str(record->name, sizeof record->name, &task->comm);
    send(s);
    scratch_give(s);
    return 0;
}

static __always_inline void walk_write(struct scratch* s, struct seq_file* into) {
    __u32 size = s->at;
    if (size > SENSOR_MOST_RECORD) return;
    ((struct sensor_head*)s->record)->size = size;
    bpf_seq_write(into, s->record, size);
}

/* What runs already, for whoever reads the iterator: a record a process, and before it that of its
 * control group, for who only goes on running makes none in the ring. Its environment is not looked
 * at. */
SEC("iter.s/task")
int process_running(struct bpf_iter__task* context) {
    struct task_struct* task = context->task;
    if (!task || task->pid != task->tgid) return 0;
    int index = scratch_take();
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    if (fill_cgroup(s, index, task)) walk_write(s, context->meta->seq);
    struct sensor_program* record = (struct sensor_program*)s->record;
    begin(s, SENSOR_RUNNING, task, sizeof *record);
    describe_task(record, task);
    __builtin_memset(&record->image, 0, sizeof record->image);
    record->arguments_bytes = 0;
    record->head.flags |= SENSOR_NO_ENVIRONMENT;
    struct mm_struct* mm = task->mm;
    if (mm) {
        append_image(s, index, mm);
        __u32 bytes = argument_bytes(record, mm);
        asm volatile("" : "+r"(bytes));
        if (has_room(s, bytes) && bytes <= SENSOR_MOST_ARGUMENTS) {
            const void* from = (const void*)BPF_CORE_READ(mm, arg_start);
            if (bpf_copy_from_user_task(end_of(s), bytes, from, task, 0) == 0) {
                record->text_bytes[SENSOR_TEXT_ARGUMENTS] = bytes;
                s->at += bytes;
            } else {
                record->head.flags |= SENSOR_UNREADABLE;
            }
        }
        append_directory(s, index, task);
    }
    walk_write(s, context->meta->seq);
    scratch_give(s);
    return 0;
}
