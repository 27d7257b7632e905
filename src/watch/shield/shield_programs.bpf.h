/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Others get no descriptor of the sensor's programs, nor of a link that attaches one, by number or
 * by pin: without it there is nothing to detach, to replace or to put another program in place of.
 * Each that the sensor loads, or opens by its number, is the sensor's until it goes. */
#pragma once

#include "shield_common.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_prog;
struct bpf_prog_aux {
    struct bpf_prog* prog;
};
struct bpf_link {
    struct bpf_prog* prog;
};

#pragma clang attribute pop

#define SIGNAL_KILL 9

/* By address, as maps. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_PROGRAMS);
    __type(key, __u64);
    __type(value, __u8);
} shield_programs SEC(".maps");

/* Threads that are about to get a descriptor of one of the sensor's links. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_ASKERS);
    __type(key, __u64);
    __type(value, __u8);
} shield_askers SEC(".maps");

SEC("lsm/bpf_prog")
int BPF_PROG(shield_program, struct bpf_prog* program, int before) {
    if (before) return before;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    __u64 address = (__u64)program;
    if (role_of(task)) {
        __u8 held = 1;
        return bpf_map_update_elem(&shield_programs, &address, &held, BPF_ANY) ? NO_ROOM : 0;
    }
    if (!bpf_map_lookup_elem(&shield_programs, &address)) return 0;
    return may_do_all(task) ? 0 : refuse(SHIELD_PROGRAM, 0);
}

static __always_inline int forget_program(struct bpf_prog* program) {
    __u64 address = (__u64)program;
    bpf_map_delete_elem(&shield_programs, &address);
    return 0;
}

SEC("?lsm/bpf_prog_free")
int BPF_PROG(shield_program_goes, struct bpf_prog* program) {
    return forget_program(program);
}

/* Before 6.9. */
SEC("?lsm/bpf_prog_free_security")
int BPF_PROG(shield_program_goes_before_6_9, struct bpf_prog_aux* aux) {
    return forget_program(BPF_CORE_READ(aux, prog));
}

static __always_inline bool is_held_link(const char* name, void* object) {
    char kind[sizeof "bpf-link" + 1] = {};
    bpf_probe_read_kernel_str(kind, sizeof kind, name);
    if (__builtin_memcmp(kind, "bpf-link", sizeof "bpf-link") != 0) return false;
    struct bpf_link* link = object;
    __u64 program = (__u64)BPF_CORE_READ(link, prog);
    return bpf_map_lookup_elem(&shield_programs, &program) != NULL;
}

/* The kernel asks nobody about links. But first it takes a file for the descriptor, and about that
 * it asks. */
SEC("fentry/anon_inode_getfd")
int BPF_PROG(shield_link_wanted, const char* name, const void* operations, void* object) {
    if (!is_held_link(name, object)) return 0;
    if (may_do_all((struct task_struct*)bpf_get_current_task_btf())) return 0;
    __u64 thread = bpf_get_current_pid_tgid();
    __u8 asks = 1;
    if (bpf_map_update_elem(&shield_askers, &thread, &asks, BPF_ANY)) bpf_send_signal(SIGNAL_KILL);
    return 0;
}

SEC("lsm/file_alloc_security")
int BPF_PROG(shield_file, void* file, int before) {
    if (before) return before;
    __u64 thread = bpf_get_current_pid_tgid();
    return bpf_map_lookup_elem(&shield_askers, &thread) ? refuse(SHIELD_PROGRAM, 0) : 0;
}

SEC("fexit/anon_inode_getfd")
int BPF_PROG(shield_link_answered) {
    __u64 thread = bpf_get_current_pid_tgid();
    bpf_map_delete_elem(&shield_askers, &thread);
    return 0;
}
