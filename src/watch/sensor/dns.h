/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Questions to name servers, and their answers: the messages as they are (RFC 1035), for a process
 * without rights to read. */
#pragma once

#include "endpoint.h"
#include "record.h"

#define SENSOR_DNS_PORT 53
#define SENSOR_MOST_DNS 4096 /* bytes kept of a message */

struct sensor_dns {
    struct sensor_head head; /* `process` 0: it is not known who asked */
    struct sensor_endpoint server;
    __u32 message_bytes; /* as long as it really is */
    __u16 text_bytes;    /* the message behind this */
    __u8 protocol;       /* of IP */
    __u8 unused;
};
