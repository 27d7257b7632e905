#include "screen/egress/report_book.h"

#include <algorithm>
#include <limits>

namespace shoji::egress {

using control::Refused;

void ReportBook::note(control::RefusalReason reason, control::Scheme scheme,
                      const std::string& host, std::uint16_t port) {
    ++refusals_;
    const auto same = std::ranges::find_if(entries_, [&](const Refused& entry) {
        return entry.reason == reason && entry.scheme == scheme && entry.port == port &&
               entry.host == host;
    });
    if (same != entries_.end()) {
        if (same->times < std::numeric_limits<std::uint32_t>::max()) ++same->times;
    } else if (entries_.size() < maximum_entries) {
        entries_.push_back({reason, scheme, host, port, 1});
    } else {
        ++lost_;
    }
}

const Refused* ReportBook::front() const {
    return entries_.empty() ? nullptr : &entries_.front();
}

void ReportBook::pop() {
    entries_.erase(entries_.begin());
}

}  // namespace shoji::egress
