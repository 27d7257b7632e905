/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The network: connections, who listens, and how many bytes went each way. */
#pragma once

#include "endpoint.h"
#include "record.h"

struct sensor_connection {
    struct sensor_head head; /* `process` 0: it is not known whose the socket is */
    struct sensor_endpoint local;
    struct sensor_endpoint remote;
    __u64 began; /* nanoseconds since the boot: the flow's name. 0: there is no flow */
    /* Bytes of what programs sent, without headers and repetitions; first since the flow's record
     * before this one, then all. */
    __u64 sent;
    __u64 received;
    __u64 all_sent;
    __u64 all_received;
    __u32 network_namespace;
    __u16 error;   /* of CONNECT: as in errno(3) */
    __u8 protocol; /* of IP */
    __u8 how;      /* SENSOR_NETWORK_… */
};

#define SENSOR_NETWORK_INITIATED 1
#define SENSOR_NETWORK_BEFORE 2 /* it was there before the sensor: who began it is not known */
