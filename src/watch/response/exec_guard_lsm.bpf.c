/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The guard of programs where the kernel takes LSM programs and hashes files: a blocked file is
 * refused before it runs or is mapped, whatever it is called and wherever it lies. Older kernels
 * may leave such a program out while it waits on the same processor for another file's content;
 * what then passes unseen, and what cannot be hashed here, is found by the other part
 * (exec_guard.bpf.c), which is attached with it and shares its maps. */
#include "exec_guard.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define NOT_PERMITTED (-1)
#define PROT_EXEC 4
#define HASH_SHA256 4 /* as the kernel numbers them */
#define MOST_READ (1ULL << 30)
#define TYPE_OF_FILE 0170000
#define REGULAR_FILE 0100000

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EXEC_GUARD_DIGESTS);
    __type(key, struct exec_guard_digest);
    __type(value, __u8);
} exec_digests SEC(".maps");

/* What is at the blocked paths now, as far as it was looked at. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EXEC_GUARD_PATHS);
    __type(key, struct exec_guard_place);
    __type(value, __u8);
} exec_places SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EXEC_GUARD_PATHS);
    __type(key, struct exec_guard_name);
    __type(value, __u8);
} exec_names SEC(".maps");

__u64 exec_refused;
__u64 exec_read;
__u64 exec_too_long;

static __always_inline int refuse(void) {
    __sync_fetch_and_add(&exec_refused, 1);
    return NOT_PERMITTED;
}

static __always_inline bool is_at_blocked_path(const struct exec_guard_file* seen) {
    struct exec_guard_place place = {.inode = seen->inode, .device = seen->device};
    return bpf_map_lookup_elem(&exec_places, &place);
}

struct written_name {
    struct exec_guard_name name;
    __u32 length;
};

static long clear_behind(__u32 index, struct written_name* written) {
    __u32 at = written->length + index;
    if (at >= EXEC_GUARD_NAME) return 1;
    written->name.text[at] = 0;
    return 0;
}

/* Of its own, for its stack. A file that came to a blocked path a moment ago is known by its name
 * alone. */
static __noinline bool has_blocked_name(struct file* file) {
    struct written_name written = {};
    long length = bpf_d_path(&file->f_path, written.name.text, sizeof written.name.text);
    if (length <= 0) return false;
    written.length = length;
    /* Behind the name's end stands what the kernel left there. */
    bpf_loop(EXEC_GUARD_NAME, clear_behind, &written, 0);
    return bpf_map_lookup_elem(&exec_names, &written.name);
}

/* 0: it cannot be told here. */
static __always_inline __u32 verdict_by_content(struct file* file, struct inode* inode,
                                                const struct exec_guard_file* seen) {
    if ((BPF_CORE_READ(inode, i_mode) & TYPE_OF_FILE) != REGULAR_FILE) return EXEC_GUARD_ALLOWED;
    if (seen->size > MOST_READ) {
        __sync_fetch_and_add(&exec_too_long, 1);
        return EXEC_GUARD_ALLOWED;
    }
    struct exec_guard_digest digest = {};
    __sync_fetch_and_add(&exec_read, 1);
    if (bpf_ima_file_hash(file, digest.bytes, sizeof digest.bytes) != HASH_SHA256) return 0;
    return bpf_map_lookup_elem(&exec_digests, &digest) ? EXEC_GUARD_DENIED : EXEC_GUARD_ALLOWED;
}

/* What was read stays true until its ctime changes: it has a name, and nobody has it open to write.
 */
static __always_inline bool is_settled(struct inode* inode) {
    return BPF_CORE_READ(inode, i_nlink) > 0 && BPF_CORE_READ(inode, i_writecount.counter) <= 0;
}

static __always_inline void remember(const struct exec_guard_file* seen, __u32 list,
                                     __u32 verdict) {
    __u32 value = list << EXEC_GUARD_VERDICT_BITS | verdict;
    bpf_map_update_elem(&exec_verdicts, seen, &value, BPF_ANY);
}

/* A file of a blocked one's size is read whenever it is mapped: for mprotect(2) it must be known by
 * then. */
static __always_inline int judge(struct file* file, bool runs) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    /* Read as a number: without a file there is none, which the verifier does not know. */
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    struct exec_guard_policy* policy = policy_for(task);
    if (!inode || !policy) return 0;
    struct exec_guard_file seen = {};
    describe(&seen, inode);
    if (runs && policy->names && (is_at_blocked_path(&seen) || has_blocked_name(file)))
        return refuse();
    __u32 list = policy->list;
    __u32 verdict = verdict_of(policy, &seen);
    if (!verdict) {
        if (!bpf_map_lookup_elem(&exec_sizes, &seen.size) && !(runs && policy->any_size)) return 0;
        verdict = verdict_by_content(file, inode, &seen);
        /* A denied one stays so: what it may become meanwhile is nobody's loss. */
        if (verdict == EXEC_GUARD_DENIED || (verdict && is_settled(inode)))
            remember(&seen, list, verdict);
    }
    return runs && verdict == EXEC_GUARD_DENIED ? refuse() : 0;
}

/* Programs, and scripts before their interpreter. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(guard_program, struct linux_binprm* program, int before) {
    return before ? before : judge(program->file, true);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(guard_mapping, struct file* file, unsigned long asked, unsigned long given,
             unsigned long flags, int before) {
    return before ? before : judge(file, given & PROT_EXEC);
}

/* Nothing can be read here: what is not known by now is left to the other part. */
SEC("lsm/file_mprotect")
int BPF_PROG(guard_protecting, struct vm_area_struct* area, unsigned long asked,
             unsigned long given, int before) {
    if (before || !(given & PROT_EXEC)) return before;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct inode* inode = BPF_CORE_READ(area, vm_file, f_inode);
    struct exec_guard_policy* policy = policy_for(task);
    if (!inode || !policy) return 0;
    struct exec_guard_file seen = {};
    describe(&seen, inode);
    if (policy->names && is_at_blocked_path(&seen)) return refuse();
    return verdict_of(policy, &seen) == EXEC_GUARD_DENIED ? refuse() : 0;
}
