#include "screen/gateway/connections.h"

#include <vector>

namespace shoji::gateway {

std::optional<Connections::Place> Connections::admit(const std::string& address, double now) {
    if (book_->entries.size() >= maximum) return {};
    const std::string key = rate_key(address);
    const auto known = book_->of_address.find(key);
    if (known != book_->of_address.end() && known->second >= maximum_of_address) return {};
    if (by_address_.take(key, now) > 0) return {};
    ++book_->of_address[key];
    book_->entries.push_front({address, {}, false, {}});
    return Place(book_, book_->entries.begin());
}

void Connections::Book::forget(std::list<Entry>::iterator entry) {
    const auto count = of_address.find(rate_key(entry->address));
    if (--count->second == 0) of_address.erase(count);
    entries.erase(entry);
}

void Connections::close_where(const std::function<bool(const Entry&)>& which) {
    // Closing may make others forget themselves: collect first.
    std::vector<std::function<void()>> closing;
    for (const auto& entry : book_->entries) {
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
