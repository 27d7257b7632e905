#include "watch/detect/intrusion/storms.h"

#include "watch/detect/incident/names.h"
#include "watch/detect/intrusion/hash.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace shoji::intrusion {
namespace {

constexpr std::size_t most_extension = 16;

std::string_view file_of(std::string_view key) {
    const auto slash = key.rfind('/');
    return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

// "docx" of "a.docx"; empty for none and for what is too long to be one.
std::string extension_of(std::string_view file) {
    const auto dot = file.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || file.size() - dot - 1 > most_extension) {
        return {};
    }
    return std::string(file.substr(dot + 1));
}

// "docx" of "a.docx.locked".
std::string inner_extension_of(std::string_view file) {
    return extension_of(file.substr(0, file.rfind('.')));
}

bool is_most(std::size_t part) {
    return part * 5 >= Storms::files * 4;
}

}  // namespace

bool Storms::is_new(const Look& look, const std::string& extension) {
    if (extension.empty() || look.lists.extension(extension)) return false;
    return !extensions_.look(extension, look.host, look.age).is_usual;
}

// More noise than files of that extension usually hold, here or by the lists.
bool Storms::rises(const Look& look, const std::string& extension) {
    constexpr std::uint64_t enough = 50;
    constexpr std::uint64_t most_counted = 100'000;
    const double bits = look.activity.entropy;
    if (!(bits >= 0 && bits <= 8) || extension.empty()) return false;
    const auto listed = look.lists.extension(extension);
    auto& noise = noises_.touch(extension);
    const bool is_known = noise.count >= enough || listed;
    const double usual = noise.count >= enough ? static_cast<double>(noise.thousandths) /
                                                     static_cast<double>(noise.count) / 1000
                                               : listed.value_or(8);
    const bool is_rise =
        is_known && bits >= look.settings.noise_bits && bits >= usual + look.settings.noise_rise;
    // What rises is no sample of what is usual.
    if (!is_rise && noise.count < most_counted) {
        noise.thousandths += static_cast<std::uint64_t>(bits * 1000);
        ++noise.count;
    }
    return is_rise;
}

Storms::Touch Storms::touch_of(const Look& look, std::string& new_extension) {
    const auto path = incident::path_key(look.activity.path);
    const auto file = file_of(path);
    Touch touch;
    touch.time = look.age.now;
    touch.file = hash_of(look.activity.path);
    touch.folder = hash_of(std::string_view(path).substr(0, path.size() - file.size()));
    touch.is_renamed = look.activity.kind == event::ActivityKind::file_rename;
    std::string outer;
    std::string inner;
    if (touch.is_renamed) {
        const auto target = incident::path_key(look.activity.target);
        outer = extension_of(file_of(target));
        inner = extension_of(file);
    } else {
        outer = extension_of(file);
        inner = inner_extension_of(file);
        touch.is_noise = rises(look, is_new(look, outer) && !inner.empty() ? inner : outer);
    }
    if (outer != inner && !inner.empty() && is_new(look, outer)) {
        touch.extension = hash_of(outer);
        new_extension = outer;
    }
    if (!outer.empty()) (void)extensions_.meet(outer, look.host, look.age);
    return touch;
}

void Storms::observe(const Look& look) {
    std::string extension;
    const auto touch = touch_of(look, extension);
    auto& storm = storms_.touch(look.host + '|' + look.process);
    if (!extension.empty()) storm.extension = extension;
    // A silence ends a storm.
    if (!storm.touches.empty() &&
        look.age.now - storm.touches.back().time > look.settings.storm_slow) {
        storm.touches.clear();
        storm.changed = 0;
    }
    const auto same = std::ranges::find(storm.touches, touch.file, &Touch::file);
    if (same != storm.touches.end()) {
        same->is_noise |= touch.is_noise;
        same->is_renamed |= touch.is_renamed;
        if (touch.extension != 0) same->extension = touch.extension;
    } else {
        if (storm.touches.size() >= files) storm.touches.erase(storm.touches.begin());
        storm.touches.push_back(touch);
        ++storm.changed;
    }
    if (storm.touches.size() >= files) judge(look, storm);
}

Storms::Signs Storms::signs_of(const Storm& storm) {
    Signs signs;
    std::map<std::uint64_t, std::size_t> extensions;
    std::set<std::uint64_t> folders;
    for (const auto& touch : storm.touches) {
        signs.noise += touch.is_noise ? 1 : 0;
        signs.renamed += touch.is_renamed ? 1 : 0;
        folders.insert(touch.folder);
        if (touch.extension != 0) {
            signs.extension = std::max(signs.extension, ++extensions[touch.extension]);
        }
    }
    signs.folders = folders.size();
    signs.span = storm.touches.back().time - storm.touches.front().time;
    return signs;
}

void Storms::judge(const Look& look, Storm& storm) {
    constexpr std::size_t several_folders = 3;
    const auto signs = signs_of(storm);
    const bool is_ransom = signs.span <= look.settings.storm_slow &&
                           (is_most(signs.noise) || is_most(signs.extension));
    const bool is_fast = signs.span <= look.settings.storm_fast && signs.folders >= several_folders;
    if (!is_ransom && !is_fast) return;
    const auto before = programs_.meet(look.process, look.host, look.age);
    // Installers, backup and synchronisation do so daily; while learning they are only met.
    const bool is_told = is_ransom || (!before.is_usual && !look.age.is_learning());
    if (is_told) tell(look, storm, signs, is_ransom, before);
    storm.touches.clear();
}

void Storms::tell(const Look& look, const Storm& storm, const Signs& signs, bool is_ransom,
                  const Standing& before) {
    const bool has_extension = is_most(signs.extension);
    const auto* what = !is_ransom      ? "intrusion.storm"
                       : has_extension ? "intrusion.ransomware.extension"
                                       : "intrusion.ransomware.noise";
    auto alert = look.alert(is_ransom ? "ransomware" : "storm", what,
                            is_ransom ? Level::critical : Level::medium);
    alert.file = look.activity.kind == event::ActivityKind::file_rename ? look.activity.target
                                                                        : look.activity.path;
    alert.values = {{"program", alert.process},
                    {"files", std::to_string(storm.changed)},
                    {"seconds", std::to_string(signs.span / incident::second)},
                    {"renamed", std::to_string(signs.renamed)},
                    {"noise", std::to_string(signs.noise)},
                    {"folders", std::to_string(signs.folders)},
                    {"extension", storm.extension}};
    alert.techniques = {is_ransom ? "T1486" : "T1485"};
    look.add_baseline(alert, before);
    look.alerts.push_back(std::move(alert));
}

}  // namespace shoji::intrusion
