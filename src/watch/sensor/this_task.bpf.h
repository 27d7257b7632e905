/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The present task without a call of a helper: each call costs some 20 nanoseconds where the
 * processor needs its returns made safe, as much as all the rest that is done at most calls. The
 * processor's run queue says what it runs, and a program that looks there is part of that task. */
#pragma once

#include "file_typed.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct rq {
    struct task_struct* curr;
};
struct cfs_rq {
    struct rq* rq;
};
struct sched_entity {
    struct cfs_rq* cfs_rq;
};
struct task_struct___queued {
    struct sched_entity se;
};
#pragma clang attribute pop

/* Of each processor, its run queue's address; 0: not found yet. It never changes. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} run_queues SEC(".maps");

/* The queue that runs this task is the processor's own: nobody is run by two. Without groups of the
 * scheduler a task does not lead there, and none is found. */
static __noinline int find_queue(__u64* queue) {
    struct task_struct___queued* task = (void*)bpf_get_current_task();
    struct cfs_rq* group = NULL;
    if (!queue || !bpf_core_field_exists(group->rq)) return 0;
    struct rq* found = BPF_CORE_READ(task, se.cfs_rq, rq);
    if (BPF_CORE_READ(found, curr) == (void*)task) *queue = (__u64)found;
    return 0;
}

/* NULL: not known before the next time. */
static __always_inline struct task_struct* this_task(void) {
    __u32 zero = 0;
    __u64* queue = bpf_map_lookup_elem(&run_queues, &zero);
    if (!queue) return NULL;
    __u64 at = *queue;
    if (at) return TYPED(rq, at)->curr;
    find_queue(queue);
    return NULL;
}
