/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Access to other processes, from the end of the system call on. */
#pragma once

#include "access.h"
#include "act.bpf.h"
#include "calls.bpf.h"
#include "descriptor.bpf.h"

enum access_call {
    ACCESS_PTRACE = 1,
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_DESCRIPTOR,
    ACCESS_MEMORY_FILE,
};

#define PTRACE_TRACEME 0
#define PTRACE_POKETEXT 4
#define PTRACE_POKEDATA 5
#define PTRACE_POKEUSR 6
#define PTRACE_SETREGS 13
#define PTRACE_SETFPREGS 15
#define PTRACE_ATTACH 16
#define PTRACE_SETREGSET 0x4205
#define PTRACE_SEIZE 0x4206

/* A debugger does the same many times: each sort is told once for two processes. */
struct told_access {
    __u64 start;
    __u32 process, target;
    __u32 kind, request;
    __u32 failed;
    __u32 unused;
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, struct told_access);
    __type(value, __u8);
} told_accesses SEC(".maps");

static __always_inline bool was_told(struct task_struct* task, enum sensor_kind kind, __u32 target,
                                     __u32 request, long result) {
    struct told_access key = {
        .start = task->group_leader->start_boottime,
        .process = task->tgid,
        .target = target,
        .kind = kind,
        .request = request,
        .failed = result < 0,
    };
    if (bpf_map_lookup_elem(&told_accesses, &key)) return true;
    __u8 told = 1;
    bpf_map_update_elem(&told_accesses, &key, &told, BPF_ANY);
    return false;
}

static __always_inline bool changes(__u32 request) {
    switch (request) {
        case PTRACE_TRACEME:
        case PTRACE_POKETEXT:
        case PTRACE_POKEDATA:
        case PTRACE_POKEUSR:
        case PTRACE_SETREGS:
        case PTRACE_SETFPREGS:
        case PTRACE_ATTACH:
        case PTRACE_SETREGSET:
        case PTRACE_SEIZE:
            return true;
        default:
            return false;
    }
}

static __always_inline void tell_access(struct task_struct* task, enum sensor_kind kind,
                                        __u32 target, __u32 how, __u64 value, long result) {
    if (was_told(task, kind, target, value, result)) return;
    int index = act_begin(kind, result < 0 ? result : 0);
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_act* act = (struct sensor_act*)s->record;
    act->target = target;
    act->how = how;
    act->value[0] = value;
    act_end(s);
}

static __always_inline void tell_memory_file(struct task_struct* task, __u64 flags, long result) {
    int index = act_begin(SENSOR_ACCESS_MEMORY_FILE, result < 0 ? result : 0);
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_act* act = (struct sensor_act*)s->record;
    act->value[0] = flags;
    struct file* file = result < 0 ? NULL : descriptor_file(task, result);
    if (file) {
        /* "memfd:" and 249 bytes at most. */
        const unsigned char* name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
        long bytes = bpf_probe_read_kernel_str(end_of(s), MOST_NAME + 1, name);
        if (bytes > 1 && bytes <= MOST_NAME + 1) {
            act->text_bytes[0] = bytes - 1;
            s->at += bytes - 1;
        }
    }
    act_end(s);
}

static __always_inline __u32 number_space(struct task_struct* task) {
    return BPF_CORE_READ(task, thread_pid, level) ? SENSOR_ACT_INSIDE : 0;
}

/* task, regs: typed */
static __noinline int access_ended(struct task_struct* task, struct pt_regs* regs,
                                   enum access_call call, long result) {
    switch (call) {
        case ACCESS_PTRACE: {
            __u32 request = argument(task, regs, 0);
            __u32 target = request == PTRACE_TRACEME ? 0 : argument(task, regs, 1);
            if (changes(request)) {
                tell_access(task, SENSOR_ACCESS_PTRACE, target, number_space(task), request,
                            result);
            }
            return 0;
        }
        case ACCESS_READ:
        case ACCESS_WRITE:
            tell_access(task, call == ACCESS_READ ? SENSOR_ACCESS_READ : SENSOR_ACCESS_WRITE,
                        argument(task, regs, 0), number_space(task), 0, result);
            return 0;
        case ACCESS_DESCRIPTOR:
            tell_access(task, SENSOR_ACCESS_DESCRIPTOR,
                        process_behind(task, argument(task, regs, 0)), 0, argument(task, regs, 1),
                        result);
            return 0;
        case ACCESS_MEMORY_FILE:
            tell_memory_file(task, argument(task, regs, 1), result);
            return 0;
    }
    return 0;
}

SEC("tp_btf/io_uring_create")
int BPF_PROG(access_uring, int number, void* ring, __u32 submissions, __u32 completions,
             __u32 flags) {
    int index = act_begin(SENSOR_ACCESS_URING, 0);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_act* act = (struct sensor_act*)s->record;
    act->value[0] = submissions;
    act->value[1] = completions;
    act->value[2] = flags;
    act_end(s);
    return 0;
}
