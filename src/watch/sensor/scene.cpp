#include "watch/sensor/scene.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace shoji::sensor {
namespace {

bool is_hexadecimal(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The next part of `text` up to `mark`, taken off it.
std::string_view take_part(std::string_view& text, char mark) {
    const auto end = text.find(mark);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

// docker-ID.scope, cri-containerd-ID.scope, libpod-ID.scope, ID
std::string_view container_of(std::string_view part) {
    constexpr std::size_t digits = 64;
    if (part.ends_with(".scope")) part.remove_suffix(6);
    if (part.size() < digits) return {};
    const auto id = part.substr(part.size() - digits);
    const bool separate = part.size() == digits || part[part.size() - digits - 1] == '-';
    return separate && is_hexadecimal(id) ? id : std::string_view();
}

// shoji-INSTANCE, an instance being eight hexadecimal digits
bool is_shoji_group(std::string_view part) {
    return part.size() == 14 && part.starts_with("shoji-") && is_hexadecimal(part.substr(6));
}

// So that the sum with any time of today is one.
constexpr std::uint64_t longest_boot = 1ULL << 62;

}  // namespace

std::unordered_map<std::uint32_t, std::string> parse_users(std::string_view passwd) {
    constexpr std::size_t most = 65536;
    std::unordered_map<std::uint32_t, std::string> users;
    while (!passwd.empty() && users.size() < most) {
        auto line = take_part(passwd, '\n');
        const auto name = take_part(line, ':');
        take_part(line, ':');
        const auto number = take_part(line, ':');
        std::uint32_t user = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), user);
        const bool whole = error == std::errc() && end == number.data() + number.size();
        if (whole && !name.empty()) users.emplace(user, name);
    }
    return users;
}

CgroupName describe_cgroup(std::string_view path) {
    CgroupName name;
    name.path = path;
    bool inside_shoji = false;
    while (!path.empty()) {
        const auto part = take_part(path, '/');
        if (const auto id = container_of(part); !id.empty()) name.container = id;
        if (inside_shoji && name.session.empty()) {
            name.session = part;
        } else if (!name.session.empty() && name.role.empty()) {
            name.role = part;
        }
        if (is_shoji_group(part)) inside_shoji = true;
    }
    return name;
}

void Scene::add_cgroup(std::uint64_t id, std::string_view path) {
    cgroups.add(id, describe_cgroup(path));
}

void Scene::begin(event::Event& event, const sensor_head& head, event::SourceId category) const {
    event.clear();
    event.source.product = words.product;
    event.source.service = words.service;
    event.source.categories[0] = category;
    event.time =
        boot_time + static_cast<std::int64_t>(std::min<std::uint64_t>(head.time, longest_boot));
    EventWriter(event).text(words.computer, computer);
}

void Scene::add_guid(EventWriter& writer, const Word& word, ProcessKey key) const {
    fmt::basic_memory_buffer<char, 96> text;
    fmt::format_to(std::back_inserter(text), "{}-{:x}-{:x}", boot, key.process, key.start);
    writer.kept(word, {text.data(), text.size()});
}

void Scene::add_user(EventWriter& writer, const Word& word, std::uint32_t user) const {
    const auto found = users.find(user);
    if (found == users.end()) return writer.number(word, user);
    writer.kept(word, found->second);
}

void Scene::add_cgroup(EventWriter& writer, std::uint64_t cgroup) const {
    const auto* found = cgroups.find(cgroup);
    if (found == nullptr) return writer.number(words.cgroup, cgroup);
    writer.kept(words.cgroup, found->path);
    writer.kept(words.container, found->container);
    writer.kept(words.session, found->session);
    writer.kept(words.role, found->role);
}

void Scene::add_process(EventWriter& writer, const Process& process) const {
    add_guid(writer, words.process_guid, process.key);
    writer.number(words.process_id, process.key.process);
    writer.kept(words.image, process.program->image);
    writer.kept(words.command_line, process.program->command);
    add_guid(writer, words.parent_guid, process.parent);
    writer.number(words.parent_id, process.parent.process);
    const auto* parent = processes.parent_of(process);
    if (parent == nullptr) return;
    writer.kept(words.parent_image, parent->program->image);
    writer.kept(words.parent_command_line, parent->program->command);
    add_user(writer, words.parent_user, parent->user);
}

void Scene::add_actor(EventWriter& writer, const sensor_head& head) const {
    if (const auto* process = processes.find(key_of(head))) {
        add_process(writer, *process);
    } else {
        add_guid(writer, words.process_guid, key_of(head));
        writer.number(words.process_id, head.process);
    }
    if (head.thread != head.process) writer.number(words.thread_id, head.thread);
    add_user(writer, words.user, head.user);
    add_cgroup(writer, head.cgroup);
}

void Scene::add_result(EventWriter& writer, std::int32_t result) const {
    if (result >= 0) return writer.text(words.result, "success");
    const char* name = result > -4096 ? ::strerrorname_np(-result) : nullptr;
    if (name != nullptr) return writer.text(words.result, name);
    writer.text(words.result, "error");
}

void Scene::add_incomplete(EventWriter& writer, std::uint16_t flags) const {
    if ((flags & SENSOR_CUT) != 0) writer.text(words.incomplete, "cut");
    if ((flags & SENSOR_UNREADABLE) != 0) writer.text(words.incomplete, "unreadable");
    if ((flags & SENSOR_NO_ENVIRONMENT) != 0) writer.text(words.incomplete, "environment");
}

}  // namespace shoji::sensor
