/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What goes to port 53 of others and comes from there: UDP packets, and segments of TCP that hold a
 * whole message. A question leaves in the context of who asks, which is remembered beside the
 * socket for the answer. */
#pragma once

#include "dns.h"
#include "packet.bpf.h"
#include "socket_owner.bpf.h"

#define LEAST_MESSAGE 12 /* its head */

/* Who asked last; whose the socket is is another matter. */
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct owner);
} dns_askers SEC(".maps");

/* Where the message begins, and its length; 0: there is none. */
static __always_inline __u32 find_tcp(struct __sk_buff* skb, bool goes_out, struct packet* packet,
                                      __u32* at) {
    if (!read_packet(skb, goes_out, IPPROTO_TCP, packet)) return 0;
    __u8 offset = 0;
    if (bpf_skb_load_bytes(skb, packet->transport + 12, &offset, 1)) return 0;
    __u32 begins = packet->transport + (offset >> 4) * 4;
    __u16 says = 0;
    if (skb->len < begins + 2 || bpf_skb_load_bytes(skb, begins, &says, 2)) return 0;
    says = bpf_ntohs(says);
    if (begins + 2 + says > skb->len) return 0;
    *at = begins + 2;
    return says;
}

static __always_inline void tell_message(struct __sk_buff* skb, enum sensor_kind kind,
                                         struct owner* owner, struct packet* packet, __u8 protocol,
                                         __u32 at, __u32 bytes) {
    struct sensor_policy* p = policy();
    __u64 now = bpf_ktime_get_boot_ns();
    if (!p || is_flood_at(now, p, p->network_rate, kind, owner ? owner->cgroup : 0)) return;
    int index = scratch_take();
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_dns* record = (struct sensor_dns*)s->record;
    begin_for(s, kind, owner, now, sizeof *record);
    __builtin_memset(&record->server, 0, sizeof record->server);
    __builtin_memcpy(record->server.address, packet->remote, 16);
    record->server.port = packet->remote_port;
    record->message_bytes = bytes;
    record->protocol = protocol;
    record->unused = 0;
    if (bytes > SENSOR_MOST_DNS) {
        bytes = SENSOR_MOST_DNS;
        record->head.flags |= SENSOR_CUT;
    }
    /* Less one: older verifiers take no "not 0" for a least length, but they follow this. */
    __u64 before_last = bytes - 1;
    asm volatile("" : "+r"(before_last));
    bool fits = before_last < SENSOR_MOST_DNS;
    bytes = before_last + 1;
    if (fits && !bpf_skb_load_bytes(skb, at, record + 1, bytes)) {
        record->text_bytes = bytes;
        s->at += bytes;
    } else {
        record->text_bytes = 0;
    }
    send(s);
    scratch_give(s);
}

/* A message of `bytes` at `at` of the packet, to or from port 53 of another. */
static __always_inline void look_at_message(struct __sk_buff* skb, struct bpf_sock* sk,
                                            bool goes_out, struct packet* packet, __u8 protocol,
                                            __u32 at, __u32 bytes) {
    struct owner* owner;
    if (goes_out) {
        owner = bpf_sk_storage_get(&dns_askers, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
        /* Of TCP it may leave later, from wherever the window opens. */
        if (!owner || protocol == IPPROTO_UDP || !owner->process) take_over(owner);
    } else {
        owner = bpf_sk_storage_get(&dns_askers, sk, 0, 0);
    }
    tell_message(skb, goes_out ? SENSOR_DNS_QUESTION : SENSOR_DNS_ANSWER, owner, packet, protocol,
                 at, bytes);
}

/* `packet`: as read_udp() has it. */
static __always_inline void look_at_datagram(struct __sk_buff* skb, struct bpf_sock* sk,
                                             bool goes_out, struct packet* packet) {
    if (packet->bytes == 0 || packet->remote_port != SENSOR_DNS_PORT) return;
    look_at_message(skb, sk, goes_out, packet, IPPROTO_UDP, packet->transport + 8, packet->bytes);
}

/* The socket is one of TCP. */
static __always_inline void look_at_segment(struct __sk_buff* skb, struct bpf_sock* sk,
                                            bool goes_out) {
    if (sk->dst_port != bpf_htons(SENSOR_DNS_PORT)) return;
    struct packet packet = {};
    __u32 at = 0;
    __u32 bytes = find_tcp(skb, goes_out, &packet, &at);
    /* What is no message may be the rest of one. */
    if (bytes < LEAST_MESSAGE || packet.remote_port != SENSOR_DNS_PORT) return;
    look_at_message(skb, sk, goes_out, &packet, IPPROTO_TCP, at, bytes);
}
