/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the programs of all families share: the ring, its losses, the policy, floods, and memory to
 * build a record in. Every object file declares these maps; the loader makes them one. Their sizes
 * of 1 are set by the loader. */
#pragma once

#include "kernel_types.bpf.h"
#include "record.h"

#define SCRATCHES 2 /* of a processor: one program may interrupt another */

/* Memory that a program has to itself from scratch_take() to scratch_give(). All state of loops
 * lives here, where the verifiers of old and new kernels alike take no value for granted. */
struct scratch {
    __u32 busy;
    __u32 at; /* bytes of `record` that are filled */
    struct {
        struct dentry* dentry;
        struct dentry* root; /* of the mount */
        struct mount* mount;
        __u32 at; /* where in `path` it begins; it grows towards the front */
        __u32 flags;
    } walk;
    struct {
        unsigned long at, end; /* of the environment, in the process */
        __u32 task_is_other;
    } environment;
    char path[SENSOR_MOST_PATH + 256];
    char record[SENSOR_MOST_RECORD + SENSOR_MOST_ARGUMENTS];
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, SENSOR_RING_BYTES);
} shared_ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1); /* processors * SENSOR_LOSSES */
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, __u64);
} shared_losses SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, SENSOR_THROTTLES);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct sensor_throttle);
} shared_throttles SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1); /* processors * SCRATCHES */
    __type(key, __u32);
    __type(value, struct scratch);
} shared_scratch SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sensor_policy);
} shared_policy SEC(".maps");

/* Users and control groups that policy leaves out of all but exec, fork and exit. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u8);
} shared_users SEC(".maps");
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, __u8);
} shared_cgroups SEC(".maps");

/* Control groups whose name was told. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, __u64);
    __type(value, __u8);
} shared_told SEC(".maps");

/* When the ring's reader was woken last, nanoseconds since the boot. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} shared_woken SEC(".maps");

static __always_inline void count_loss(enum sensor_loss cause) {
    __u32 key = bpf_get_smp_processor_id() * SENSOR_LOSSES + cause;
    __u64* count = bpf_map_lookup_elem(&shared_losses, &key);
    if (count) __sync_fetch_and_add(count, 1);
}

static __always_inline struct sensor_policy* policy(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&shared_policy, &zero);
}

static __always_inline struct scratch* scratch_of(__u32 index) {
    return bpf_map_lookup_elem(&shared_scratch, &index);
}

/* Where a free one is, or -1, counted as a loss. */
static __always_inline int scratch_take(void) {
    __u32 first = bpf_get_smp_processor_id() * SCRATCHES;
    for (__u32 i = 0; i < SCRATCHES; ++i) {
        struct scratch* s = scratch_of(first + i);
        if (s && __sync_val_compare_and_swap(&s->busy, 0, 1) == 0) {
            s->at = 0;
            return first + i;
        }
    }
    count_loss(SENSOR_LOSS_NO_SCRATCH);
    return -1;
}

static __always_inline void scratch_give(struct scratch* s) {
    s->busy = 0;
}

/* A reader that finds something looks again by itself after `look_nanoseconds`; one that finds
 * nothing rests for longer, and the first record after that wakes it. So does much that waits. */
static __always_inline bool wakes(__u64 now) {
    struct sensor_policy* p = policy();
    if (!p) return false;
    __u64 waits = bpf_ringbuf_query(&shared_ring, BPF_RB_AVAIL_DATA);
    if (waits) return waits >= p->wake_bytes;
    __u32 zero = 0;
    __u64* woken = bpf_map_lookup_elem(&shared_woken, &zero);
    if (!woken || now - *woken < p->look_nanoseconds) return false;
    *woken = now;
    return true;
}

/* Hands the record over. */
static __always_inline long send(struct scratch* s) {
    struct sensor_head* head = (struct sensor_head*)s->record;
    __u64 flags = wakes(head->time) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
    /* Older verifiers lose the bounds of what is put aside during other calls: it is checked last.
     */
    __u32 size = s->at;
    if (size < sizeof *head) return -1;
    /* Apart, or the compiler makes one comparison of both that older verifiers do not follow. */
    asm volatile("" : "+r"(size));
    if (size > SENSOR_MOST_RECORD) return -1;
    head->size = size;
    long failed = bpf_ringbuf_output(&shared_ring, s->record, size, flags);
    if (failed) count_loss(SENSOR_LOSS_RING_FULL);
    return failed;
}

#define WINDOW 1000000000ULL

/* Counts one record of the control group's in that family; true when its flood is held back. Two
 * that share a place share its count while both are busy. `now`: nanoseconds since the boot. */
static __always_inline bool is_flood_at(__u64 now, struct sensor_policy* p, __u32 rate,
                                        enum sensor_kind kind, __u64 cgroup) {
    if (!rate) return false;
    /* SENSOR_THROTTLES is 2 to the 12th */
    __u64 mixed = cgroup ^ ((__u64)(kind >> 8) << 56);
    __u32 at = (mixed * p->flood_multiplier) >> 52;
    struct sensor_throttle* slot = bpf_map_lookup_elem(&shared_throttles, &at);
    if (!slot) return false;
    if (now - slot->window >= WINDOW) {
        slot->cgroup = cgroup;
        slot->window = now;
        slot->count = 0;
    }
    if (slot->count < rate && __sync_fetch_and_add(&slot->count, 1) < rate) return false;
    __sync_fetch_and_add(&slot->held, 1);
    return true;
}

static __always_inline bool is_flood(struct sensor_policy* p, __u32 rate, enum sensor_kind kind,
                                     __u64 cgroup) {
    return is_flood_at(bpf_ktime_get_boot_ns(), p, rate, kind, cgroup);
}

/* `task` must come from the kernel's own hands (a tracepoint's argument, the present task): then
 * its members are loaded directly, which is ten times cheaper than by a helper. So it is with all
 * functions here that say "typed". */
static __always_inline __u64 cgroup_of(struct task_struct* task) {
    return task->cgroups->dfl_cgrp->kn->id;
}

/* The head for what a process does (task: typed); `size` bytes of the record are taken for the
 * kind's own part. */
static __always_inline void begin(struct scratch* s, enum sensor_kind kind,
                                  struct task_struct* task, __u32 size) {
    struct sensor_head* head = (struct sensor_head*)s->record;
    head->kind = kind;
    head->flags = 0;
    head->time = bpf_ktime_get_boot_ns();
    head->start = task->group_leader->start_boottime;
    head->cgroup = cgroup_of(task);
    head->process = task->tgid;
    head->thread = task->pid;
    head->user = task->real_cred->euid.val;
    head->cpu = bpf_get_smp_processor_id();
    s->at = size;
}

/* The record's end, where SENSOR_MOST_ARGUMENTS bytes fit for sure. */
static __always_inline char* end_of(struct scratch* s) {
    __u32 at = s->at;
    if (at > SENSOR_MOST_RECORD - 1) at = SENSOR_MOST_RECORD - 1;
    asm volatile("" : "+r"(at));
    if (at > SENSOR_MOST_RECORD - 1) return s->record;
    return s->record + at;
}

/* Puts `bytes` (at most SENSOR_MOST_PATH) of kernel memory behind the record. Returns how many. */
static __always_inline __u16 append_kernel(struct scratch* s, const void* from, __u32 bytes) {
    if (bytes == 0 || s->at + bytes > SENSOR_MOST_RECORD) return 0;
    asm volatile("" : "+r"(bytes));
    if (bytes > SENSOR_MOST_PATH) return 0;
    if (bpf_probe_read_kernel(end_of(s), bytes, from)) return 0;
    s->at += bytes;
    return bytes;
}
