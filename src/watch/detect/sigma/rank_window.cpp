#include "watch/detect/sigma/rank_window.h"

#include "watch/detect/sigma/window_events.h"

#include <cmath>

namespace shoji::sigma {

RankWindow::RankWindow(const CorrelationRule& rule, std::size_t most_events)
    : rule_(rule), most_(most_events) {}

std::size_t RankWindow::add(const Sample& sample) {
    while (!events_.empty() && events_.front().time < sample.time - rule_.span) pop();
    const bool full = events_.size() >= most_;
    if (full) pop();
    events_.push({sample.time, sample.number});
    const bool low = !lower_.empty() && sample.number <= *lower_.rbegin();
    (low ? lower_ : upper_).insert(sample.number);
    balance();
    return full ? 1 : 0;
}

void RankWindow::pop() {
    const double number = events_.front().number;
    events_.pop();
    const auto found = lower_.find(number);
    if (found != lower_.end()) {
        lower_.erase(found);
    } else {
        upper_.erase(upper_.find(number));
    }
    balance();
}

double RankWindow::rank() const {
    constexpr double median = 50;
    const double percentile = rule_.percentile.value_or(median);
    return percentile / 100 * static_cast<double>(events_.size() - 1);
}

void RankWindow::balance() {
    if (events_.empty()) return;
    const auto wanted = static_cast<std::size_t>(std::floor(rank())) + 1;
    while (lower_.size() < wanted) lower_.insert(upper_.extract(upper_.begin()));
    while (lower_.size() > wanted) upper_.insert(lower_.extract(std::prev(lower_.end())));
}

double RankWindow::measure() const {
    const double part = rank() - std::floor(rank());
    const double below = *lower_.rbegin();
    if (part == 0 || upper_.empty()) return below;
    return below + part * (*upper_.begin() - below);
}

std::size_t RankWindow::bytes() const {
    constexpr std::size_t node = sizeof(double) + 5 * sizeof(void*);
    return sizeof(*this) + events_.bytes() + events_.size() * node;
}

std::optional<std::size_t> RankWindow::load(base::Loader& loader, event::Time last) {
    loader(events_);
    if (!loader.ok() || !is_window(events_, rule_, last)) return std::nullopt;
    for (std::size_t i = 0; i < events_.size(); ++i) upper_.insert(events_[i].number);
    balance();
    std::size_t dropped = 0;
    for (; events_.size() > most_; ++dropped) pop();
    return dropped;
}

}  // namespace shoji::sigma
