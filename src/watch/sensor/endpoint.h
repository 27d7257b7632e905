/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * One end of a connection. */
#pragma once

#include <linux/types.h>

struct sensor_endpoint {
    __u8 address[16]; /* of IPv6; IPv4 is mapped into it (RFC 4291, 2.5.5.2) */
    __u16 port;
    __u16 unused[3];
};
