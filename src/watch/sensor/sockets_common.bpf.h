/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Which sockets are told of. */
#pragma once

#include "act.bpf.h"
#include "sockets.h"

#define SOCK_TYPE_MASK 15

static __always_inline bool is_told(__u32 family, __u32 type) {
    switch (family) {
        case SENSOR_AF_PACKET:
        case SENSOR_AF_ALG:
        case SENSOR_AF_VSOCK:
        case SENSOR_AF_XDP:
            return true;
        case SENSOR_AF_INET:
            return type == SENSOR_SOCK_RAW || type == SENSOR_SOCK_PACKET;
        default:
            return family == SENSOR_AF_INET6 && type == SENSOR_SOCK_RAW;
    }
}

static __always_inline void tell_socket(__u32 family, __u32 type, __u32 protocol, __u32 how,
                                        long result) {
    type &= SOCK_TYPE_MASK;
    if (!is_told(family, type)) return;
    int index = act_begin(SENSOR_SOCKET, result);
    if (index < 0) return;
    struct scratch* s = scratch_of(index);
    if (!s) return;
    struct sensor_act* act = (struct sensor_act*)s->record;
    act->value[0] = family;
    act->value[1] = type;
    act->value[2] = protocol;
    act->how = how;
    act_end(s);
}
