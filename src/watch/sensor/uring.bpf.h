/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * What is asked of rings of io_uring, as it is handed in: no system call tells of it. Requests that
 * have names are told each, with the kernel's copy of the name, which no other thread can change;
 * of all others that a process makes one of each sort. */
#pragma once

#include "access_common.bpf.h"
#include "uring_requests.bpf.h"

static __always_inline void append_name(struct scratch* s, __u32 which,
                                        const struct filename* name) {
    const char* at = BPF_CORE_READ(name, name);
    long bytes = bpf_probe_read_kernel_str(end_of(s), SENSOR_MOST_PATH, at);
    if (bytes <= 1 || bytes > SENSOR_MOST_PATH) return;
    ((struct sensor_act*)s->record)->text_bytes[which] = bytes - 1;
    s->at += bytes - 1;
}

static __always_inline bool only_waits(__u8 operation) {
    switch (operation) {
        case URING_NOP:
        case URING_POLL_ADD:
        case URING_POLL_REMOVE:
        case URING_TIMEOUT:
        case URING_TIMEOUT_REMOVE:
        case URING_ASYNC_CANCEL:
        case URING_LINK_TIMEOUT:
            return true;
        default:
            return false;
    }
}

/* The names stand at the request's beginning. Text 0 is what is changed, 1 what it was or leads to.
 */
static __always_inline void append_names(struct scratch* s, struct io_kiocb* request,
                                         __u8 operation) {
    switch (operation) {
        case URING_OPENAT:
        case URING_OPENAT2: {
            struct io_open* open = (struct io_open*)request;
            if (!bpf_core_type_exists(struct io_open)) return;
            ((struct sensor_act*)s->record)->value[1] = BPF_CORE_READ(open, how.flags);
            append_name(s, 0, BPF_CORE_READ(open, filename));
            return;
        }
        case URING_UNLINKAT: {
            struct io_unlink* unlink = (struct io_unlink*)request;
            if (!bpf_core_type_exists(struct io_unlink)) return;
            append_name(s, 0, BPF_CORE_READ(unlink, filename));
            return;
        }
        case URING_MKDIRAT: {
            struct io_mkdir* make = (struct io_mkdir*)request;
            if (!bpf_core_type_exists(struct io_mkdir)) return;
            append_name(s, 0, BPF_CORE_READ(make, filename));
            return;
        }
        case URING_RENAMEAT: {
            struct io_rename* rename = (struct io_rename*)request;
            if (!bpf_core_type_exists(struct io_rename)) return;
            append_name(s, 0, BPF_CORE_READ(rename, newpath));
            append_name(s, 1, BPF_CORE_READ(rename, oldpath));
            return;
        }
        case URING_SYMLINKAT:
        case URING_LINKAT: {
            struct io_link* link = (struct io_link*)request;
            if (!bpf_core_type_exists(struct io_link)) return;
            append_name(s, 0, BPF_CORE_READ(link, newpath));
            append_name(s, 1, BPF_CORE_READ(link, oldpath));
            return;
        }
    }
}

static __always_inline bool has_names(__u8 operation) {
    return operation == URING_OPENAT || operation == URING_OPENAT2 ||
           (operation >= URING_RENAMEAT && operation <= URING_LINKAT);
}

static __noinline int tell_request(struct io_kiocb* request) {
    if (!request) return 0;
    __u8 operation = BPF_CORE_READ(request, opcode);
    if (only_waits(operation)) return 0;
    if (!has_names(operation) &&
        was_told(bpf_get_current_task_btf(), SENSOR_ACCESS_REQUEST, 0, operation, 0)) {
        return 0;
    }
    int index = act_begin(SENSOR_ACCESS_REQUEST, 0);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_act* act = (struct sensor_act*)s->record;
    act->value[0] = operation;
    act->how = SENSOR_ACT_IO_URING;
    append_names(s, request, operation);
    act_end(s);
    return 0;
}

SEC("?tp_btf/io_uring_submit_req")
int BPF_PROG(access_request, struct io_kiocb* request) {
    return tell_request(request);
}

/* Its name until 6.2. */
SEC("?tp_btf/io_uring_submit_sqe")
int BPF_PROG(access_request_before, struct io_kiocb* request) {
    return tell_request(request);
}
