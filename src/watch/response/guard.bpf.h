/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The few members of the kernel's structures that the guards read. Where they stand is looked up
 * when a program is loaded, from the running kernel's own description (BTF). A name with three
 * underscores is an older or newer shape of the one before them. */
#pragma once

/* The second ones need the types of the first. */
/* clang-format off */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
    __u32 s_dev;
};
struct timespec64 {
    __s64 tv_sec;
    long tv_nsec;
};
typedef struct {
    int counter;
} atomic_t;
struct inode { /* since 6.11 */
    unsigned short i_mode;
    atomic_t i_writecount;
    unsigned long i_ino;
    unsigned int i_nlink;
    long long i_size;
    struct super_block* i_sb;
    __s64 i_ctime_sec;
    __u32 i_ctime_nsec;
};
struct inode___until_6_5 {
    struct timespec64 i_ctime;
};
struct inode___until_6_10 {
    struct timespec64 __i_ctime;
};
struct path {
    void* dentry;
};
struct file {
    struct inode* f_inode;
    struct path f_path;
};
struct mm_struct {
    struct file* exe_file;
};
struct thread_info {
    __u32 status;
};
struct task_struct {
    struct thread_info thread_info;
    int pid;
    int tgid;
    struct mm_struct* mm;
};
struct linux_binprm {
    struct file* file;
};
struct vm_area_struct {
    unsigned long vm_start;
    unsigned long vm_end;
    unsigned long vm_flags;
    struct file* vm_file;
};
struct pt_regs {
    unsigned long r9, r8, ax, cx, dx, si, di, bx, orig_ax;
};
struct io_kiocb {
    __u8 opcode;
};

#pragma clang attribute pop

#define TS_COMPAT 2    /* a 32-bit system call, whatever the program is */
#define X32 0x40000000 /* marks the system calls of the x32 interface */
#define SIGNAL_KILL 9
#define SIGNAL_STOP 19

static __always_inline bool is_compat(struct task_struct* task) {
    return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}
