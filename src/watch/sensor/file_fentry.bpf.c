/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
 *
 * Files, where the kernel lets programs be attached to its own functions: each act costs where it
 * happens, and system calls that do none of these cost nothing. What an act is done to is
 * remembered at the function that knows the mount (security_path_*); it is told of when the act has
 * succeeded. */
#include "file_common.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Bytes written through a file, by its address, from the first write to the close. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768);
    __type(key, __u64);
    __type(value, __u64);
} written_bytes SEC(".maps");

/* What a thread is about to do. A file system may do the same to another one's file on the way
 * (overlayfs): the name says which is meant. */
struct intent {
    struct vfsmount* mnt;
    struct dentry* dentry;
    struct dentry* folder; /* of a rename: where the old name was */
    struct sensor_file file;
    __u64 before; /* of a copy: bytes that had been written */
    __u32 kind;
    __u32 name_bytes;
    char name[256];
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __type(value, struct intent);
} intents SEC(".maps");
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct intent);
} no_intent SEC(".maps");

static __always_inline __u32 this_thread(void) {
    return (__u32)bpf_get_current_pid_tgid();
}

static __always_inline struct intent* intend(__u32 kind, struct vfsmount* mnt,
                                             struct dentry* dentry) {
    __u32 thread = this_thread();
    __u32 zero = 0;
    struct intent* empty = bpf_map_lookup_elem(&no_intent, &zero);
    if (!empty || bpf_map_update_elem(&intents, &thread, empty, BPF_ANY)) return NULL;
    struct intent* made = bpf_map_lookup_elem(&intents, &thread);
    if (!made) return NULL;
    made->kind = kind;
    made->mnt = mnt;
    made->dentry = dentry;
    return made;
}

static __always_inline struct intent* intended(__u32 kind, struct dentry* dentry) {
    __u32 thread = this_thread();
    struct intent* made = bpf_map_lookup_elem(&intents, &thread);
    return made && made->kind == kind && made->dentry == dentry ? made : NULL;
}

static __always_inline void forget(void) {
    __u32 thread = this_thread();
    bpf_map_delete_elem(&intents, &thread);
}

SEC("fexit/security_file_open")
int BPF_PROG(file_open, struct file* file, int failed) {
    if (failed) return 0;
    struct inode* inode = file->f_inode;
    if ((inode->i_mode & S_IFMT) != S_IFREG) return 0;
    if (is_written(file->f_mode)) {
        __u32 how = file->f_mode & FMODE_CREATED ? SENSOR_HOW_CREATED : 0;
        if (file->f_flags & O_TRUNC) how |= SENSOR_HOW_TRUNCATED;
        tell_file(SENSOR_FILE_OPEN, file, inode, how, 0, false);
    } else if (!(file->f_mode & (FMODE_BACKING | FMODE_NOACCOUNT)) && is_watched(file)) {
        tell_file(SENSOR_FILE_READ, file, inode, 0, 0, false);
    }
    return 0;
}

SEC("fentry/locks_remove_file")
int BPF_PROG(file_close, struct file* file) {
    if (!is_written(file->f_mode)) return 0;
    struct inode* inode = file->f_inode;
    if ((inode->i_mode & S_IFMT) != S_IFREG) return 0;
    __u64 key = (__u64)file;
    __u64* bytes = bpf_map_lookup_elem(&written_bytes, &key);
    __u64 written = bytes ? *bytes : 0;
    if (bytes) bpf_map_delete_elem(&written_bytes, &key);
    tell_file(SENSOR_FILE_CLOSE, file, inode, 0, written, false);
    return 0;
}

static __always_inline void count_written(struct file* file, long bytes) {
    if (bytes <= 0 || (file->f_inode->i_mode & S_IFMT) != S_IFREG) return;
    __u64 key = (__u64)file;
    __u64* sum = bpf_map_lookup_elem(&written_bytes, &key);
    if (sum) {
        __sync_fetch_and_add(sum, bytes);
    } else {
        __u64 first = bytes;
        bpf_map_update_elem(&written_bytes, &key, &first, BPF_ANY);
    }
}

SEC("fexit/vfs_write")
int BPF_PROG(file_write, struct file* file, const char* buffer, unsigned long count, void* at,
             long done) {
    count_written(file, done);
    return 0;
}

SEC("?fexit/vfs_writev")
int BPF_PROG(file_writev, struct file* file, void* parts, unsigned long count, void* at, int flags,
             long done) {
    count_written(file, done);
    return 0;
}

/* sendfile and splice into a file */
SEC("?fexit/iter_file_splice_write")
int BPF_PROG(file_splice, void* pipe, struct file* file, void* at, unsigned long count,
             unsigned int flags, long done) {
    count_written(file, done);
    return 0;
}

/* May go through the one before, or not: the sum is set to what it must be. */
SEC("?fentry/vfs_copy_file_range")
int BPF_PROG(file_copy_begin, struct file* from, long long at, struct file* to) {
    struct intent* made = intend(SENSOR_FILE_CLOSE, NULL, NULL);
    if (!made) return 0;
    __u64 key = (__u64)to;
    __u64* sum = bpf_map_lookup_elem(&written_bytes, &key);
    made->before = sum ? *sum : 0;
    return 0;
}

SEC("?fexit/vfs_copy_file_range")
int BPF_PROG(file_copy, struct file* from, long long at, struct file* to, long long to_at,
             unsigned long count, unsigned int flags, long done) {
    struct intent* made = intended(SENSOR_FILE_CLOSE, NULL);
    if (!made || done <= 0) return 0;
    __u64 key = (__u64)to;
    __u64 sum = made->before + done;
    bpf_map_update_elem(&written_bytes, &key, &sum, BPF_ANY);
    forget();
    return 0;
}

SEC("fentry/security_path_rename")
int BPF_PROG(file_rename_asked, const struct path* folder, struct dentry* dentry) {
    intend(SENSOR_FILE_RENAME, folder->mnt, dentry);
    return 0;
}

/* The old name, before it is gone. */
SEC("fentry/vfs_rename")
int BPF_PROG(file_rename_begin, struct renamedata* names) {
    struct dentry* dentry = names->old_dentry;
    struct intent* made = intended(SENSOR_FILE_RENAME, dentry);
    if (!made) return 0;
    made->folder = dentry->d_parent;
    long bytes = bpf_probe_read_kernel_str(made->name, sizeof made->name, dentry->d_name.name);
    made->name_bytes = bytes > 0 ? bytes - 1 : 0;
    return 0;
}

SEC("fexit/vfs_rename")
int BPF_PROG(file_rename, struct renamedata* names, int failed) {
    struct dentry* dentry = names->old_dentry;
    struct intent* made = intended(SENSOR_FILE_RENAME, dentry);
    if (!made || failed || !made->folder) return 0;
    int index = file_begin(SENSOR_FILE_RENAME);
    if (index < 0) return 0;
    struct scratch* s = scratch_of(index);
    if (!s) return 0;
    struct sensor_file_record* record = (struct sensor_file_record*)s->record;
    struct inode* inode = dentry->d_inode;
    if (inode) describe_inode(&record->file, inode);
    /* The old path: its folder, then its name. */
    file_path(s, index, SENSOR_TEXT_PATH, made->mnt, made->folder);
    if (record->text_bytes[SENSOR_TEXT_PATH] > 1) {
        *end_of(s) = '/';
        s->at += 1;
        record->text_bytes[SENSOR_TEXT_PATH] += 1;
    }
    record->text_bytes[SENSOR_TEXT_PATH] += append_kernel(s, made->name, made->name_bytes & 255);
    file_path(s, index, SENSOR_TEXT_OTHER, made->mnt, dentry);
    file_send(s, true);
    forget();
    return 0;
}

static __always_inline void intend_removal(const struct path* folder, struct dentry* dentry) {
    struct intent* made = intend(SENSOR_FILE_UNLINK, folder->mnt, dentry);
    struct inode* inode = dentry->d_inode;
    if (made && inode) describe_inode(&made->file, inode);
}

SEC("fentry/security_path_unlink")
int BPF_PROG(file_unlink_asked, const struct path* folder, struct dentry* dentry) {
    intend_removal(folder, dentry);
    return 0;
}

SEC("fentry/security_path_rmdir")
int BPF_PROG(file_rmdir_asked, const struct path* folder, struct dentry* dentry) {
    intend_removal(folder, dentry);
    return 0;
}

static __always_inline void tell_removal(struct dentry* dentry, __u32 how) {
    struct intent* made = intended(SENSOR_FILE_UNLINK, dentry);
    if (!made) return;
    int index = file_begin(SENSOR_FILE_UNLINK);
    if (index >= 0) {
        struct scratch* s = scratch_of(index);
        if (!s) return;
        struct sensor_file_record* record = (struct sensor_file_record*)s->record;
        record->file = made->file;
        record->how = how;
        file_send(s, file_path(s, index, SENSOR_TEXT_PATH, made->mnt, dentry));
    }
    forget();
}

SEC("fexit/vfs_unlink")
int BPF_PROG(file_unlink, void* map, struct inode* folder, struct dentry* dentry, void* delegated,
             int failed) {
    if (!failed) tell_removal(dentry, 0);
    return 0;
}

SEC("fexit/vfs_rmdir")
int BPF_PROG(file_rmdir, void* map, struct inode* folder, struct dentry* dentry, int failed) {
    if (!failed) tell_removal(dentry, SENSOR_HOW_FOLDER);
    return 0;
}

SEC("fentry/security_path_chmod")
int BPF_PROG(file_mode_asked, const struct path* path) {
    intend(SENSOR_FILE_MODE, path->mnt, path->dentry);
    return 0;
}

SEC("fentry/security_path_chown")
int BPF_PROG(file_owner_asked, const struct path* path) {
    intend(SENSOR_FILE_OWNER, path->mnt, path->dentry);
    return 0;
}

SEC("fexit/notify_change")
int BPF_PROG(file_change, void* map, struct dentry* dentry, void* change, void* delegated,
             int failed) {
    if (failed) return 0;
    __u32 kind = SENSOR_FILE_MODE;
    struct intent* made = intended(kind, dentry);
    if (!made) {
        kind = SENSOR_FILE_OWNER;
        made = intended(kind, dentry);
    }
    if (!made) return 0;
    int index = file_begin(kind);
    if (index >= 0) {
        struct scratch* s = scratch_of(index);
        if (!s) return 0;
        struct sensor_file_record* record = (struct sensor_file_record*)s->record;
        describe_inode(&record->file, dentry->d_inode);
        file_send(s, file_path(s, index, SENSOR_TEXT_PATH, made->mnt, dentry));
    }
    forget();
    return 0;
}

SEC("fentry/security_path_link")
int BPF_PROG(file_link_asked, struct dentry* old, const struct path* folder,
             struct dentry* dentry) {
    intend(SENSOR_FILE_LINK, folder->mnt, dentry);
    return 0;
}

SEC("fexit/vfs_link")
int BPF_PROG(file_link, struct dentry* old, void* map, struct inode* folder, struct dentry* dentry,
             void* delegated, int failed) {
    struct intent* made = intended(SENSOR_FILE_LINK, dentry);
    if (!made || failed) return 0;
    int index = file_begin(SENSOR_FILE_LINK);
    if (index >= 0) {
        struct scratch* s = scratch_of(index);
        if (!s) return 0;
        struct sensor_file_record* record = (struct sensor_file_record*)s->record;
        describe_inode(&record->file, old->d_inode);
        bool wanted = file_path(s, index, SENSOR_TEXT_PATH, made->mnt, dentry);
        file_path(s, index, SENSOR_TEXT_OTHER, made->mnt, old);
        file_send(s, wanted);
    }
    forget();
    return 0;
}

SEC("fentry/security_path_symlink")
int BPF_PROG(file_symlink_asked, const struct path* folder, struct dentry* dentry) {
    intend(SENSOR_FILE_SYMLINK, folder->mnt, dentry);
    return 0;
}

SEC("fexit/vfs_symlink")
int BPF_PROG(file_symlink, void* map, struct inode* folder, struct dentry* dentry,
             const char* target, int failed) {
    struct intent* made = intended(SENSOR_FILE_SYMLINK, dentry);
    if (!made || failed) return 0;
    int index = file_begin(SENSOR_FILE_SYMLINK);
    if (index >= 0) {
        struct scratch* s = scratch_of(index);
        if (!s) return 0;
        struct sensor_file_record* record = (struct sensor_file_record*)s->record;
        bool wanted = file_path(s, index, SENSOR_TEXT_PATH, made->mnt, dentry);
        long bytes = bpf_probe_read_kernel_str(end_of(s), SENSOR_MOST_PATH, target);
        if (bytes > 1) {
            record->text_bytes[SENSOR_TEXT_OTHER] = bytes - 1;
            s->at += bytes - 1;
        }
        file_send(s, wanted);
    }
    forget();
    return 0;
}

SEC("fexit/security_mmap_file")
int BPF_PROG(file_map, struct file* file, unsigned long protection, unsigned long flags,
             int failed) {
    if (file && !failed && (protection & PROT_EXEC)) tell_mapping(file, 0);
    return 0;
}

SEC("fexit/security_file_mprotect")
int BPF_PROG(file_protect, struct vm_area_struct* area, unsigned long asked,
             unsigned long protection, int failed) {
    if (failed || !(protection & PROT_EXEC)) return 0;
    struct file* file = area->vm_file;
    if (file) tell_mapping(file, SENSOR_HOW_PROTECT);
    return 0;
}
