// The window of value_percentile and value_median: its numbers in two sorted halves, of which the
// lower one ends at the rank that is asked for.
#pragma once

#include "watch/detect/sigma/correlation_window.h"
#include "watch/detect/sigma/ring.h"

#include <set>

namespace shoji::sigma {

class RankWindow : public CorrelationWindow {
  public:
    RankWindow(const CorrelationRule& rule, std::size_t most_events);

    std::size_t add(const Sample& sample) override;
    // The number at rank p/100 · (n − 1), counted from 0; linear between two ranks.
    [[nodiscard]] double measure() const override;
    [[nodiscard]] event::Time first() const override { return events_.front().time; }
    [[nodiscard]] std::size_t bytes() const override;
    void save(base::Saver& saver) const override { saver(events_); }
    [[nodiscard]] std::optional<std::size_t> load(base::Loader& loader, event::Time last) override;

  private:
    struct Entry {
        event::Time time = 0;
        double number = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(time, number);
        }
    };
    void pop();
    // Moves numbers until the lower half has as many as the rank asks for.
    void balance();
    [[nodiscard]] double rank() const;

    const CorrelationRule& rule_;
    std::size_t most_;
    Ring<Entry> events_;
    std::multiset<double> lower_;
    std::multiset<double> upper_;
};

}  // namespace shoji::sigma
