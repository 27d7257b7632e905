/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Programs that do nothing, at the places that a sensor could watch system calls from: what such a place costs by
 * itself. And one that says whether audit has anything to do with a process. */
#include <linux/bpf.h>

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct task_struct {
    void *audit_context;
} __attribute__((preserve_access_index));

int is_audited = 0;

/* The process that runs it. */
SEC("?syscall")
int find_audit(void *context) {
    struct task_struct *task = bpf_get_current_task_btf();
    if (bpf_core_field_exists(task->audit_context)) is_audited = task->audit_context != NULL;
    return 0;
}

SEC("?tp_btf/sys_exit")
int all_ends(void *context) {
    return 0;
}

SEC("?tp_btf/sys_enter")
int all_begins(void *context) {
    return 0;
}

/* One call each, by perf's events: they never fire for calls of 32-bit programs. */
SEC("?tp/syscalls/sys_exit_openat")
int end_of_openat(void *context) {
    return 0;
}

SEC("?tp/syscalls/sys_exit_close")
int end_of_close(void *context) {
    return 0;
}
