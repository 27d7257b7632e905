#include "watch/detect/sigma/value_cache.h"

#include <functional>

namespace shoji::sigma {

ValueCache::Found ValueCache::find(std::string_view value) const {
    if (places_.empty() || value.size() > most_bytes) return {};
    const std::size_t hash = std::hash<std::string_view>()(value);
    const auto& place = places_[hash % places];
    if (!place.kept || place.hash != hash || place.value != value) return {};
    return {true, place.findings};
}

void ValueCache::keep(std::string_view value, std::span<const std::uint32_t> findings) {
    if (value.size() > most_bytes) return;
    if (places_.empty()) places_.resize(places);
    const std::size_t hash = std::hash<std::string_view>()(value);
    auto& place = places_[hash % places];
    if (place.hash == hash) {
        place.kept = true;
        place.value = value;
        place.findings.assign(findings.begin(), findings.end());
        return;
    }
    // What is kept gives way to a newcomer only when that comes again.
    place.hash = hash;
    place.kept = false;
}

}  // namespace shoji::sigma
