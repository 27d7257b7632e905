/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * A file's path, from the kernel's own tree of names and mounts: no string of the caller's is
 * believed. It begins at the top of the mount namespace, whatever directory the process takes for
 * its root. */
#pragma once

#include "shared_maps.bpf.h"

#define MOST_NAME 255
#define MOST_DEPTH 128

static __always_inline struct mount* mount_of(struct vfsmount* mnt) {
    return (struct mount*)((char*)mnt - bpf_core_field_offset(struct mount, mnt));
}

static __always_inline void prepend(struct scratch* s, const char* name, __u32 length) {
    __u32 at = s->walk.at;
    if (length > MOST_NAME) length = MOST_NAME;
    if (at < length + 1 || at > SENSOR_MOST_PATH) {
        s->walk.flags |= SENSOR_CUT;
        return;
    }
    at -= length;
    if (at > SENSOR_MOST_PATH) return;
    bpf_probe_read_kernel(s->path + at, length, name);
    at -= 1;
    if (at > SENSOR_MOST_PATH) return;
    s->path[at] = '/';
    s->walk.at = at;
}

/* Where a dentry hangs and what it is called: they stand together in all kernels so far, so that
 * one read does. */
struct named {
    struct dentry* parent;
    __u32 hash, length;
    const unsigned char* name;
};

static __always_inline void read_named(struct named* into, struct dentry* dentry) {
    __u32 at = bpf_core_field_offset(struct dentry, d_parent);
    if (bpf_core_field_offset(struct dentry, d_name.len) == at + 12 &&
        bpf_core_field_offset(struct dentry, d_name.name) == at + 16) {
        bpf_probe_read_kernel(into, sizeof *into, (char*)dentry + at);
        return;
    }
    into->parent = BPF_CORE_READ(dentry, d_parent);
    into->length = BPF_CORE_READ(dentry, d_name.len);
    into->name = BPF_CORE_READ(dentry, d_name.name);
}

struct walk_context {
    __u32 scratch;
};

static long walk_step(__u32 i, struct walk_context* context) {
    struct scratch* s = scratch_of(context->scratch);
    if (!s) return 1;
    struct dentry* dentry = s->walk.dentry;
    if (dentry == s->walk.root) {
        struct mount* mount = s->walk.mount;
        if (!mount) return 1;
        struct mount* parent = BPF_CORE_READ(mount, mnt_parent);
        if (parent == mount) return 1;
        s->walk.dentry = BPF_CORE_READ(mount, mnt_mountpoint);
        s->walk.mount = parent;
        s->walk.root = BPF_CORE_READ(parent, mnt.mnt_root);
        return 0;
    }
    struct named named = {};
    read_named(&named, dentry);
    struct dentry* parent = named.parent;
    if (parent == dentry || !parent) {
        /* The top of a file system, reached from no mount. */
        s->walk.flags |= SENSOR_NOWHERE;
        s->walk.mount = NULL;
        /* A memfd is its own top, and has a name. */
        char first = 0;
        bpf_probe_read_kernel(&first, sizeof first, named.name);
        if (first != '/') prepend(s, (const char*)named.name, named.length);
        return 1;
    }
    prepend(s, (const char*)named.name, named.length);
    s->walk.dentry = parent;
    return s->walk.flags & SENSOR_CUT ? 1 : 0;
}

/* Fills the end of `path`; the text is from walk.at on. `mnt` may be NULL: below the file system's
 * own top. */
static __always_inline void walk(struct scratch* s, __u32 index, struct vfsmount* mnt,
                                 struct dentry* dentry) {
    s->walk.dentry = dentry;
    s->walk.mount = mnt ? mount_of(mnt) : NULL;
    s->walk.root = mnt ? BPF_CORE_READ(mnt, mnt_root) : NULL;
    s->walk.at = SENSOR_MOST_PATH;
    s->walk.flags = 0;
    /* A name that was taken away stays on its dentry, which has left the table of names. */
    if (dentry != s->walk.root && !BPF_CORE_READ(dentry, d_hash.pprev))
        s->walk.flags |= SENSOR_DELETED;
    struct walk_context context = {.scratch = index};
    if (bpf_loop(MOST_DEPTH, walk_step, &context, 0) >= MOST_DEPTH) s->walk.flags |= SENSOR_CUT;
    /* Mounts that only the kernel uses have no namespace, or an error in its place. */
    struct mount* top = s->walk.mount;
    if (top) {
        long space = (long)BPF_CORE_READ(top, mnt_ns);
        if (space == 0 || (space < 0 && space > -4096)) s->walk.flags |= SENSOR_NOWHERE;
    }
    if (s->walk.at == SENSOR_MOST_PATH) {
        s->path[SENSOR_MOST_PATH - 1] = '/';
        s->walk.at = SENSOR_MOST_PATH - 1;
    }
}

/* Walks and puts the path behind the record. Returns its length. */
static __always_inline __u16 append_path(struct scratch* s, __u32 index, struct vfsmount* mnt,
                                         struct dentry* dentry) {
    walk(s, index, mnt, dentry);
    __u32 at = s->walk.at;
    if (at > SENSOR_MOST_PATH) return 0;
    ((struct sensor_head*)s->record)->flags |= s->walk.flags & ~SENSOR_DELETED & ~SENSOR_NOWHERE;
    return append_kernel(s, s->path + at, SENSOR_MOST_PATH - at);
}

/* inode: typed */
static __always_inline void describe_inode(struct sensor_file* into, struct inode* inode) {
    into->inode = inode->i_ino;
    into->size = inode->i_size;
    into->device = inode->i_sb->s_dev;
    into->links = inode->i_nlink;
    into->owner = inode->i_uid.val;
    into->mode = inode->i_mode;
    if (bpf_core_field_exists(inode->i_ctime_sec)) {
        into->changed = inode->i_ctime_sec;
        /* The top bit says that somebody asked for this time. */
        into->changed_nanoseconds = inode->i_ctime_nsec & 0x7fffffff;
    } else if (bpf_core_field_exists(((struct inode___until_6_10*)inode)->__i_ctime)) {
        struct inode___until_6_10* older = (void*)inode;
        into->changed = older->__i_ctime.tv_sec;
        into->changed_nanoseconds = older->__i_ctime.tv_nsec;
    } else {
        struct inode___until_6_5* older = (void*)inode;
        into->changed = older->i_ctime.tv_sec;
        into->changed_nanoseconds = older->i_ctime.tv_nsec;
    }
}
