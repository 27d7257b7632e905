/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The one program at the end of every system call, for all families that need one there: a second
 * program would cost every call of the machine as much again. It hands each call to the one family
 * that asked for it; but most opens and closes of files need nothing, which it sees itself. */
#include "calls.bpf.h"

#include "calls.h"
#include "file_folders.bpf.h"
#include "file_places.bpf.h"
#include "record.h"
#include "this_task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FILE_FAMILY (SENSOR_FILE_OPEN >> 8)

/* Filled by the loader: whose each call is (calls.h), 0: nobody's. */
const volatile __u8 families[CALLS];
const volatile __u8 compat_families[CALLS];

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, SENSOR_MOST_FAMILIES);
    __type(key, __u32);
    __type(value, __u32);
} family_programs SEC(".maps");

/* No file was opened, or it is read and nobody asked to be told of that. */
static __always_inline bool is_usual_open(struct task_struct* task, long result) {
    if (result < 0) return true;
    struct file* file = file_of(task, result);
    if (!file) return true;
    if (file->f_mode & FMODE_WRITE) return false;
    struct sensor_policy* p = policy();
    return p && !may_be_watched(p, file);
}

/* Of a descriptor that no file is known to be written through. */
static __always_inline bool is_usual_close(struct task_struct* task, __u32 number) {
    __u64 descriptor = (__u64)task->tgid << 32 | number;
    struct place* place = place_of(descriptor);
    return place && place->taken != descriptor && !place->beyond;
}

static __always_inline bool is_usual(__u8 whose, unsigned long long* context) {
    if (!(whose & (SENSOR_CALL_OPENS | SENSOR_CALL_CLOSES))) return false;
    struct task_struct* task = this_task();
    if (!task) return false;
    if (whose & SENSOR_CALL_OPENS) return is_usual_open(task, context[1]);
    return is_usual_close(task, ((struct pt_regs*)context[0])->di);
}

static __always_inline int hand_on(unsigned long long* context, bool sees_usual) {
    struct pt_regs* regs = (struct pt_regs*)context[0];
    __u32 number = (__u32)regs->orig_ax & ~X32; /* as call_number() */
    /* Or the compiler asks for its bounds in a way that verifiers do not follow. */
    asm volatile("" : "+r"(number));
    if (number >= CALLS) return 0;
    __u8 whose = families[number];
    /* Nearly all calls end here. */
    if (!whose) return 0;
    /* Of 32-bit programs the same number is nobody's or does the same (calls.h). */
    if (sees_usual && is_usual(whose, context)) return 0;
    if (is_compat(bpf_get_current_task_btf())) whose = compat_families[number];
    __u32 family = whose % SENSOR_MOST_FAMILIES;
    /* The file family has most of them: to a constant number the kernel jumps directly. */
    if (family == FILE_FAMILY) bpf_tail_call_static(context, &family_programs, FILE_FAMILY);
    if (family) bpf_tail_call(context, &family_programs, family);
    return 0;
}

/* Where files are seen by their calls. */
SEC("?tp_btf/sys_exit")
int calls_end_usual(unsigned long long* context) {
    return hand_on(context, true);
}

/* Where they are not: older kernels cannot type what stands behind a descriptor. */
SEC("?tp_btf/sys_exit")
int calls_end(unsigned long long* context) {
    return hand_on(context, false);
}
