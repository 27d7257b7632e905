#include "watch/sensor/policy_maps.h"

#include <algorithm>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace shoji::sensor {

std::uint64_t name_hash(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

WatchedKeys find_watched(const std::vector<std::string>& paths) {
    WatchedKeys keys;
    for (const auto& path : paths) {
        const auto slash = path.rfind('/');
        const std::string folder = path.substr(0, slash + 1);
        const auto name = std::string_view(path).substr(slash + 1);
        struct stat state {};
        if (::stat(folder.c_str(), &state) != 0) {
            keys.absent.push_back(path);
            continue;
        }
        WatchedKeys::Entry entry;
        entry.key.folder = state.st_ino;
        entry.key.device =
            static_cast<std::uint32_t>(major(state.st_dev) << 20 | minor(state.st_dev));
        entry.all = name.empty() ? 1 : 0;
        // The folder's own entry says whether names have to be looked at.
        const auto known = std::ranges::find_if(keys.entries, [&](const auto& other) {
            return other.key.folder == entry.key.folder && other.key.device == entry.key.device &&
                   other.key.name == 0;
        });
        if (known == keys.entries.end()) {
            keys.entries.push_back(entry);
        } else {
            known->all |= entry.all;
        }
        if (name.empty()) continue;
        entry.key.name = name_hash(name);
        entry.all = 1;
        keys.entries.push_back(entry);
    }
    return keys;
}

sensor_prefix prefix_key(std::string_view path) {
    sensor_prefix key{};
    const auto size = std::min<std::size_t>(path.size(), SENSOR_MOST_PREFIX);
    key.bits = static_cast<std::uint32_t>(size * 8);
    std::ranges::copy(path.substr(0, size), key.text);
    return key;
}

}  // namespace shoji::sensor
