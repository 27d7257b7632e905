/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Messages of DNS alone, where the network's own programs, which tell of them too, are not wanted
 * or not taken. */
#include "dns_packets.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline int look(struct __sk_buff* skb, bool goes_out) {
    struct bpf_sock* sk = skb->sk;
    if (!sk) return 1;
    sk = bpf_sk_fullsock(sk);
    if (!sk) return 1;
    if (sk->protocol == IPPROTO_TCP) {
        look_at_segment(skb, sk, goes_out);
    } else if (sk->protocol == IPPROTO_UDP) {
        struct packet packet = {};
        if (read_udp(skb, goes_out, &packet)) look_at_datagram(skb, sk, goes_out, &packet);
    }
    return 1;
}

SEC("cgroup_skb/egress")
int dns_out(struct __sk_buff* skb) {
    return look(skb, true);
}

SEC("cgroup_skb/ingress")
int dns_in(struct __sk_buff* skb) {
    return look(skb, false);
}
