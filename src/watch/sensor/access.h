/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What a process does to the memory and descriptors of others, and ways around the usual ones:
 * memory as files, and io_uring. Values of the acts: SENSOR_ACCESS_PTRACE      the request of
 * ptrace(2) SENSOR_ACCESS_DESCRIPTOR  the descriptor as the other one has it
 *   SENSOR_ACCESS_MEMORY_FILE the flags of memfd_create(2); its text is the file's name
 *   SENSOR_ACCESS_URING       entries of both rings, flags
 *   SENSOR_ACCESS_REQUEST     the operation (linux/io_uring.h), flags of an open; its texts are
 *                             the names that are changed and that they had or lead to, as asked */
#pragma once

#include "act.h"
