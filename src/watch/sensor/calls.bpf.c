/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The one program at the end of every system call, for all families that need one there: a second program would cost
 * every call of the machine as much again. It hands each call to the one family that asked for it. */
#include "calls.bpf.h"
#include "record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define MOST_FAMILIES 16
#define FILE_FAMILY (SENSOR_FILE_OPEN >> 8)

/* Filled by the loader: the family of each call, 0: nobody's. */
const volatile __u8 families[CALLS];
const volatile __u8 compat_families[CALLS];

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, MOST_FAMILIES);
    __type(key, __u32);
    __type(value, __u32);
} family_programs SEC(".maps");

SEC("tp_btf/sys_exit")
int calls_end(unsigned long long *context) {
    struct pt_regs *regs = (struct pt_regs *)context[0];
    __u32 number = (__u32)regs->orig_ax & ~X32; /* as call_number() */
    /* Or the compiler asks for its bounds in a way that verifiers do not follow. */
    asm volatile("" : "+r"(number));
    /* Nearly all calls end here. */
    if (number >= CALLS || !(families[number] | compat_families[number])) return 0;
    __u8 family = is_compat(bpf_get_current_task_btf()) ? compat_families[number] : families[number];
    /* The file family has most of them: to a constant number the kernel jumps directly. */
    if (family == FILE_FAMILY) bpf_tail_call_static(context, &family_programs, FILE_FAMILY);
    if (family) bpf_tail_call(context, &family_programs, family);
    return 0;
}
