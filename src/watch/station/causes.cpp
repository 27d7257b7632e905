#include "watch/station/causes.h"

#include <sys/socket.h>

namespace shoji::station {

namespace {
constexpr event::Time second = 1'000'000'000;
}

bool Causes::send(const letters::Bytes& bytes) const {
    return ::send(answerer_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void Causes::ask(const letters::Cause& cause, event::Time now) {
    auto bytes = encode(cause);
    if (const auto known = kept_.find(bytes); known != kept_.end()) {
        known->second.waits = true;
        return;
    }
    const bool sent = send(bytes);
    if (kept_.size() < most_kept) {
        kept_.emplace(std::move(bytes), Kept{cause.rule, now, !sent});
    } else if (!sent) {
        ++lost_[cause.rule];
    }
}

void Causes::turn(event::Time now) {
    for (auto at = kept_.begin(); at != kept_.end();) {
        auto& one = at->second;
        if (now - one.asked < second) {
            ++at;
        } else if (one.waits && send(at->first)) {
            one = {one.rule, now, false};
            ++at;
        } else if (one.waits && now - one.asked < patience) {
            ++at;
        } else {
            if (one.waits) ++lost_[one.rule];
            at = kept_.erase(at);
        }
    }
}

std::map<std::string, std::uint64_t> Causes::take_lost(event::Time now) {
    constexpr event::Time minute = 60 * second;
    if (lost_.empty() || (told_ != 0 && now - told_ < minute)) return {};
    told_ = now;
    return std::exchange(lost_, {});
}

}  // namespace shoji::station
