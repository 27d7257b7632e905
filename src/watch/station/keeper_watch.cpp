#include "watch/station/keeper_watch.h"

#include <algorithm>

namespace shoji::station {

void KeeperWatch::hear(Time now, std::chrono::seconds next) {
    const bool was_silent = !begun_ || keeper_told_;
    begun_ = true;
    keeper_told_ = false;
    alive_until_ = now + std::max(silent_, next);
    // It did nothing while it was silent, nor will it until it is back.
    if (was_silent || next > silent_) {
        records_until_ = std::max(records_until_, now + next + canary_ + silent_);
    }
}

void KeeperWatch::see_record(Time now) {
    records_told_ = false;
    records_until_ = std::max(records_until_, now + canary_ + silent_);
}

KeeperWatch::Finding KeeperWatch::look(Time now) {
    // It started this process a moment ago.
    if (!begun_) hear(now, std::chrono::seconds(0));
    if (now > alive_until_) {
        if (keeper_told_) return Finding::nothing;
        keeper_told_ = true;
        return Finding::keeper_silent;
    }
    if (canary_ == std::chrono::seconds(0) || records_told_ || now <= records_until_) {
        return Finding::nothing;
    }
    records_told_ = true;
    return Finding::records_silent;
}

}  // namespace shoji::station
