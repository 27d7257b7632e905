/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * The few members of the kernel's structures that the sensor reads. Where they stand is looked up
 * when a program is loaded, from the running kernel's own description (BTF), so neither order nor
 * completeness matters here. A name with three underscores is an older or newer shape of the one
 * before them. */
#pragma once

/* bpf's headers use what Linux's define. */
// clang-format off
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
// clang-format on

#ifndef NULL
#define NULL ((void*)0)
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
    __u32 val;
} kuid_t;
typedef struct {
    __u32 val;
} kgid_t;
typedef struct {
    __u64 val;
} kernel_cap_t; /* until 6.2 two halves of 32 bits: the same bytes */
typedef struct {
    int counter;
} atomic_t;

struct hlist_node {
    struct hlist_node *next, **pprev;
};
struct hlist_bl_node {
    struct hlist_bl_node *next, **pprev;
};
struct hlist_head {
    struct hlist_node* first;
};
struct qstr {
    __u32 len;
    const unsigned char* name;
};
struct dentry {
    struct dentry* d_parent;
    union {
        struct hlist_node d_alias;
    } d_u;
    struct qstr d_name;
    struct inode* d_inode;
    struct hlist_bl_node d_hash;
};
struct vfsmount {
    struct dentry* mnt_root;
};
struct mnt_namespace;
struct mount {
    struct mount* mnt_next_for_sb; /* since 6.17 */
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    struct mnt_namespace* mnt_ns;
};
struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};
struct super_block {
    __u32 s_dev;
    unsigned long s_magic;
    struct mount* s_mounts; /* since 6.17; a list of another sort before */
};
struct timespec64 {
    __s64 tv_sec;
    long tv_nsec;
};
struct inode { /* since 6.11 */
    unsigned short i_mode;
    kuid_t i_uid;
    unsigned long i_ino;
    unsigned int i_nlink;
    long long i_size;
    struct hlist_head i_dentry;
    char* i_link; /* where a symbolic link points to, when that is short */
    struct super_block* i_sb;
    void* i_private;
    __s64 i_ctime_sec;
    __u32 i_ctime_nsec;
};
struct inode___until_6_5 {
    struct timespec64 i_ctime;
};
struct inode___until_6_10 {
    struct timespec64 __i_ctime;
};
struct file {
    struct path f_path;
    struct inode* f_inode;
    unsigned int f_mode;
    unsigned int f_flags;
    void* private_data;
};
struct vm_area_struct {
    struct file* vm_file;
    unsigned long vm_flags;
};
struct renamedata {
    struct dentry* old_dentry;
    struct dentry* new_dentry;
};
struct fdtable {
    unsigned int max_fds;
    struct file** fd;
};
struct files_struct {
    struct fdtable* fdt;
};
struct fs_struct {
    struct path root;
    struct path pwd;
};
struct mm_struct {
    unsigned long arg_start, arg_end, env_start, env_end;
    struct file* exe_file;
};
struct ns_common {
    unsigned int inum;
};
struct user_namespace {
    struct ns_common ns;
};
struct mnt_namespace {
    struct ns_common ns;
};
struct pid_namespace {
    struct ns_common ns;
};
struct net {
    struct ns_common ns;
};
typedef struct {
    struct net* net;
} possible_net_t;
struct in6_bytes {
    __u8 bytes[16];
};
struct sock_common {
    __u32 skc_daddr;
    __u32 skc_rcv_saddr;
    __u16 skc_dport;
    __u16 skc_num;
    unsigned short skc_family;
    volatile unsigned char skc_state;
    possible_net_t skc_net;
    struct in6_bytes skc_v6_daddr;
    struct in6_bytes skc_v6_rcv_saddr;
    unsigned long skc_flags;
};
struct sock {
    struct sock_common __sk_common;
    int sk_err;
    __u16 sk_type;
    __u16 sk_protocol;
};
struct socket {
    struct sock* sk;
};
struct inet_sock {
    __u16 inet_sport;
};
struct inet_connection_sock {
    struct inet_sock icsk_inet;
};
struct tcp_sock {
    struct inet_connection_sock inet_conn;
    __u64 bytes_received;
    __u64 bytes_sent;
    __u64 bytes_retrans;
};
struct uts_namespace;
struct ipc_namespace;
struct cgroup_namespace;
struct nsproxy {
    struct uts_namespace* uts_ns;
    struct ipc_namespace* ipc_ns;
    struct cgroup_namespace* cgroup_ns;
    struct mnt_namespace* mnt_ns;
    struct pid_namespace* pid_ns_for_children;
    struct net* net_ns;
};
struct cred {
    kuid_t uid, euid;
    kgid_t gid, egid;
    kernel_cap_t cap_permitted, cap_effective;
    struct user_namespace* user_ns;
};
struct tty_struct {
    char name[64];
};
struct signal_struct {
    atomic_t live;
    int group_exit_code;
    struct tty_struct* tty;
};
struct kernfs_node {
    __u64 id;
    const char* name;
    struct kernfs_node* __parent; /* since 6.15 */
};
struct kernfs_node___until_6_14 {
    struct kernfs_node* parent;
};
struct cgroup {
    struct kernfs_node* kn;
};
struct css_set {
    struct cgroup* dfl_cgrp;
};
struct linux_binprm {
    const char* filename;
    const char* interp;
};
struct thread_info {
    __u32 status;
};
struct upid {
    int nr;
};
struct pid {
    unsigned int level;
    struct upid numbers[1];
};
struct bpf_prog_aux {
    __u32 id;
    char name[16];
};
struct bpf_prog {
    enum bpf_prog_type type;
    struct bpf_prog_aux* aux;
};
struct task_struct {
    struct thread_info thread_info;
    int pid, tgid;
    __u64 start_boottime;
    int exit_code;
    unsigned int flags;
    struct task_struct* real_parent;
    struct task_struct* group_leader;
    struct pid* thread_pid;
    const struct cred* real_cred;
    struct mm_struct* mm;
    struct fs_struct* fs;
    struct files_struct* files;
    struct nsproxy* nsproxy;
    struct signal_struct* signal;
    struct css_set* cgroups;
    kuid_t loginuid;
    unsigned int sessionid;
    char comm[16];
};
/* Of x86-64: what a system call was asked with. */
struct pt_regs {
    unsigned long di, si, dx, r10, r8, bx, cx, orig_ax, cs;
};
struct seq_file;
struct bpf_iter_meta {
    struct seq_file* seq;
};
struct bpf_iter__task_file {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
    __u32 fd;
    struct file* file;
};
struct bpf_iter__task {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
};

#pragma clang attribute pop

#define PF_KTHREAD 0x00200000
