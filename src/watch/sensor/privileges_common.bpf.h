/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Privileges, from the end of the system call on. */
#pragma once

#include "act.bpf.h"
#include "calls.bpf.h"
#include "descriptor.bpf.h"
#include "privileges.h"

enum privilege_call {
    PRIVILEGE_USERS = 1,
    PRIVILEGE_CAPABILITIES,
    PRIVILEGE_UNSHARE,
    PRIVILEGE_ENTER,
    PRIVILEGE_MOUNT,
    PRIVILEGE_UNMOUNT,
    PRIVILEGE_PIVOT,
    PRIVILEGE_MOVE,
    PRIVILEGE_ROOT,
    PRIVILEGE_MODULE,
    PRIVILEGE_MODULE_FILE,
    PRIVILEGE_MODULE_GOES,
    PRIVILEGE_BPF,
};

#define CLONE_NEWNS 0x00020000
#define CLONE_NEWCGROUP 0x02000000
#define CLONE_NEWUTS 0x04000000
#define CLONE_NEWIPC 0x08000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000
#define CLONE_NEWTIME 0x00000080
#define CLONE_NEW_ANY 0x7e020080

#define SYSCTL_NAME 256
#define SYSCTL_VALUE 1024

static __always_inline struct sensor_act* act_of(struct scratch* s) {
    return (struct sensor_act*)s->record;
}

static __always_inline void describe_rights(struct sensor_act* act, struct task_struct* task) {
    const struct cred* cred = task->real_cred;
    act->value[0] = cred->uid.val | (__u64)cred->euid.val << 32;
    act->value[1] = cred->gid.val | (__u64)cred->egid.val << 32;
    bpf_core_read(&act->value[2], sizeof act->value[2], &cred->cap_effective);
    bpf_core_read(&act->value[3], sizeof act->value[3], &cred->cap_permitted);
}

static __always_inline void describe_spaces(struct sensor_act* act, struct task_struct* task,
                                            __u64 flags) {
    struct nsproxy* spaces = BPF_CORE_READ(task, nsproxy);
    act->value[0] = flags;
    act->value[1] = BPF_CORE_READ(spaces, mnt_ns, ns.inum) |
                    (__u64)BPF_CORE_READ(spaces, pid_ns_for_children, ns.inum) << 32;
    act->value[2] = BPF_CORE_READ(spaces, net_ns, ns.inum) |
                    (__u64)BPF_CORE_READ(task, real_cred, user_ns, ns.inum) << 32;
}

/* What the process asked with, from its memory: another thread can have changed it. */
static __always_inline void append_asked(struct scratch* s, __u32 which, __u64 at) {
    if (!at || s->at + SENSOR_MOST_PATH > SENSOR_MOST_RECORD) return;
    long bytes = bpf_probe_read_user_str(end_of(s), SENSOR_MOST_PATH, (const void*)at);
    act_of(s)->how |= SENSOR_ACT_ASKED;
    if (bytes < 0) act_of(s)->head.flags |= SENSOR_UNREADABLE;
    if (bytes <= 1 || bytes > SENSOR_MOST_PATH) return;
    act_of(s)->text_bytes[which] = bytes - 1;
    s->at += bytes - 1;
}

static __always_inline void append_module(struct scratch* s, __u32 index, struct task_struct* task,
                                          __u32 number) {
    struct file* file = descriptor_file(task, number);
    if (!file) return;
    act_of(s)->text_bytes[0] =
        append_path(s, index, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
}

static __always_inline void append_root(struct scratch* s, __u32 index, struct task_struct* task) {
    struct fs_struct* fs = BPF_CORE_READ(task, fs);
    if (!fs) return;
    act_of(s)->text_bytes[0] =
        append_path(s, index, BPF_CORE_READ(fs, root.mnt), BPF_CORE_READ(fs, root.dentry));
}

static __always_inline void append_program(struct scratch* s, struct task_struct* task,
                                           __u32 number) {
    struct file* file = descriptor_file(task, number);
    struct bpf_prog* program = file ? BPF_CORE_READ(file, private_data) : NULL;
    if (!program) return;
    act_of(s)->value[1] = BPF_CORE_READ(program, type);
    act_of(s)->value[2] = BPF_CORE_READ(program, aux, id);
    struct bpf_prog_aux* aux = BPF_CORE_READ(program, aux);
    long bytes = bpf_core_read_str(end_of(s), 16, &aux->name);
    if (bytes <= 1 || bytes > 16) return;
    act_of(s)->text_bytes[0] = bytes - 1;
    s->at += bytes - 1;
}

static __always_inline bool is_told_command(__u32 command) {
    switch (command) {
        case BPF_PROG_LOAD:
        case BPF_PROG_ATTACH:
        case BPF_PROG_DETACH:
        case BPF_RAW_TRACEPOINT_OPEN:
        case BPF_LINK_CREATE:
        case BPF_LINK_DETACH:
        case BPF_OBJ_PIN:
            return true;
        default:
            return false;
    }
}

static __always_inline enum sensor_kind kind_of_call(enum privilege_call call) {
    switch (call) {
        case PRIVILEGE_USERS:
            return SENSOR_USERS;
        case PRIVILEGE_CAPABILITIES:
            return SENSOR_CAPABILITIES;
        case PRIVILEGE_UNSHARE:
        case PRIVILEGE_ENTER:
            return SENSOR_NAMESPACES;
        case PRIVILEGE_MOUNT:
            return SENSOR_MOUNT;
        case PRIVILEGE_UNMOUNT:
            return SENSOR_UNMOUNT;
        case PRIVILEGE_PIVOT:
            return SENSOR_PIVOT_ROOT;
        case PRIVILEGE_MOVE:
            return SENSOR_MOVE_MOUNT;
        case PRIVILEGE_ROOT:
            return SENSOR_ROOT;
        case PRIVILEGE_MODULE:
        case PRIVILEGE_MODULE_FILE:
            return SENSOR_MODULE;
        case PRIVILEGE_MODULE_GOES:
            return SENSOR_MODULE_GOES;
        case PRIVILEGE_BPF:
            return SENSOR_BPF;
    }
    return 0;
}

static __always_inline void fill_mount(struct scratch* s, struct task_struct* task,
                                       struct pt_regs* regs, enum privilege_call call) {
    switch (call) {
        case PRIVILEGE_MOUNT:
            act_of(s)->value[0] = argument(task, regs, 3);
            append_asked(s, 0, argument(task, regs, 1));
            append_asked(s, 1, argument(task, regs, 0));
            append_asked(s, 2, argument(task, regs, 2));
            return;
        case PRIVILEGE_UNMOUNT:
            act_of(s)->value[0] = argument(task, regs, 1);
            append_asked(s, 0, argument(task, regs, 0));
            return;
        case PRIVILEGE_PIVOT:
            append_asked(s, 0, argument(task, regs, 0));
            append_asked(s, 1, argument(task, regs, 1));
            return;
        default:
            append_asked(s, 0, argument(task, regs, 3));
            append_asked(s, 1, argument(task, regs, 1));
    }
}

static __always_inline void fill(struct scratch* s, __u32 index, struct task_struct* task,
                                 struct pt_regs* regs, enum privilege_call call, long result) {
    switch (call) {
        case PRIVILEGE_USERS:
        case PRIVILEGE_CAPABILITIES:
            describe_rights(act_of(s), task);
            return;
        case PRIVILEGE_UNSHARE:
            describe_spaces(act_of(s), task, argument(task, regs, 0) & CLONE_NEW_ANY);
            return;
        case PRIVILEGE_ENTER:
            describe_spaces(act_of(s), task, argument(task, regs, 1) & CLONE_NEW_ANY);
            return;
        case PRIVILEGE_ROOT:
            append_root(s, index, task);
            return;
        case PRIVILEGE_MODULE:
            return;
        case PRIVILEGE_MODULE_FILE:
            append_module(s, index, task, argument(task, regs, 0));
            return;
        case PRIVILEGE_MODULE_GOES:
            append_asked(s, 0, argument(task, regs, 0));
            return;
        case PRIVILEGE_BPF:
            act_of(s)->value[0] = argument(task, regs, 0);
            if ((__u32)argument(task, regs, 0) == BPF_PROG_LOAD && result >= 0)
                append_program(s, task, result);
            return;
        default:
            fill_mount(s, task, regs, call);
    }
}

/* task, regs: typed */
static __noinline int privileges_ended(struct task_struct* task, struct pt_regs* regs,
                                       enum privilege_call call, long result) {
    if (call == PRIVILEGE_UNSHARE && !(argument(task, regs, 0) & CLONE_NEW_ANY)) return 0;
    if (call == PRIVILEGE_BPF && !is_told_command(argument(task, regs, 0))) return 0;
    enum sensor_kind kind = kind_of_call(call);
    if (!kind) return 0;
    int index = act_begin(kind, result < 0 ? result : 0);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    fill(s, index, task, regs, call, result);
    act_end(s);
    return 0;
}

static __always_inline __u64 differences(struct task_struct* parent, struct task_struct* child) {
    struct nsproxy *one = parent->nsproxy, *other = child->nsproxy;
    __u64 flags = 0;
    if (parent->real_cred->user_ns != child->real_cred->user_ns) flags |= CLONE_NEWUSER;
    if (!one || !other || one == other) return flags;
    if (one->mnt_ns != other->mnt_ns) flags |= CLONE_NEWNS;
    if (one->net_ns != other->net_ns) flags |= CLONE_NEWNET;
    if (one->pid_ns_for_children != other->pid_ns_for_children) flags |= CLONE_NEWPID;
    if (one->uts_ns != other->uts_ns) flags |= CLONE_NEWUTS;
    if (one->ipc_ns != other->ipc_ns) flags |= CLONE_NEWIPC;
    if (one->cgroup_ns != other->cgroup_ns) flags |= CLONE_NEWCGROUP;
    return flags;
}

/* Namespaces by clone(2), whose flags may stand where other threads write: what the child has says
 * it. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(privileges_fork, struct task_struct* parent, struct task_struct* child) {
    __u64 flags = differences(parent, child);
    if (!flags) return 0;
    int index = act_begin(SENSOR_NAMESPACES, 0);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_act* act = act_of(s);
    act->head.process = child->tgid;
    act->head.thread = child->pid;
    act->head.start = child->group_leader->start_boottime;
    describe_spaces(act, child, flags);
    act_end(s);
    return 0;
}

/* Kernel parameters as they are written, before they are in force. */
SEC("cgroup/sysctl")
int privileges_parameter(struct bpf_sysctl* context) {
    if (!context->write) return 1;
    int index = act_begin(SENSOR_PARAMETER, 0);
    if (index < 0) return 1;
    struct scratch* s = scratch_of(index);
    if (!s) return 1;
    long bytes = bpf_sysctl_get_name(context, end_of(s), SYSCTL_NAME, 0);
    if (bytes > 0 && bytes < SYSCTL_NAME) {
        act_of(s)->text_bytes[0] = bytes;
        s->at += bytes;
    }
    bytes = bpf_sysctl_get_new_value(context, end_of(s), SYSCTL_VALUE);
    if (bytes == -7) act_of(s)->head.flags |= SENSOR_CUT; /* E2BIG */
    if (bytes > 0 && bytes < SYSCTL_VALUE) {
        act_of(s)->text_bytes[1] = bytes;
        s->at += bytes;
    }
    act_end(s);
    return 1;
}
