#include "screen/gateway/connections.h"

#include <vector>

namespace shoji::gateway {

std::optional<Connections::Place> Connections::admit(const std::string& address) {
    if (entries_.size() >= maximum) return {};
    std::size_t& count = of_address_[address];
    if (count >= maximum_of_address) return {};
    ++count;
    entries_.push_front({address, {}, false, {}});
    return Place(*this, entries_.begin());
}

void Connections::forget(std::list<Entry>::iterator entry) {
    const auto count = of_address_.find(entry->address);
    if (--count->second == 0) of_address_.erase(count);
    entries_.erase(entry);
}

void Connections::close_where(const std::function<bool(const Entry&)>& which) {
    // Closing may make others forget themselves: collect first.
    std::vector<std::function<void()>> closing;
    for (const auto& entry : entries_) {
        if (entry.close && which(entry)) closing.push_back(entry.close);
    }
    for (const auto& close : closing) close();
}

void Connections::close_of(const store::Digest& fingerprint, bool viewers) {
    close_where([&](const Entry& entry) {
        return entry.fingerprint == fingerprint && entry.viewer == viewers;
    });
}

void Connections::close_all() {
    close_where([](const Entry&) { return true; });
}

}  // namespace shoji::gateway
