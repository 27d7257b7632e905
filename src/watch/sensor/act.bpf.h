/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Records of acts. */
#pragma once

#include "act.h"
#include "path.bpf.h"

/* One of that kind by the present task, or -1: the sensor's own, held back or no memory. */
static __always_inline int act_begin(enum sensor_kind kind, long result) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->flags & PF_KTHREAD) return -1;
    struct sensor_policy* p = policy();
    if (!p || p->own_process == (__u32)task->tgid) return -1;
    if (is_flood(p, p->act_rate, kind, cgroup_of(task))) return -1;
    int index = scratch_take();
    if (index < 0) return -1;
    struct scratch* s = scratch_of(index);
    if (!s) return -1;
    struct sensor_act* act = (struct sensor_act*)s->record;
    begin(s, kind, task, sizeof *act);
    for (int i = 0; i < SENSOR_ACT_VALUES; ++i) act->value[i] = 0;
    act->result = result;
    act->target = 0;
    act->how = 0;
    for (int i = 0; i < SENSOR_ACT_TEXTS; ++i) act->text_bytes[i] = 0;
    for (int i = 0; i < 3; ++i) act->unused[i] = 0;
    return index;
}

static __always_inline void act_end(struct scratch* s) {
    send(s);
    scratch_give(s);
}
