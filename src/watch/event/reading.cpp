#include "watch/event/reading.h"

#include <algorithm>

namespace shoji::event {

void Reading::complete(Event& event) const {
    auto& of = event.source;
    if (of.product != no_source || of.service != no_source) return;
    of.product = source.product;
    of.service = source.service;
    const auto category = source.categories.front();
    if (category == no_source || std::ranges::find(of.categories, category) != of.categories.end())
        return;
    const auto free = std::ranges::find(of.categories, no_source);
    if (free != of.categories.end()) *free = category;
}

std::optional<LogSource> read_source(std::string_view text, Names& names) {
    constexpr std::size_t longest = 128;
    LogSource source;
    while (true) {
        const auto end = std::min(text.find(','), text.size());
        const auto part = text.substr(0, end);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto key = part.substr(0, equals);
        const auto value = part.substr(equals + 1);
        SourceId* id = key == "product"    ? &source.product
                       : key == "service"  ? &source.service
                       : key == "category" ? &source.categories.front()
                                           : nullptr;
        if (id == nullptr || *id != no_source || value.empty() || value.size() > longest) {
            return std::nullopt;
        }
        *id = names.add_source(value);
        if (end == text.size()) return source;
        text.remove_prefix(end + 1);
    }
}

}  // namespace shoji::event
