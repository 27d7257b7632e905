/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Sockets that go around TCP and UDP. Values of the act: address family, type, protocol. */
#pragma once

#include "act.h"

#define SENSOR_AF_INET 2
#define SENSOR_AF_INET6 10
#define SENSOR_AF_PACKET 17
#define SENSOR_AF_ALG 38
#define SENSOR_AF_VSOCK 40
#define SENSOR_AF_XDP 44
#define SENSOR_SOCK_RAW 3
#define SENSOR_SOCK_PACKET 10
