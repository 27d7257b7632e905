/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Others get no descriptor by which they could write to the sensor's maps and rings, by number or
 * by pin. Each that the sensor makes, or opens by its number, is the sensor's until it goes. */
#pragma once

#include "shield_common.bpf.h"

struct bpf_map;

#define MODE_WRITES 2 /* FMODE_WRITE */

/* By address, which another map may have later: they are taken out when they go. (Numbers are
 * gone by then.) */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_MAPS);
    __type(key, __u64);
    __type(value, __u8);
} shield_maps SEC(".maps");

SEC("lsm/bpf_map")
int BPF_PROG(shield_map, struct bpf_map* map, unsigned int mode, int before) {
    if (before) return before;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    __u64 address = (__u64)map;
    if (role_of(task)) {
        __u8 held = 1;
        /* The sensor has no map rather than one that anybody may write to. */
        return bpf_map_update_elem(&shield_maps, &address, &held, BPF_ANY) ? NO_ROOM : 0;
    }
    if (!(mode & MODE_WRITES) || !bpf_map_lookup_elem(&shield_maps, &address)) return 0;
    return may_do_all(task) ? 0 : refuse(SHIELD_MAP, 0);
}

static __always_inline int forget_map(struct bpf_map* map) {
    __u64 address = (__u64)map;
    bpf_map_delete_elem(&shield_maps, &address);
    return 0;
}

/* The same under its two names; the loader takes the one that the kernel has. */
SEC("?lsm/bpf_map_free")
int BPF_PROG(shield_map_goes, struct bpf_map* map) {
    return forget_map(map);
}

/* Before 6.9. */
SEC("?lsm/bpf_map_free_security")
int BPF_PROG(shield_map_goes_before_6_9, struct bpf_map* map) {
    return forget_map(map);
}
