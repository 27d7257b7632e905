/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The sensor's shield: what others, root too, try against its processes is refused (EPERM) where
 * the kernel takes LSM programs. What the kernel does by itself (its killing for want of memory,
 * the keys of a terminal) asks nobody. */
#include "shield_common.bpf.h"
#include "shield_files.bpf.h"
#include "shield_maps.bpf.h"
#include "shield_mounts.bpf.h"
#include "shield_programs.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Numbers of x86-64's signals. */
#define SIGNAL_HANG_UP 1
#define SIGNAL_INTERRUPT 2
#define SIGNAL_TERMINATE 15
#define SIGNAL_CONTINUE 18
#define MODE_ATTACH 2 /* PTRACE_MODE_ATTACH: more than what ps(1) reads */

/* The keeper ends on some signals and reads its policy on another one. 0 asks whether it is there.
 */
static __always_inline bool is_allowed(__u32 role, int signal) {
    switch (signal) {
        case 0:
        case SIGNAL_CONTINUE:
            return true;
        case SIGNAL_HANG_UP:
        case SIGNAL_INTERRUPT:
        case SIGNAL_TERMINATE:
            return role == SHIELD_KEEPER;
        default:
            return false;
    }
}

/* The process that sends itself a signal as the settings say becomes the keeper. */
static __always_inline void adopt(struct task_struct* task, struct task_struct* target) {
    __u32 zero = 0;
    struct shield_settings* settings = bpf_map_lookup_elem(&shield_settings, &zero);
    __u32 process = BPF_CORE_READ(task, tgid);
    __u32 other = BPF_CORE_READ(target, tgid);
    if (!settings || settings->adopted != process || other != process) return;
    struct shield_process key = key_of(task);
    __u32 role = SHIELD_KEEPER;
    bpf_map_update_elem(&shield_processes, &key, &role, BPF_ANY);
    __u64 home = (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
    bpf_map_update_elem(&shield_home, &zero, &home, BPF_ANY);
}

SEC("lsm/task_kill")
int BPF_PROG(shield_signal, struct task_struct* target, void* info, int signal, void* rights,
             int before) {
    if (before) return before;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    adopt(task, target);
    __u32 role = role_of(target);
    if (!role || is_allowed(role, signal) || may_do_all(task)) return 0;
    return refuse(SHIELD_SIGNAL, signal);
}

/* By a descriptor that somebody set up to signal whenever something comes: no process of the sensor
 * does, and who set it up is not known here. */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(shield_signal_of_file, struct task_struct* target, void* owner, int signal,
             int before) {
    if (before || !role_of(target)) return before;
    return refuse_by(0, SHIELD_SIGNAL, signal, NULL);
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(shield_trace, struct task_struct* target, unsigned int mode, int before) {
    if (before || !(mode & MODE_ATTACH) || !role_of(target)) return before;
    return may_do_all((struct task_struct*)bpf_get_current_task_btf()) ? 0
                                                                       : refuse(SHIELD_TRACE, 0);
}

static __always_inline int check_limit(struct task_struct* target) {
    if (!role_of(target) || may_do_all((struct task_struct*)bpf_get_current_task_btf())) return 0;
    return refuse(SHIELD_LIMIT, 0);
}

/* A limit of processor time ends a process, one of descriptors blinds it. */
SEC("lsm/task_setrlimit")
int BPF_PROG(shield_limit, struct task_struct* target, unsigned int resource, void* limit,
             int before) {
    return before ? before : check_limit(target);
}

SEC("lsm/task_setnice")
int BPF_PROG(shield_priority, struct task_struct* target, int nice, int before) {
    return before ? before : check_limit(target);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(shield_scheduler, struct task_struct* target, int before) {
    return before ? before : check_limit(target);
}

/* Before it first runs: what the sensor starts is the sensor's. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(shield_fork, struct task_struct* parent, struct task_struct* child) {
    if (BPF_CORE_READ(parent, tgid) == BPF_CORE_READ(child, tgid) || !role_of(parent)) return 0;
    struct shield_process key = key_of(child);
    __u32 role = SHIELD_PART;
    if (bpf_map_update_elem(&shield_processes, &key, &role, BPF_ANY) == 0) return 0;
    __u32 zero = 0;
    __u64* unheld = bpf_map_lookup_elem(&shield_unheld, &zero);
    if (unheld) __sync_fetch_and_add(unheld, 1);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(shield_exit, struct task_struct* task) {
    if (BPF_CORE_READ(task, signal, live.counter) != 0) return 0;
    struct shield_process key = key_of(task);
    bpf_map_delete_elem(&shield_processes, &key);
    return 0;
}
