#include "watch/sensor/access.h"

#include "watch/sensor/family.h"
#include "watch/sensor/process_access.h"

#include <array>

#include <sys/ptrace.h>

namespace shoji::sensor {
namespace {

std::string_view name_of_request(std::uint64_t request) {
    switch (request) {
        case PTRACE_TRACEME:
            return "traceme";
        case PTRACE_POKETEXT:
        case PTRACE_POKEDATA:
        case PTRACE_POKEUSER:
            return "poke";
        case PTRACE_SETREGS:
        case PTRACE_SETFPREGS:
        case PTRACE_SETREGSET:
            return "set_registers";
        case PTRACE_ATTACH:
            return "attach";
        case PTRACE_SEIZE:
            return "seize";
        default:
            return "other";
    }
}

// The kernel's numbers (linux/io_uring.h), which never change; newer ones are "other".
constexpr std::array<std::string_view, 58> operations{"nop",
                                                      "readv",
                                                      "writev",
                                                      "fsync",
                                                      "read_fixed",
                                                      "write_fixed",
                                                      "poll_add",
                                                      "poll_remove",
                                                      "sync_range",
                                                      "sendmsg",
                                                      "recvmsg",
                                                      "timeout",
                                                      "timeout_remove",
                                                      "accept",
                                                      "async_cancel",
                                                      "link_timeout",
                                                      "connect",
                                                      "fallocate",
                                                      "openat",
                                                      "close",
                                                      "files_update",
                                                      "statx",
                                                      "read",
                                                      "write",
                                                      "fadvise",
                                                      "madvise",
                                                      "send",
                                                      "recv",
                                                      "openat2",
                                                      "epoll_ctl",
                                                      "splice",
                                                      "provide_buffers",
                                                      "remove_buffers",
                                                      "tee",
                                                      "shutdown",
                                                      "renameat",
                                                      "unlinkat",
                                                      "mkdirat",
                                                      "symlinkat",
                                                      "linkat",
                                                      "msg_ring",
                                                      "fsetxattr",
                                                      "setxattr",
                                                      "fgetxattr",
                                                      "getxattr",
                                                      "socket",
                                                      "uring_cmd",
                                                      "send_zc",
                                                      "sendmsg_zc",
                                                      "read_multishot",
                                                      "waitid",
                                                      "futex_wait",
                                                      "futex_wake",
                                                      "futex_waitv",
                                                      "fixed_fd_install",
                                                      "ftruncate",
                                                      "bind",
                                                      "listen"};

std::string_view name_of_operation(std::uint64_t number) {
    return number < operations.size() ? operations.at(number) : "other";
}

std::string_view type_of(std::uint16_t kind) {
    switch (kind) {
        case SENSOR_ACCESS_PTRACE:
            return "ptrace";
        case SENSOR_ACCESS_READ:
            return "read_memory";
        case SENSOR_ACCESS_WRITE:
            return "write_memory";
        case SENSOR_ACCESS_DESCRIPTOR:
            return "take_descriptor";
        case SENSOR_ACCESS_MEMORY_FILE:
            return "memory_file";
        case SENSOR_ACCESS_URING:
            return "io_uring";
        case SENSOR_ACCESS_REQUEST:
            return "io_uring_request";
        default:
            return {};
    }
}

void add_access_to(EventWriter& writer, const Scene& scene, const sensor_act& part) {
    const auto& words = scene.words;
    if (part.head.kind == SENSOR_ACCESS_PTRACE) {
        writer.text(words.request, name_of_request(part.value[0]));
    }
    if (part.head.kind == SENSOR_ACCESS_DESCRIPTOR) {
        writer.number(words.descriptor, part.value[0]);
    }
    add_access(writer, scene, part.head, part.target, (part.how & SENSOR_ACT_INSIDE) != 0);
}

// It is told before it is done: it has no result.
void add_request(EventWriter& writer, const Words& words, const sensor_act& part,
                 std::string_view name, std::string_view other) {
    writer.text(words.request, name_of_operation(part.value[0]));
    writer.text(words.target, name);
    writer.text(words.source, other);
    if (part.value[1] != 0) writer.number(words.flags, part.value[1]);
    writer.yes(words.by_io_uring);
}

}  // namespace

base::Result<bool> read_access(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_act>();
    if (!part) return base::Failure(part.error());
    const auto name = reader.text(part->text_bytes[0]);
    const auto other = reader.text(part->text_bytes[1]);
    const auto type = type_of(part->head.kind);
    if (type.empty() || !reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "no record of access is of kind {:#x}",
                          part->head.kind);
    }
    const auto& words = scene.words;
    const bool to_another = part->head.kind <= SENSOR_ACCESS_DESCRIPTOR;
    scene.begin(event, part->head, to_another ? words.process_access : words.process_act);
    EventWriter writer(event);
    writer.text(words.event_type, type);
    if (to_another) add_access_to(writer, scene, *part);
    if (part->head.kind == SENSOR_ACCESS_MEMORY_FILE) {
        writer.text(words.target, name);
        writer.number(words.flags, part->value[0]);
    }
    if (part->head.kind == SENSOR_ACCESS_URING) {
        writer.number(words.entries, part->value[0]);
        writer.number(words.flags, part->value[2]);
    }
    if (part->head.kind == SENSOR_ACCESS_REQUEST) {
        add_request(writer, words, *part, name, other);
    } else {
        scene.add_result(writer, part->result);
    }
    scene.add_actor(writer, part->head);
    return true;
}

}  // namespace shoji::sensor
