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
#include <stddef.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */

#include "refused_act.h"

#define NOT_PERMITTED (-1)
#define NO_ROOM (-28) /* ENOSPC */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
    int counter;
} atomic_t;
struct signal_struct {
    atomic_t live;
};
typedef struct {
    unsigned int val;
} kuid_t;
typedef struct {
    __u64 val;
} kernel_cap_t; /* until 6.2 two halves of 32 bits: the same bytes */
struct user_namespace {
    int level; /* 0: the first one */
};
struct cred {
    kuid_t fsuid;
    kernel_cap_t cap_effective;
    struct user_namespace* user_ns;
};
struct mnt_namespace;
struct nsproxy {
    struct mnt_namespace* mnt_ns;
};
struct task_struct {
    unsigned int flags;
    int tgid;
    __u64 start_boottime;
    struct task_struct* group_leader;
    struct signal_struct* signal;
    const struct cred* cred;
    struct nsproxy* nsproxy;
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

/* The keeper's namespace of mounts, by its address. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} shield_home SEC(".maps");

/* How many of the sensor's found no room above. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} shield_unheld SEC(".maps");

/* The reader takes them out. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_SORTS);
    __type(key, struct shield_sort);
    __type(value, struct shield_told);
} shield_refusals SEC(".maps");

/* By enum shield_act: refusals of sorts that found no room. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, SHIELD_ACTS);
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

/* `process`: 0 where nobody can be named. `name`: of a file, may be NULL. */
static __always_inline int refuse_by(__u64 process, enum shield_act act, __u32 detail,
                                     const unsigned char* name) {
    struct shield_sort sort = {
        .act = act,
        .detail = detail,
        .user = process ? (__u32)bpf_get_current_uid_gid() : SHIELD_NOBODY,
    };
    struct shield_told last = {.count = 1, .process = process};
    if (process) bpf_get_current_comm(last.program, sizeof last.program);
    if (name) bpf_probe_read_kernel_str(last.name, sizeof last.name, name);
    /* Whole from the first moment: the reader may take it at any. */
    if (bpf_map_update_elem(&shield_refusals, &sort, &last, BPF_NOEXIST) == 0) return NOT_PERMITTED;
    struct shield_told* present = bpf_map_lookup_elem(&shield_refusals, &sort);
    if (present) {
        __sync_fetch_and_add(&present->count, 1);
        present->process = last.process;
        __builtin_memcpy(present->program, last.program, sizeof last.program);
        __builtin_memcpy(present->name, last.name, sizeof last.name);
        return NOT_PERMITTED;
    }
    __u32 kind = act;
    __u64* untold = bpf_map_lookup_elem(&shield_untold, &kind);
    if (untold) __sync_fetch_and_add(untold, 1);
    return NOT_PERMITTED;
}

static __always_inline int refuse(enum shield_act act, __u32 detail) {
    return refuse_by(bpf_get_current_pid_tgid() >> 32, act, detail, NULL);
}
