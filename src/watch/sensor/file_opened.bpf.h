/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Descriptors through which processes can write to files, for the backend of system calls. Each has
 * one place of a plain array, which one look finds and which costs no lock; those that find theirs
 * taken stand in a table, which is asked only where a place says so. Part of file_calls.bpf.c. */
#pragma once

#include "file_common.bpf.h"
#include "file_places.bpf.h"

#define COUNTED_PROCESSES 4096 /* a power of two */
/* Of one process: as many as fs.nr_open lets it have, unless that is changed. They are looked at
 * when it ends; one beyond has no place, which it would keep. */
#define MOST_DESCRIPTORS (1 << 20)

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768);
    __type(key, struct descriptor);
    __type(value, struct opened);
} far_files SEC(".maps");
/* How many of them the processes of a place have. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, COUNTED_PROCESSES);
    __type(key, __u32);
    __type(value, __u32);
} opened_counts SEC(".maps");

static __always_inline struct opened* find_opened(const struct descriptor* key) {
    struct place* place = place_of(as_one(key));
    if (!place) return NULL;
    if (place->taken == as_one(key)) return &place->opened;
    return place->beyond ? bpf_map_lookup_elem(&far_files, key) : NULL;
}

static __always_inline __u32* opened_count(__u32 process) {
    __u32 at = (process * 0x9e3779b1U) >> 20; /* COUNTED_PROCESSES is 2 to the 12th */
    return bpf_map_lookup_elem(&opened_counts, &at);
}

/* For a descriptor that is not known. */
static __always_inline void keep_opened(const struct descriptor* key, const struct opened* opened) {
    struct place* place = place_of(as_one(key));
    __u32* count = opened_count(key->process);
    if (!place || !count) return;
    if (key->number < MOST_DESCRIPTORS &&
        __sync_val_compare_and_swap(&place->taken, 0, as_one(key)) == 0) {
        place->opened = *opened;
    } else if (!bpf_map_update_elem(&far_files, key, opened, BPF_ANY)) {
        __sync_fetch_and_add(&place->beyond, 1);
    } else {
        return;
    }
    __sync_fetch_and_add(count, 1);
}

static __always_inline void forget_opened(const struct descriptor* key) {
    struct place* place = place_of(as_one(key));
    __u32* count = opened_count(key->process);
    if (!place || !count) return;
    if (place->taken == as_one(key)) {
        place->taken = 0;
    } else if (!bpf_map_delete_elem(&far_files, key)) {
        __sync_fetch_and_add(&place->beyond, -1);
    } else {
        return;
    }
    __sync_fetch_and_add(count, -1);
}
