/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Connections of TCP, from the first change of state until the socket is closed. They stand in a
 * table by the socket's address. Storage beside the socket, which took 1,200 ns to make and free
 * of the 3,000 that one end of a connection cost (the kernel's own sort of table: 450), remains for
 * those that find no room. */
#pragma once

#include "socket_owner.bpf.h"

#define BUCKETS 4096 /* 2 to the 12th */
#define WAYS 4       /* places of a bucket */
#define PLACE_CHANGES 1

struct tcp_flow {
    __u64 began;  /* 0: not connected yet */
    __u64 looked; /* when it was told of */
    __u64 sent, received;
    __u8 is_there; /* 0: nothing of the above holds */
    __u8 how;
    __u8 is_owned; /* by the process that uses it */
};

struct connection {
    struct owner owner;
    struct tcp_flow flow;
};

/* A socket's place is any of its bucket's. One that is freed without having been closed leaves its
 * place to the next socket at its address. */
struct bucket {
    __u64 socket[WAYS]; /* 0: free */
    struct connection connection[WAYS];
};
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, BUCKETS);
    __type(key, __u32);
    __type(value, struct bucket);
} connections SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct connection);
} more_connections SEC(".maps");

/* Of the listener whom the packet that this processor handles has come to. The socket that it
 * makes is taken over by nobody yet, and does not say whose child it is. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct owner);
} listener_owner SEC(".maps");

static __always_inline struct bucket* bucket_of(__u64 socket) {
    /* Verifiers let nobody calculate with a pointer, but take a copy of its half for a number. */
    __u32 low;
    asm volatile("%0 = %1" : "=w"(low) : "w"((__u32)socket));
    __u32 at = (low * 0x9e3779b1U) >> 20;
    return bpf_map_lookup_elem(&connections, &at);
}

static __always_inline struct connection* find_place(struct bucket* bucket, __u64 socket) {
    for (int i = 0; i < WAYS; ++i) {
        if (bucket->socket[i] == socket) return &bucket->connection[i];
    }
    return NULL;
}

/* NULL: it is not known. */
static __always_inline struct connection* connection_of(struct sock* sk) {
    struct bucket* bucket = bucket_of((__u64)sk);
    struct connection* known = bucket ? find_place(bucket, (__u64)sk) : NULL;
    return known ? known : bpf_sk_storage_get(&more_connections, sk, 0, 0);
}

static __always_inline bool take_place(struct bucket* bucket, __u64 socket,
                                       struct connection* made) {
    for (int i = 0; i < WAYS; ++i) {
        if (bucket->socket[i] ||
            __sync_val_compare_and_swap(&bucket->socket[i], 0, PLACE_CHANGES)) {
            continue;
        }
        bucket->connection[i] = *made;
        asm volatile("" ::: "memory");
        bucket->socket[i] = socket;
        return true;
    }
    return false;
}

/* What is known of it already is replaced, or stays. */
static __always_inline void remember_connection(struct sock* sk, struct connection* made,
                                                bool replaces) {
    struct connection* known = connection_of(sk);
    if (known && !replaces) return;
    if (!known) {
        struct bucket* bucket = bucket_of((__u64)sk);
        if (bucket && take_place(bucket, (__u64)sk, made)) return;
        known = bpf_sk_storage_get(&more_connections, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    }
    if (known) {
        *known = *made;
    } else {
        count_loss(SENSOR_LOSS_NO_SOCKET);
    }
}

static __always_inline void forget_connection(struct sock* sk) {
    struct bucket* bucket = bucket_of((__u64)sk);
    bool had_place = false;
    for (int i = 0; bucket && i < WAYS; ++i) {
        if (bucket->socket[i] != (__u64)sk) continue;
        bucket->socket[i] = 0;
        had_place = true;
    }
    if (!had_place) bpf_sk_storage_delete(&more_connections, sk);
}

/* A packet comes to a listener. */
static __always_inline void note_listener(struct bpf_sock* sk) {
    __u32 zero = 0;
    struct owner* noted = bpf_map_lookup_elem(&listener_owner, &zero);
    if (!noted) return;
    struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, 0);
    if (owner) {
        *noted = *owner;
    } else {
        noted->process = 0;
    }
}

/* The listener's, for what its packet made; once. */
static __always_inline void inherit(struct owner* owner) {
    __u32 zero = 0;
    struct owner* noted = bpf_map_lookup_elem(&listener_owner, &zero);
    if (!noted || !noted->process) return;
    *owner = *noted;
    noted->process = 0;
}
