#include "watch/hunt/gathering.h"

#include <algorithm>
#include <iterator>

namespace shoji::hunt {

std::size_t Seen::bytes() const {
    return sizeof(*this) - sizeof(observation) + observation.bytes() + computer.capacity() +
           channel.capacity() + event_id.capacity();
}

void Gathering::add(std::vector<Seen>& some) {
    const std::scoped_lock lock(adding_);
    for (auto& seen : some) {
        bytes_ += seen.bytes();
        all_.push_back(std::move(seen));
    }
    some.clear();
    // Now and then; what is cut off then would be cut off at the end as well.
    if (bytes_ / 2 > most_bytes_) cut();
}

std::vector<Seen> Gathering::take() {
    cut();
    return std::move(all_);
}

void Gathering::cut() {
    std::ranges::sort(all_, {}, &Seen::order);
    std::size_t kept = 0;
    std::size_t bytes = 0;
    while (kept < all_.size() && bytes + all_[kept].bytes() <= most_bytes_) {
        bytes += all_[kept++].bytes();
    }
    left_out_ += all_.size() - kept;
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(kept), all_.end());
    bytes_ = bytes;
}

}  // namespace shoji::hunt
