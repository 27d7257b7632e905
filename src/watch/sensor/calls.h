/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What the program at the end of all system calls is told of each of them: a byte, whose lower half
 * is the family that takes it (0: nobody), and what it does where that program may see by itself
 * that the family has nothing to do. */
#pragma once

#define SENSOR_MOST_FAMILIES 16 /* a power of two */
/* Only where the number is nobody's in the table of 32-bit programs, or does the same there. */
#define SENSOR_CALL_OPENS 0x10  /* a file: its result is the descriptor */
#define SENSOR_CALL_CLOSES 0x20 /* the descriptor that is its first argument */
#define SENSOR_CALL_COMPAT 0x80 /* by the table of 32-bit programs it is somebody's */
