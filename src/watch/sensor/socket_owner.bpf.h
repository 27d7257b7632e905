/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Whose a socket is: packets and timers that concern it run on any processor, in whatever process
 * happens to be there, so the owner is remembered beside the socket when a process acts on it. */
#pragma once

#include "shared_maps.bpf.h"

struct owner {
    __u64 start, cgroup;
    __u32 process, thread, user, network_namespace;
};

/* Of sockets that are no connections of TCP: those have connections.bpf.h. */
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct owner);
} socket_owners SEC(".maps");

static __always_inline void fill_owner(struct owner* owner, struct task_struct* task) {
    owner->start = task->group_leader->start_boottime;
    owner->cgroup = cgroup_of(task);
    owner->thread = task->pid;
    owner->user = task->real_cred->euid.val;
    owner->network_namespace = task->nsproxy ? task->nsproxy->net_ns->ns.inum : 0;
    owner->process = task->tgid;
}

/* The present task takes what `known` (may be NULL) says. */
static __always_inline void take_over(struct owner* known) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->flags & PF_KTHREAD) return;
    if (!known) {
        count_loss(SENSOR_LOSS_NO_SOCKET);
    } else if (known->process != (__u32)task->tgid) {
        fill_owner(known, task);
    }
}

/* The head of a record on what a socket does. `now`: nanoseconds since the boot. */
static __always_inline void begin_for(struct scratch* s, enum sensor_kind kind, struct owner* owner,
                                      __u64 now, __u32 size) {
    struct sensor_head* head = (struct sensor_head*)s->record;
    head->kind = kind;
    head->flags = 0;
    head->time = now;
    head->cpu = bpf_get_smp_processor_id();
    head->start = owner ? owner->start : 0;
    head->cgroup = owner ? owner->cgroup : 0;
    head->process = owner ? owner->process : 0;
    head->thread = owner ? owner->thread : 0;
    head->user = owner ? owner->user : 0;
    s->at = size;
}
