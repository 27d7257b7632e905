/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The ends of a packet that a control group's program sees: it begins with the header of IP. Those
 * of IPv6 with extension headers are not read. */
#pragma once

#include "kernel_types.bpf.h"

#include <bpf/bpf_endian.h>

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define ETH_P_IP 0x0800

struct packet {
    __u64 local[2], remote[2];
    __u16 local_port, remote_port;
    __u32 transport; /* where UDP's or TCP's header begins */
    __u32 bytes;     /* of an UDP packet's contents */
};

static __always_inline void map_address(void* into, __u32 address) {
    __u32* words = into;
    words[0] = 0;
    words[1] = 0;
    words[2] = bpf_htonl(0xffff);
    words[3] = address;
}

static __always_inline bool read_packet(struct __sk_buff* skb, bool goes_out, __u8 protocol,
                                        struct packet* packet) {
    __u32 words[10] = {};
    __u64 source[2], destination[2];
    __u32 ports;
    packet->transport = 40;
    if (skb->protocol == bpf_htons(ETH_P_IP)) {
        if (bpf_skb_load_bytes(skb, 0, words, 20)) return false;
        packet->transport = (bpf_ntohl(words[0]) >> 24 & 15) * 4;
        map_address(source, words[3]);
        map_address(destination, words[4]);
    } else {
        if (bpf_skb_load_bytes(skb, 0, words, 40)) return false;
        if ((bpf_ntohl(words[1]) >> 8 & 0xff) != protocol) return false;
        __builtin_memcpy(source, &words[2], 16);
        __builtin_memcpy(destination, &words[6], 16);
    }
    if (bpf_skb_load_bytes(skb, packet->transport, &ports, 4)) return false;
    __u16 from = bpf_ntohl(ports) >> 16, to = bpf_ntohl(ports);
    packet->local_port = goes_out ? from : to;
    packet->remote_port = goes_out ? to : from;
    for (int i = 0; i < 2; ++i) {
        packet->local[i] = goes_out ? source[i] : destination[i];
        packet->remote[i] = goes_out ? destination[i] : source[i];
    }
    return true;
}

static __always_inline bool read_udp(struct __sk_buff* skb, bool goes_out, struct packet* packet) {
    if (!read_packet(skb, goes_out, IPPROTO_UDP, packet) || skb->len < packet->transport + 8)
        return false;
    packet->bytes = skb->len - packet->transport - 8;
    return true;
}
