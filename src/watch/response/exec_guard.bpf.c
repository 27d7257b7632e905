/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Blocked files do not run: neither as a program nor mapped into one. A file whose verdict is known
 * to be 'denied' ends the process before its next instruction; one that might be a blocked file,
 * because it has the size of one, stops the process until the user part has read it. Attached while
 * something is blocked. */
#include "exec_guard.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define VM_EXEC 4
#define PROT_EXEC 4
#define SYS_MMAP 9
#define SYS_MPROTECT 10
#define SYS_PKEY_MPROTECT 329
#define COMPAT_OLD_MMAP 90
#define COMPAT_MPROTECT 125
#define COMPAT_MMAP2 192
#define COMPAT_PKEY_MPROTECT 380

/* Processes that wait for their verdict. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __type(value, __u8);
} exec_held SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 18);
} exec_events SEC(".maps");

/* What a system call has mapped, as far as it can be seen. */
struct mapping {
    struct exec_guard_file file;
    __u64 end;
    __u32 executable;
    __u32 unnamed;
};

static __always_inline void act(struct task_struct* task, const struct mapping* seen, __u32 what) {
    struct exec_guard_event event = {};
    event.process = BPF_CORE_READ(task, tgid);
    event.act = what;
    event.file = seen->file;
    event.unnamed = seen->unnamed;
    __u8 held = 1;
    if (what == EXEC_GUARD_HELD) {
        /* Asked for already: the user part looks at all of its mappings. */
        if (bpf_map_lookup_elem(&exec_held, &event.process)) return;
        /* Nobody would ever let it go on, or nobody would look: it ends. */
        if (bpf_map_update_elem(&exec_held, &event.process, &held, BPF_ANY) ||
            bpf_ringbuf_output(&exec_events, &event, sizeof event, 0)) {
            bpf_map_delete_elem(&exec_held, &event.process);
            bpf_send_signal(SIGNAL_KILL);
            return;
        }
        bpf_send_signal(SIGNAL_STOP);
        return;
    }
    bpf_send_signal(SIGNAL_KILL);
    bpf_ringbuf_output(&exec_events, &event, sizeof event, 0);
}

static __always_inline void judge(struct task_struct* task, struct exec_guard_policy* policy,
                                  const struct mapping* seen) {
    struct exec_guard_file file = seen->file;
    __u32 verdict = seen->unnamed ? 0 : verdict_of(policy, &file);
    if (verdict) {
        if (verdict == EXEC_GUARD_DENIED) act(task, seen, EXEC_GUARD_KILLED);
        return;
    }
    if (policy->any_size || bpf_map_lookup_elem(&exec_sizes, &file.size))
        act(task, seen, EXEC_GUARD_HELD);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(guard_exec, struct task_struct* task, int old, struct linux_binprm* binprm) {
    struct exec_guard_policy* policy = policy_for(task);
    if (!policy) return 0;
    struct inode* inode = BPF_CORE_READ(binprm, file, f_inode);
    struct mapping seen = {};
    describe(&seen.file, inode);
    seen.unnamed = BPF_CORE_READ(inode, i_nlink) == 0;
    judge(task, policy, &seen);
    return 0;
}

static long look_at(struct task_struct* task, struct vm_area_struct* area, struct mapping* seen) {
    seen->end = BPF_CORE_READ(area, vm_end);
    struct file* file = BPF_CORE_READ(area, vm_file);
    if (!file || !(BPF_CORE_READ(area, vm_flags) & VM_EXEC)) return 0;
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    seen->executable = 1;
    describe(&seen->file, inode);
    seen->unnamed = BPF_CORE_READ(inode, i_nlink) == 0;
    return 0;
}

static __always_inline bool is_mapping(bool compat, __u32 number) {
    if (compat) return number == COMPAT_MMAP2 || number == COMPAT_OLD_MMAP;
    return number == SYS_MMAP;
}
static __always_inline bool is_protecting(bool compat, __u32 number) {
    if (compat) return number == COMPAT_MPROTECT || number == COMPAT_PKEY_MPROTECT;
    return number == SYS_MPROTECT || number == SYS_PKEY_MPROTECT;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(guard_exit, struct pt_regs* regs, long result) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    __u32 process = BPF_CORE_READ(task, tgid);
    /* Whoever was let go on by another than the guard stops again. */
    if (bpf_map_lookup_elem(&exec_held, &process)) {
        bpf_send_signal(SIGNAL_STOP);
        return 0;
    }
    bool compat = is_compat(task);
    /* The kernel leaves the register's other bits out. */
    __u32 number = BPF_CORE_READ(regs, orig_ax);
    if (!compat) number &= ~X32;
    bool mapping = is_mapping(compat, number);
    if (!mapping && !is_protecting(compat, number)) return 0;
    if (mapping ? result < 0 && result > -4096 : result != 0) return 0;
    struct exec_guard_policy* policy = policy_for(task);
    if (!policy) return 0;
    __u64 at = result, length = 0;
    if (!mapping) {
        if (!(BPF_CORE_READ(regs, dx) & PROT_EXEC)) return 0;
        at = compat ? (__u32)BPF_CORE_READ(regs, bx) : BPF_CORE_READ(regs, di);
        length = compat ? (__u32)BPF_CORE_READ(regs, cx) : BPF_CORE_READ(regs, si);
    }
    struct mapping seen = {};
    long failed = bpf_find_vma(task, at, look_at, &seen, 0);
    /* Not to be seen now, or more than one area: the user part looks at them all. */
    if (failed == -16 || (!failed && !mapping && at + length > seen.end)) {
        act(task, &seen, EXEC_GUARD_HELD);
        return 0;
    }
    if (!failed && seen.executable) judge(task, policy, &seen);
    return 0;
}
