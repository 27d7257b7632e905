#include "watch/sensor/privileges.h"

#include "watch/sensor/family.h"

#include <array>

#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <linux/sched.h>

namespace shoji::sensor {
namespace {

using Texts = std::array<std::string_view, SENSOR_ACT_TEXTS>;

std::string_view type_of(std::uint16_t kind) {
    switch (kind) {
        case SENSOR_USERS:
            return "users";
        case SENSOR_CAPABILITIES:
            return "capabilities";
        case SENSOR_NAMESPACES:
            return "namespaces";
        case SENSOR_MOUNT:
            return "mount";
        case SENSOR_UNMOUNT:
            return "unmount";
        case SENSOR_PIVOT_ROOT:
            return "pivot_root";
        case SENSOR_MOVE_MOUNT:
            return "move_mount";
        case SENSOR_ROOT:
            return "chroot";
        case SENSOR_MODULE:
            return "module_load";
        case SENSOR_MODULE_GOES:
            return "module_unload";
        case SENSOR_BPF:
            return "bpf";
        case SENSOR_PARAMETER:
            return "kernel_parameter";
        default:
            return {};
    }
}

std::uint32_t low(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

// False when the process had all of it before: the call changed nothing that is told.
bool add_rights(EventWriter& writer, Scene& scene, const sensor_act& part) {
    const auto& words = scene.words;
    const std::uint32_t user = high(part.value[0]);
    Process* process = scene.processes.enter(key_of(part.head));
    if (process != nullptr && part.result >= 0) {
        const bool is_same = process->user == user && process->capabilities == part.value[2] &&
                             process->real_user == low(part.value[0]) &&
                             process->group == high(part.value[1]);
        if (is_same) return false;
    }
    writer.number(words.user_id, user);
    writer.number(words.real_user_id, low(part.value[0]));
    writer.number(words.group_id, high(part.value[1]));
    writer.kept(words.capabilities, fmt::format("{:x}", part.value[2]));
    writer.kept(words.capabilities_permitted, fmt::format("{:x}", part.value[3]));
    if (process == nullptr) return true;
    scene.add_user(writer, words.former_user, process->user);
    const std::uint64_t gained = part.value[2] & ~process->capabilities;
    if (gained != 0) writer.kept(words.capabilities_gained, fmt::format("{:x}", gained));
    process->user = user;
    process->real_user = low(part.value[0]);
    process->group = high(part.value[1]);
    process->capabilities = part.value[2];
    return true;
}

void add_spaces(EventWriter& writer, const Words& words, const sensor_act& part) {
    struct Space {
        std::uint64_t flag;
        std::string_view name;
    };
    static constexpr std::array<Space, 8> spaces{{{CLONE_NEWNS, "mount"},
                                                  {CLONE_NEWPID, "pid"},
                                                  {CLONE_NEWNET, "network"},
                                                  {CLONE_NEWUSER, "user"},
                                                  {CLONE_NEWUTS, "uts"},
                                                  {CLONE_NEWIPC, "ipc"},
                                                  {CLONE_NEWCGROUP, "cgroup"},
                                                  {CLONE_NEWTIME, "time"}}};
    for (const auto& space : spaces) {
        if ((part.value[0] & space.flag) != 0) writer.text(words.namespaces, space.name);
    }
    writer.number(words.mount_namespace, low(part.value[1]));
    writer.number(words.pid_namespace, high(part.value[1]));
    writer.number(words.network_namespace, low(part.value[2]));
    writer.number(words.user_namespace, high(part.value[2]));
}

void add_mount(EventWriter& writer, const Words& words, const sensor_act& part,
               const Texts& texts) {
    writer.text(words.mount_point, texts[0]);
    writer.text(words.mount_source, texts[1]);
    writer.text(words.file_system, texts[2]);
    if (part.value[0] != 0) writer.number(words.flags, part.value[0]);
}

void add_bpf(EventWriter& writer, const Words& words, const sensor_act& part, const Texts& texts) {
    struct Command {
        std::uint64_t number;
        std::string_view name;
    };
    static constexpr std::array<Command, 7> commands{{{BPF_PROG_LOAD, "prog_load"},
                                                      {BPF_PROG_ATTACH, "prog_attach"},
                                                      {BPF_PROG_DETACH, "prog_detach"},
                                                      {BPF_RAW_TRACEPOINT_OPEN, "tracepoint_open"},
                                                      {BPF_LINK_CREATE, "link_create"},
                                                      {BPF_LINK_DETACH, "link_detach"},
                                                      {BPF_OBJ_PIN, "pin"}}};
    for (const auto& command : commands) {
        if (command.number == part.value[0]) writer.text(words.bpf_command, command.name);
    }
    if (part.value[0] != BPF_PROG_LOAD || part.value[2] == 0) return;
    const char* type = part.value[1] < BPF_PROG_TYPE_UNSPEC + 256
                           ? ::libbpf_bpf_prog_type_str(static_cast<bpf_prog_type>(part.value[1]))
                           : nullptr;
    if (type != nullptr) {
        writer.text(words.bpf_type, type);
    } else {
        writer.number(words.bpf_type, part.value[1]);
    }
    writer.number(words.bpf_id, part.value[2]);
    writer.text(words.bpf_name, texts[0]);
}

// False when there is nothing to tell.
bool add_act(EventWriter& writer, Scene& scene, const sensor_act& part, const Texts& texts) {
    const auto& words = scene.words;
    switch (part.head.kind) {
        case SENSOR_USERS:
        case SENSOR_CAPABILITIES:
            return add_rights(writer, scene, part);
        case SENSOR_NAMESPACES:
            add_spaces(writer, words, part);
            break;
        case SENSOR_ROOT:
            writer.text(words.root_directory, texts[0]);
            break;
        case SENSOR_MODULE:
            writer.text(words.image_loaded, texts[0].empty() ? "memory" : texts[0]);
            break;
        case SENSOR_MODULE_GOES:
            writer.text(words.image_loaded, texts[0]);
            break;
        case SENSOR_BPF:
            add_bpf(writer, words, part, texts);
            break;
        case SENSOR_PARAMETER:
            writer.text(words.parameter, texts[0]);
            writer.text(words.parameter_value, texts[1]);
            break;
        default:
            add_mount(writer, words, part, texts);
    }
    return true;
}

}  // namespace

base::Result<bool> read_privileges(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_act>();
    if (!part) return base::Failure(part.error());
    Texts texts;
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = reader.text(part->text_bytes[i]);
    const auto kind = part->head.kind;
    const auto type = type_of(kind);
    if (type.empty() || !reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "no record of privileges is of kind {:#x}",
                          kind);
    }
    const auto& words = scene.words;
    const bool of_module = kind == SENSOR_MODULE || kind == SENSOR_MODULE_GOES;
    scene.begin(event, part->head, of_module ? words.driver_load : words.privilege_change);
    EventWriter writer(event);
    writer.text(words.event_type, type);
    if (!add_act(writer, scene, *part, texts)) return false;
    // A parameter is told of before the kernel has taken it.
    if (kind != SENSOR_PARAMETER) scene.add_result(writer, part->result);
    scene.add_actor(writer, part->head);
    if ((part->how & SENSOR_ACT_ASKED) != 0) writer.text(words.incomplete, "asked");
    scene.add_incomplete(writer, part->head.flags);
    return true;
}

}  // namespace shoji::sensor
