#include "watch/sensor/process_access.h"

#include <charconv>

namespace shoji::sensor {
namespace {

// The last part of `path`, taken off it with its slash.
std::string_view take_last(std::string_view& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    const auto part = path.substr(slash + 1);
    path.remove_suffix(path.size() - slash);
    return part;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc() || end != last || number == 0) return std::nullopt;
    return number;
}

}  // namespace

std::optional<std::uint32_t> process_of_memory(std::string_view path) {
    if (take_last(path) != "mem") return std::nullopt;
    const auto number = number_in(take_last(path));
    if (!number) return std::nullopt;
    auto above = path;
    if (take_last(above) != "task") return number;
    return number_in(take_last(above));
}

void add_access(EventWriter& writer, const Scene& scene, const sensor_head& source,
                std::uint32_t target, bool is_inside) {
    const auto& words = scene.words;
    if (const auto* process = scene.processes.find(key_of(source))) {
        writer.kept(words.source_image, process->program->image);
    }
    scene.add_guid(writer, words.source_process_guid, key_of(source));
    writer.number(words.source_process_id, source.process);
    scene.add_user(writer, words.source_user, source.user);
    if (target == 0) return;
    writer.number(words.target_process_id, target);
    const auto* other = is_inside ? nullptr : scene.processes.find_number(target);
    if (other == nullptr) return;
    scene.add_guid(writer, words.target_process_guid, other->key);
    writer.kept(words.target_image, other->program->image);
    scene.add_user(writer, words.target_user, other->user);
}

}  // namespace shoji::sensor
