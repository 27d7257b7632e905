/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Files that rings of io_uring open and close, where the kernel refuses programs on its own
 * functions: as their requests are done, by the descriptor that the process got. Part of
 * file_calls.bpf.c. */
#pragma once

#include "uring_requests.bpf.h"

#define MOST_DESCRIPTOR (1 << 30)

/* Before 6.15 the third argument was a number of the process's own: that of no place in the kernel
 * is left out, and then only the request is told (family access). */
SEC("?tp_btf/io_uring_complete")
int BPF_PROG(file_request_done, void* ring, void* asked, struct io_uring_cqe* done) {
    struct task_struct* task = bpf_get_current_task_btf();
    if ((task->flags & PF_KTHREAD) || (long)done >= 0) return 0;
    struct io_kiocb* request = asked;
    __u8 operation = BPF_CORE_READ(request, opcode);
    if (operation != URING_OPENAT && operation != URING_OPENAT2 && operation != URING_CLOSE)
        return 0;
    int result = BPF_CORE_READ(done, res);
    if (result < 0 || result > MOST_DESCRIPTOR) return 0;
    if (operation == URING_CLOSE) {
        struct io_close* close = asked;
        if (!bpf_core_type_exists(struct io_close) || BPF_CORE_READ(close, file_slot)) return 0;
        call_close(task, BPF_CORE_READ(close, fd));
        return 0;
    }
    struct io_open* open = asked;
    if (!bpf_core_type_exists(struct io_open)) return 0;
    /* One for the ring alone is no descriptor of the process. */
    if (BPF_CORE_READ(open, file_slot)) return 0;
    call_open(task, NULL, result, BPF_CORE_READ(open, how.flags) & O_TRUNC);
    return 0;
}
