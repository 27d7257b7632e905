#include "watch/detect/sigma/correlation_window.h"

#include "watch/detect/sigma/rank_window.h"
#include "watch/detect/sigma/ring.h"
#include "watch/detect/sigma/window_events.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>
#include <vector>

namespace shoji::sigma {
namespace {

using event::Time;

constexpr Time never = 0;  // every event has a time, which is later

// The time up to which events are outside of a window.
Time before(const Sample& sample, const CorrelationRule& rule) {
    return sample.time - rule.span;
}

class CountWindow : public CorrelationWindow {
  public:
    CountWindow(const CorrelationRule& rule, std::size_t most) : rule_(rule), most_(most) {}

    std::size_t add(const Sample& sample) override {
        while (!times_.empty() && times_.front() < before(sample, rule_)) times_.pop();
        const bool full = times_.size() >= most_;
        if (full) times_.pop();
        times_.push(sample.time);
        return full ? 1 : 0;
    }
    [[nodiscard]] double measure() const override { return static_cast<double>(times_.size()); }
    [[nodiscard]] Time first() const override { return times_.front(); }
    [[nodiscard]] std::size_t bytes() const override { return sizeof(*this) + times_.bytes(); }
    void save(base::Saver& saver) const override { saver(times_); }
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, Time last) override {
        loader(times_);
        if (!loader.ok() || !is_window(times_, rule_, last)) return std::nullopt;
        std::size_t dropped = 0;
        for (; times_.size() > most_; ++dropped) times_.pop();
        return dropped;
    }

  private:
    const CorrelationRule& rule_;
    std::size_t most_;
    Ring<Time> times_;
};

// Distinct values, or the share of the newest one's value.
class DistinctWindow : public CorrelationWindow {
  public:
    DistinctWindow(const CorrelationRule& rule, std::size_t most) : rule_(rule), most_(most) {}

    std::size_t add(const Sample& sample) override {
        while (!events_.empty() && events_.front().time < before(sample, rule_)) pop();
        const bool full = events_.size() >= most_;
        if (full) pop();
        events_.push({sample.time, sample.value});
        ++counts_[sample.value];
        newest_ = sample.value;
        return full ? 1 : 0;
    }
    [[nodiscard]] double measure() const override {
        if (rule_.type == CorrelationType::value_count) return static_cast<double>(counts_.size());
        return 100.0 * static_cast<double>(counts_.at(newest_)) /
               static_cast<double>(events_.size());
    }
    [[nodiscard]] Time first() const override { return events_.front().time; }
    [[nodiscard]] std::size_t bytes() const override {
        constexpr std::size_t node = sizeof(std::pair<Digest, std::uint32_t>) + 5 * sizeof(void*);
        return sizeof(*this) + events_.bytes() + counts_.size() * node;
    }
    void save(base::Saver& saver) const override { saver(events_); }
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, Time last) override {
        loader(events_);
        if (!loader.ok() || !is_window(events_, rule_, last)) return std::nullopt;
        for (std::size_t i = 0; i < events_.size(); ++i) ++counts_[events_[i].value];
        newest_ = events_[events_.size() - 1].value;
        std::size_t dropped = 0;
        for (; events_.size() > most_; ++dropped) pop();
        return dropped;
    }

  private:
    struct Entry {
        Time time = 0;
        Digest value;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(time, value);
        }
    };
    void pop() {
        const auto count = counts_.find(events_.front().value);
        if (--count->second == 0) counts_.erase(count);
        events_.pop();
    }

    const CorrelationRule& rule_;
    std::size_t most_;
    Ring<Entry> events_;
    std::unordered_map<Digest, std::uint32_t, DigestHash> counts_;
    Digest newest_;
};

// Which rules occurred: the last time of each is enough.
class CompanyWindow : public CorrelationWindow {
  public:
    explicit CompanyWindow(const CorrelationRule& rule)
        : rule_(rule), last_(rule.rules.size(), never) {}

    std::size_t add(const Sample& sample) override {
        start_ = before(sample, rule_);
        for (std::size_t i = 0; i < last_.size(); ++i) {
            if ((sample.rules >> i & 1U) != 0) last_[i] = sample.time;
        }
        return 0;
    }
    [[nodiscard]] double measure() const override { return std::popcount(occurred()); }
    [[nodiscard]] std::uint64_t occurred() const override {
        std::uint64_t rules = 0;
        for (std::size_t i = 0; i < last_.size(); ++i) {
            if (last_[i] != never && last_[i] >= start_) rules |= std::uint64_t{1} << i;
        }
        return rules;
    }
    [[nodiscard]] Time first() const override {
        Time first = std::numeric_limits<Time>::max();
        for (const auto last : last_) {
            if (last != never && last >= start_) first = std::min(first, last);
        }
        return first;
    }
    [[nodiscard]] std::size_t bytes() const override {
        return sizeof(*this) + last_.size() * sizeof(Time);
    }
    void save(base::Saver& saver) const override {
        for (const auto time : last_) saver(time);
    }
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, Time last) override {
        for (auto& time : last_) loader(time);
        if (!loader.ok() || std::ranges::max(last_) != last) return std::nullopt;
        start_ = last - rule_.span;
        return 0;
    }

  private:
    const CorrelationRule& rule_;
    std::vector<Time> last_;
    Time start_ = 0;
};

// How many of the rules occurred one after the other, in their order. For each rule and each
// length, the latest time at which a chain of that length that ends with that rule began: a later
// beginning is never worse.
class OrderWindow : public CorrelationWindow {
  public:
    explicit OrderWindow(const CorrelationRule& rule)
        : rule_(rule), rules_(rule.rules.size()), begun_(rules_ * rules_, never) {}

    std::size_t add(const Sample& sample) override {
        start_ = before(sample, rule_);
        // The last rule first: one event is one step of a chain only.
        for (std::size_t last = rules_; last-- > 0;) {
            if ((sample.rules >> last & 1U) == 0) continue;
            for (std::size_t length = 2; length <= last + 1; ++length) {
                auto& begun = begun_[last * rules_ + length - 1];
                for (std::size_t previous = length - 2; previous < last; ++previous) {
                    begun = std::max(begun, begun_[previous * rules_ + length - 2]);
                }
            }
            begun_[last * rules_] = sample.time;
        }
        return 0;
    }
    [[nodiscard]] double measure() const override { return static_cast<double>(longest().length); }
    [[nodiscard]] Time first() const override { return longest().begun; }
    [[nodiscard]] std::size_t bytes() const override {
        return sizeof(*this) + begun_.size() * sizeof(Time);
    }
    void save(base::Saver& saver) const override {
        for (const auto time : begun_) saver(time);
    }
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, Time last) override {
        for (auto& time : begun_) loader(time);
        if (!loader.ok() || std::ranges::max(begun_) != last) return std::nullopt;
        start_ = last - rule_.span;
        return 0;
    }

  private:
    struct Chain {
        std::size_t length = 0;
        Time begun = never;
    };
    [[nodiscard]] Chain longest() const {
        Chain longest;
        for (std::size_t length = rules_; length > 0 && longest.length == 0; --length) {
            for (std::size_t last = length - 1; last < rules_; ++last) {
                const auto begun = begun_[last * rules_ + length - 1];
                if (begun == never || begun < start_) continue;
                longest = {length, std::max(longest.begun, begun)};
            }
        }
        return longest;
    }

    const CorrelationRule& rule_;
    std::size_t rules_;
    std::vector<Time> begun_;  // [last rule][length - 1]
    Time start_ = 0;
};

// Sums without subtracting, so that one huge number leaves no trace when it goes: the older events
// know the sum from themselves to the newest of the older ones; the newer ones have one sum. When
// the older ones are used up, all become older ones.
class SumWindow : public CorrelationWindow {
  public:
    SumWindow(const CorrelationRule& rule, std::size_t most) : rule_(rule), most_(most) {}

    std::size_t add(const Sample& sample) override {
        while (!events_.empty() && events_.front().time < before(sample, rule_)) pop();
        const bool full = events_.size() >= most_;
        if (full) pop();
        events_.push({sample.time, sample.number, 0});
        newer_ += sample.number;
        return full ? 1 : 0;
    }
    [[nodiscard]] double measure() const override {
        const double sum = newer_ + (older_ > 0 ? events_.front().onward : 0);
        if (rule_.type == CorrelationType::value_sum) return sum;
        return sum / static_cast<double>(events_.size());
    }
    [[nodiscard]] Time first() const override { return events_.front().time; }
    [[nodiscard]] std::size_t bytes() const override { return sizeof(*this) + events_.bytes(); }
    void save(base::Saver& saver) const override {
        saver(events_, static_cast<std::uint32_t>(older_));
    }
    // The sums are made again in the order in which they were made.
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, Time last) override {
        std::uint32_t older = 0;
        loader(events_, older);
        if (!loader.ok() || !is_window(events_, rule_, last) || older >= events_.size()) {
            return std::nullopt;
        }
        make_older(older);
        for (std::size_t i = older_; i < events_.size(); ++i) newer_ += events_[i].number;
        std::size_t dropped = 0;
        for (; events_.size() > most_; ++dropped) pop();
        return dropped;
    }

  private:
    struct Entry {
        Time time = 0;
        double number = 0;
        double onward = 0;  // of the older ones: the sum from this one to the last of them

        template <class Archive>
        void transfer(Archive& archive) {
            archive(time, number);
        }
    };
    // Of the first `count` events.
    void make_older(std::size_t count) {
        double sum = 0;
        for (std::size_t i = count; i-- > 0;) {
            sum += events_[i].number;
            events_[i].onward = sum;
        }
        older_ = count;
        newer_ = 0;
    }
    void pop() {
        if (older_ == 0) make_older(events_.size());
        events_.pop();
        --older_;
    }

    const CorrelationRule& rule_;
    std::size_t most_;
    Ring<Entry> events_;
    std::size_t older_ = 0;  // how many
    double newer_ = 0;       // the sum of the others
};

}  // namespace

std::unique_ptr<CorrelationWindow> CorrelationWindow::make(const CorrelationRule& rule,
                                                           std::size_t most_events) {
    const auto most = std::max<std::size_t>(1, most_events);
    switch (rule.type) {
        case CorrelationType::event_count:
            return std::make_unique<CountWindow>(rule, most);
        case CorrelationType::value_count:
            return std::make_unique<DistinctWindow>(rule, most);
        case CorrelationType::temporal:
            return std::make_unique<CompanyWindow>(rule);
        case CorrelationType::temporal_ordered:
            return std::make_unique<OrderWindow>(rule);
        case CorrelationType::value_sum:
        case CorrelationType::value_avg:
            return std::make_unique<SumWindow>(rule, most);
        default:
            break;
    }
    if (rule.type == CorrelationType::value_percentile && !rule.percentile) {
        return std::make_unique<DistinctWindow>(rule, most);
    }
    return std::make_unique<RankWindow>(rule, most);
}

}  // namespace shoji::sigma
