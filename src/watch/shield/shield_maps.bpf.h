/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Others get no descriptor by which they could write to the sensor's maps and rings, by number or
 * by pin. Each that the keeper makes, or opens by its number, is the sensor's from then on. */
#pragma once

#include "shield_common.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_map {
    __u32 id;
};

#pragma clang attribute pop

#define MODE_WRITES 2 /* FMODE_WRITE */

/* By number, which the kernel gives out again only after two billion others. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SHIELD_MAPS);
    __type(key, __u32);
    __type(value, __u8);
} shield_maps SEC(".maps");

SEC("lsm/bpf_map")
int BPF_PROG(shield_map, struct bpf_map* map, unsigned int mode, int before) {
    if (before) return before;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    __u32 number = BPF_CORE_READ(map, id);
    if (role_of(task) == SHIELD_KEEPER) {
        __u8 held = 1;
        bpf_map_update_elem(&shield_maps, &number, &held, BPF_ANY);
        return 0;
    }
    if (!(mode & MODE_WRITES) || !bpf_map_lookup_elem(&shield_maps, &number)) return 0;
    return may_do_all(task) ? 0 : refuse(SHIELD_MAP, 0);
}
