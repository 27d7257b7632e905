/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The network. Of TCP: changes of a connection's state, which happen for whatever way led there
 * (system call, io_uring, the kernel itself), and the kernel's own counts of bytes, which sendfile,
 * splice and mapped memory go into as well. Of UDP: the packets, told apart by whom they go to and
 * come from. Nothing here hooks system calls. Messages of DNS are told of from the same programs: a
 * second one for each packet costs as much as all that is done in the first. */
#include "network.h"

#include "connections.bpf.h"
#include "dns_packets.bpf.h"
#include "packet.bpf.h"
#include "socket_owner.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define AF_INET6 10
#define SOCK_DGRAM 2
#define SOCK_DONE_BIT 2 /* 1 << SOCK_DONE: the other side has sent its end */

enum tcp_state { ESTABLISHED = 1, SYN_SENT = 2, SYN_RECEIVED = 3, CLOSED = 7, LISTEN = 10 };

/* With whom a UDP socket talks; one that talks to more tells of the quietest and forgets it. */
#define MOST_PEERS 4
enum peer_state { PEER_NONE, PEER_CHANGES, PEER_KNOWN };
struct udp_peer {
    __u32 state;
    __u16 local_port, remote_port;
    __u64 local[2], remote[2];
    __u64 began, looked, last;
    __u64 sent, received;
    __u64 told_sent, told_received;
    __u8 how;
};
struct udp_peers {
    struct udp_peer peer[MOST_PEERS];
};
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct udp_peers);
} udp_sockets SEC(".maps");

static __always_inline int connection_begin(enum sensor_kind kind, struct owner* owner, __u64 now) {
    struct sensor_policy* p = policy();
    if (!p || is_flood_at(now, p, p->network_rate, kind, owner ? owner->cgroup : 0)) return -1;
    int index = scratch_take();
    if (index < 0) return -1;
    struct scratch* s = scratch_of(index);
    if (!s) return -1;
    begin_for(s, kind, owner, now, sizeof(struct sensor_connection));
    __builtin_memset(s->record + sizeof(struct sensor_head), 0,
                     sizeof(struct sensor_connection) - sizeof(struct sensor_head));
    ((struct sensor_connection*)s->record)->network_namespace =
        owner ? owner->network_namespace : 0;
    return index;
}

/* `sk`, `tcp`: typed, the same socket. */
static __always_inline void fill_ends(struct sensor_connection* record, const struct sock* sk,
                                      const struct tcp_sock* tcp) {
    if (sk->__sk_common.skc_family == AF_INET6) {
        bpf_core_read(record->local.address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
        bpf_core_read(record->remote.address, 16, &sk->__sk_common.skc_v6_daddr);
    } else {
        map_address(record->local.address, sk->__sk_common.skc_rcv_saddr);
        map_address(record->remote.address, sk->__sk_common.skc_daddr);
    }
    /* The bound number is taken away before the state says so; this one stays. */
    record->local.port = bpf_ntohs(tcp->inet_conn.icsk_inet.inet_sport);
    record->remote.port = bpf_ntohs(sk->__sk_common.skc_dport);
}

static __always_inline void fill_bytes(struct sensor_connection* record, const struct sock* sk,
                                       const struct tcp_sock* tcp, struct tcp_flow* flow) {
    record->all_sent = tcp->bytes_sent - tcp->bytes_retrans;
    record->all_received = tcp->bytes_received;
    /* The end itself is counted as a byte. */
    if (record->all_received && (sk->__sk_common.skc_flags & SOCK_DONE_BIT))
        record->all_received -= 1;
    record->sent = record->all_sent - flow->sent;
    record->received = record->all_received - flow->received;
    flow->sent = record->all_sent;
    flow->received = record->all_received;
}

static __noinline int tell_tcp(enum sensor_kind kind, struct sock* sk, struct owner* owner,
                               struct tcp_flow* flow, __u64 now) {
    struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
    if (!tcp) return -1;
    int index = connection_begin(kind, owner, now);
    if (index < 0) return -1;
    struct scratch* s = scratch_of(index);
    if (!s) return -1;
    struct sensor_connection* record = (struct sensor_connection*)s->record;
    record->protocol = IPPROTO_TCP;
    fill_ends(record, sk, tcp);
    if (flow) {
        record->began = flow->began;
        record->how = flow->how;
    }
    if (kind == SENSOR_NETWORK_CONNECT && flow && !flow->began) {
        record->error = sk->sk_err;
        if (!record->error) record->error = 125; /* ECANCELED: closed before there was an answer */
    }
    if (flow && kind >= SENSOR_NETWORK_FLOW) fill_bytes(record, sk, tcp, flow);
    send(s);
    scratch_give(s);
    return 0;
}

static __always_inline struct owner* owner_or_new(struct sock* sk) {
    struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (!owner) count_loss(SENSOR_LOSS_NO_SOCKET);
    return owner;
}

static __always_inline void listens(struct sock* sk) {
    struct owner* owner = owner_or_new(sk);
    if (owner) take_over(owner);
    tell_tcp(SENSOR_NETWORK_LISTEN, sk, owner, NULL, bpf_ktime_get_boot_ns());
}

static __always_inline void connects(struct sock* sk) {
    struct connection made = {};
    take_over(&made.owner);
    if (!made.owner.process) {
        /* The kernel does it for somebody, who may have bound it. */
        struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, 0);
        if (owner) made.owner = *owner;
    }
    made.flow.how = SENSOR_NETWORK_INITIATED;
    made.flow.is_owned = 1;
    made.flow.is_there = 1;
    remember_connection(sk, &made, true);
}

static __always_inline void is_made(struct sock* sk) {
    struct connection made = {};
    inherit(&made.owner);
    remember_connection(sk, &made, true);
}

static __always_inline void established(struct sock* sk) {
    struct connection* connection = connection_of(sk);
    if (!connection) {
        struct connection made = {};
        remember_connection(sk, &made, true);
        connection = connection_of(sk);
    }
    if (!connection) return;
    struct tcp_flow* flow = &connection->flow;
    if (flow->is_there && flow->began) return;
    flow->is_there = 1;
    flow->began = bpf_ktime_get_boot_ns();
    flow->looked = flow->began;
    tell_tcp(flow->how & SENSOR_NETWORK_INITIATED ? SENSOR_NETWORK_CONNECT : SENSOR_NETWORK_ACCEPT,
             sk, &connection->owner, flow, flow->began);
}

static __always_inline void closed(struct sock* sk) {
    struct connection* connection = connection_of(sk);
    if (!connection) return;
    struct tcp_flow* flow = &connection->flow;
    if (flow->is_there) {
        tell_tcp(flow->began ? SENSOR_NETWORK_END : SENSOR_NETWORK_CONNECT, sk, &connection->owner,
                 flow, bpf_ktime_get_boot_ns());
    }
    forget_connection(sk);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(network_state, struct sock* sk, int old, int state) {
    if (sk->sk_protocol != IPPROTO_TCP) return 0;
    if (state == SYN_SENT) {
        connects(sk);
    } else if (state == SYN_RECEIVED) {
        /* Both may have begun at once: then it is known. */
        if (old == LISTEN) is_made(sk);
    } else if (state == LISTEN) {
        listens(sk);
    } else if (state == ESTABLISHED) {
        established(sk);
    } else if (state == CLOSED) {
        closed(sk);
    }
    return 0;
}

/* A process reads from what another one's listener took in. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(network_read, struct sock* sk) {
    struct connection* connection = connection_of(sk);
    if (!connection || !connection->flow.is_there || connection->flow.is_owned) return 0;
    connection->flow.is_owned = 1;
    take_over(&connection->owner);
    return 0;
}

/* Something has come, be it the word that what was sent has arrived. */
SEC("tp_btf/tcp_probe")
int BPF_PROG(network_progress, struct sock* sk) {
    struct connection* connection = connection_of(sk);
    struct sensor_policy* p = policy();
    if (!connection || !connection->flow.is_there || !p) return 0;
    __u64 now = bpf_ktime_get_boot_ns();
    if (now - connection->flow.looked < p->flow_seconds * WINDOW) return 0;
    connection->flow.looked = now;
    tell_tcp(SENSOR_NETWORK_FLOW, sk, &connection->owner, &connection->flow, now);
    return 0;
}

static __noinline int tell_peer(enum sensor_kind kind, struct owner* owner, struct udp_peer* peer,
                                __u64 now) {
    if (!peer) return -1;
    int index = connection_begin(kind, owner, now);
    if (index < 0) return -1;
    struct scratch* s = scratch_of(index);
    if (!s) return -1;
    struct sensor_connection* record = (struct sensor_connection*)s->record;
    record->protocol = IPPROTO_UDP;
    __builtin_memcpy(record->local.address, peer->local, 16);
    __builtin_memcpy(record->remote.address, peer->remote, 16);
    record->local.port = peer->local_port;
    record->remote.port = peer->remote_port;
    record->began = peer->began;
    record->how = peer->how;
    if (kind >= SENSOR_NETWORK_FLOW) {
        record->all_sent = peer->sent;
        record->all_received = peer->received;
        record->sent = record->all_sent - peer->told_sent;
        record->received = record->all_received - peer->told_received;
        peer->told_sent = record->all_sent;
        peer->told_received = record->all_received;
    }
    send(s);
    scratch_give(s);
    return 0;
}

/* The place of the packet's peer: its own, a free one, or that of the quietest. NULL: others are at
 * it. */
static __always_inline struct udp_peer* place_of(struct udp_peers* peers, struct packet* packet) {
    struct udp_peer* quietest = NULL;
    for (int i = 0; i < MOST_PEERS; ++i) {
        struct udp_peer* peer = &peers->peer[i];
        if (peer->state == PEER_KNOWN && peer->remote_port == packet->remote_port &&
            peer->remote[0] == packet->remote[0] && peer->remote[1] == packet->remote[1]) {
            return peer;
        }
    }
    for (int i = 0; i < MOST_PEERS; ++i) {
        struct udp_peer* peer = &peers->peer[i];
        if (peer->state == PEER_CHANGES) continue;
        if (peer->state == PEER_NONE) {
            quietest = peer;
            break;
        }
        if (!quietest || peer->last < quietest->last) quietest = peer;
    }
    return quietest;
}

static __always_inline void count_bytes(struct udp_peer* peer, __u32 bytes, bool goes_out) {
    if (goes_out) {
        __sync_fetch_and_add(&peer->sent, bytes);
    } else {
        __sync_fetch_and_add(&peer->received, bytes);
    }
}

static __always_inline void meet(struct owner* owner, struct udp_peer* peer, struct packet* packet,
                                 bool goes_out) {
    __u32 was = peer->state;
    if (was == PEER_CHANGES ||
        __sync_val_compare_and_swap(&peer->state, was, PEER_CHANGES) != was) {
        count_loss(SENSOR_LOSS_NO_SOCKET);
        return;
    }
    __u64 now = bpf_ktime_get_boot_ns();
    if (was == PEER_KNOWN) tell_peer(SENSOR_NETWORK_END, owner, peer, now);
    peer->local[0] = packet->local[0];
    peer->local[1] = packet->local[1];
    peer->remote[0] = packet->remote[0];
    peer->remote[1] = packet->remote[1];
    peer->local_port = packet->local_port;
    peer->remote_port = packet->remote_port;
    peer->began = now;
    peer->looked = now;
    peer->last = now;
    peer->sent = 0;
    peer->received = 0;
    peer->told_sent = 0;
    peer->told_received = 0;
    peer->how = goes_out ? SENSOR_NETWORK_INITIATED : 0;
    count_bytes(peer, packet->bytes, goes_out);
    tell_peer(goes_out ? SENSOR_NETWORK_CONNECT : SENSOR_NETWORK_ACCEPT, owner, peer, now);
    peer->state = PEER_KNOWN;
}

static __always_inline void count_packet(struct bpf_sock* sk, bool goes_out,
                                         struct packet* packet) {
    struct udp_peers* peers = bpf_sk_storage_get(&udp_sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    struct udp_peer* peer = peers ? place_of(peers, packet) : NULL;
    if (!peer) {
        count_loss(SENSOR_LOSS_NO_SOCKET);
        return;
    }
    struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, 0);
    if (peer->state != PEER_KNOWN || peer->remote_port != packet->remote_port ||
        peer->remote[0] != packet->remote[0] || peer->remote[1] != packet->remote[1]) {
        meet(owner, peer, packet, goes_out);
        return;
    }
    count_bytes(peer, packet->bytes, goes_out);
    __u64 now = bpf_ktime_get_boot_ns();
    peer->last = now;
    struct sensor_policy* p = policy();
    if (p && now - peer->looked >= p->flow_seconds * WINDOW) {
        peer->looked = now;
        tell_peer(SENSOR_NETWORK_FLOW, owner, peer, now);
    }
}

static __always_inline bool tells_dns(void) {
    struct sensor_policy* p = policy();
    return p && (p->filters & SENSOR_TELLS_DNS);
}

static __always_inline int look(struct __sk_buff* skb, bool goes_out) {
    struct bpf_sock* sk = skb->sk;
    if (!sk) return 1;
    sk = bpf_sk_fullsock(sk);
    if (!sk) return 1;
    if (sk->protocol == IPPROTO_TCP) {
        if (!goes_out && sk->state == LISTEN) {
            note_listener(sk);
        } else if (sk->dst_port == bpf_htons(SENSOR_DNS_PORT) && tells_dns()) {
            look_at_segment(skb, sk, goes_out);
        }
    } else if (sk->protocol == IPPROTO_UDP) {
        struct packet packet = {};
        if (!read_udp(skb, goes_out, &packet)) return 1;
        count_packet(sk, goes_out, &packet);
        if (tells_dns()) look_at_datagram(skb, sk, goes_out, &packet);
    }
    return 1;
}

SEC("cgroup_skb/egress")
int network_out(struct __sk_buff* skb) {
    return look(skb, true);
}

SEC("cgroup_skb/ingress")
int network_in(struct __sk_buff* skb) {
    return look(skb, false);
}

SEC("cgroup/sock_create")
int network_socket(struct bpf_sock* sk) {
    if (sk->protocol == IPPROTO_UDP) {
        take_over(bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE));
    }
    return 1;
}

SEC("cgroup/sock_release")
int network_release(struct bpf_sock* sk) {
    if (sk->protocol != IPPROTO_UDP) return 1;
    struct udp_peers* peers = bpf_sk_storage_get(&udp_sockets, sk, 0, 0);
    if (!peers) return 1;
    struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, 0);
    __u64 now = bpf_ktime_get_boot_ns();
    for (int i = 0; i < MOST_PEERS; ++i) {
        struct udp_peer* peer = &peers->peer[i];
        if (__sync_val_compare_and_swap(&peer->state, PEER_KNOWN, PEER_NONE) == PEER_KNOWN) {
            tell_peer(SENSOR_NETWORK_END, owner, peer, now);
        }
    }
    return 1;
}

/* Who addresses others by a socket is its owner, whoever made it. */
static __always_inline int address_by(struct bpf_sock_addr* context) {
    struct bpf_sock* sk = context->sk;
    if (sk && context->protocol == IPPROTO_UDP) {
        take_over(bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE));
    }
    return 1;
}

SEC("cgroup/connect4")
int network_connect4(struct bpf_sock_addr* context) {
    return address_by(context);
}
SEC("cgroup/connect6")
int network_connect6(struct bpf_sock_addr* context) {
    return address_by(context);
}
SEC("cgroup/sendmsg4")
int network_send4(struct bpf_sock_addr* context) {
    return address_by(context);
}
SEC("cgroup/sendmsg6")
int network_send6(struct bpf_sock_addr* context) {
    return address_by(context);
}

static __always_inline int bound(struct bpf_sock* sk, bool is_six) {
    struct owner* owner = bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    take_over(owner);
    int index = connection_begin(SENSOR_NETWORK_BIND, owner, bpf_ktime_get_boot_ns());
    if (index < 0) return 1;
    struct scratch* s = scratch_of(index);
    if (!s) return 1;
    struct sensor_connection* record = (struct sensor_connection*)s->record;
    if (is_six) {
        __u32* words = (__u32*)record->local.address;
        words[0] = sk->src_ip6[0];
        words[1] = sk->src_ip6[1];
        words[2] = sk->src_ip6[2];
        words[3] = sk->src_ip6[3];
    } else {
        map_address(record->local.address, sk->src_ip4);
    }
    record->local.port = sk->src_port;
    record->protocol = sk->protocol;
    send(s);
    scratch_give(s);
    return 1;
}

SEC("cgroup/post_bind4")
int network_bind4(struct bpf_sock* sk) {
    return bound(sk, false);
}
SEC("cgroup/post_bind6")
int network_bind6(struct bpf_sock* sk) {
    return bound(sk, true);
}

/* Of a socket that is no connection of TCP, nor is about to be one. */
static __always_inline void know_owner(struct sock* sk, struct task_struct* task) {
    struct owner* owner = owner_or_new(sk);
    if (owner && !owner->process) fill_owner(owner, task);
}

static __always_inline void know_connection(struct sock* sk, struct task_struct* task) {
    struct connection made = {};
    struct tcp_sock* tcp = bpf_skc_to_tcp_sock(sk);
    if (!tcp || connection_of(sk)) return;
    fill_owner(&made.owner, task);
    if (sk->__sk_common.skc_state == ESTABLISHED) {
        made.flow.sent = tcp->bytes_sent - tcp->bytes_retrans;
        made.flow.received = tcp->bytes_received;
        made.flow.how = SENSOR_NETWORK_BEFORE;
        made.flow.began = bpf_ktime_get_boot_ns();
        made.flow.looked = made.flow.began;
        made.flow.is_owned = 1;
        made.flow.is_there = 1;
    }
    remember_connection(sk, &made, false);
    /* Meanwhile. */
    if (sk->__sk_common.skc_state == CLOSED) forget_connection(sk);
}

/* Sockets that are there already. Who began their connections is not known any more. */
SEC("iter/task_file")
int network_before(struct bpf_iter__task_file* context) {
    struct task_struct* task = context->task;
    struct file* file = context->file;
    if (!task || !file) return 0;
    struct socket* socket = bpf_sock_from_file(file);
    if (!socket) return 0;
    struct sock* sk = socket->sk;
    if (!sk) return 0;
    __u16 family = sk->__sk_common.skc_family;
    if (family != AF_INET6 && family != 2) return 0;
    __u8 state = sk->__sk_common.skc_state;
    if (sk->sk_protocol == IPPROTO_UDP ||
        (sk->sk_protocol == IPPROTO_TCP && (state == CLOSED || state == LISTEN))) {
        know_owner(sk, task);
    } else if (sk->sk_protocol == IPPROTO_TCP) {
        know_connection(sk, task);
    }
    return 0;
}
