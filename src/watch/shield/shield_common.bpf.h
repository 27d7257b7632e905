/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Which processes are the sensor's, who may do to them what he likes, and how a refusal is told.
 * The few members of the kernel's structures stand where the running kernel's own description (BTF)
 * says. */
#pragma once

/* The second ones need the types of the first. */
/* clang-format off */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */

#include "refused_act.h"

#define NOT_PERMITTED (-1)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
    int counter;
} atomic_t;
struct signal_struct {
    atomic_t live;
};
struct task_struct {
    int tgid;
    __u64 start_boottime;
    struct task_struct* group_leader;
    struct signal_struct* signal;
};

#pragma clang attribute pop

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct shield_settings);
} shield_settings SEC(".maps");

/* The sensor's own processes, by enum shield_role. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_PROCESSES);
    __type(key, struct shield_process);
    __type(value, __u32);
} shield_processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, SHIELD_RING);
} shield_refusals SEC(".maps");

/* Refusals that found no room in the ring. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} shield_untold SEC(".maps");

static __always_inline struct shield_process key_of(struct task_struct* task) {
    return (struct shield_process){
        .start = BPF_CORE_READ(task, group_leader, start_boottime),
        .process = BPF_CORE_READ(task, tgid),
    };
}

/* 0: it is none of the sensor's. */
static __always_inline __u32 role_of(struct task_struct* task) {
    struct shield_process key = key_of(task);
    __u32* role = bpf_map_lookup_elem(&shield_processes, &key);
    return role ? *role : 0;
}

/* The sensor itself, and the machine's first process: who stops services ends this one too. */
static __always_inline bool may_do_all(struct task_struct* task) {
    return BPF_CORE_READ(task, tgid) == 1 || role_of(task) != 0;
}

static __always_inline int refuse_unnamed(enum shield_act act, __u32 detail, bool is_named) {
    struct shield_refusal* refusal =
        bpf_ringbuf_reserve(&shield_refusals, sizeof(struct shield_refusal), 0);
    if (!refusal) {
        __u32 zero = 0;
        __u64* untold = bpf_map_lookup_elem(&shield_untold, &zero);
        if (untold) __sync_fetch_and_add(untold, 1);
        return NOT_PERMITTED;
    }
    *refusal = (struct shield_refusal){.act = act, .detail = detail};
    if (is_named) {
        refusal->process = bpf_get_current_pid_tgid() >> 32;
        refusal->user = bpf_get_current_uid_gid();
        bpf_get_current_comm(refusal->program, sizeof refusal->program);
    }
    bpf_ringbuf_submit(refusal, BPF_RB_NO_WAKEUP);
    return NOT_PERMITTED;
}

static __always_inline int refuse(enum shield_act act, __u32 detail) {
    return refuse_unnamed(act, detail, true);
}
