/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What a process may do and where it stands: users, capabilities, namespaces, mounts, its root; and
 * what changes the kernel: modules, BPF, parameters. Values and texts of the acts: SENSOR_USERS,
 * SENSOR_CAPABILITIES  real user | effective << 32, groups likewise, effective capabilities,
 * permitted SENSOR_NAMESPACES   CLONE_NEW… that were asked for or differ from the parent's; numbers
 * of what the process has then, mount | pid << 32, network | user << 32 SENSOR_MOUNT        flags;
 * where, what, its type SENSOR_UNMOUNT      flags; where SENSOR_PIVOT_ROOT   the new root, where
 * the old one is put SENSOR_MOVE_MOUNT   where to, where from SENSOR_ROOT         the root
 * directory afterwards SENSOR_MODULE       the module's file; empty: from memory SENSOR_MODULE_GOES
 * its name SENSOR_BPF          command, and of a program that was loaded its type and number; its
 * name SENSOR_PARAMETER    the parameter as a path below /proc/sys, its new value */
#pragma once

#include "act.h"
