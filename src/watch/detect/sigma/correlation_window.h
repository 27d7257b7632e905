// What a correlation remembers of one group: the events at most its timespan older than the newest
// one, or what is enough of them to say the same. Each event costs at most the logarithm of the
// window's size.
#pragma once

#include "core/base/archive.h"
#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/digest.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace shoji::sigma {

// One event as its group sees it.
struct Sample {
    event::Time time = 0;
    std::uint64_t rules = 0;  // bits: places in CorrelationRule::rules of those that hold
    Digest value;             // value_count, value_percentile without percentile
    double number = 0;        // the other value_…
};

class CorrelationWindow {
  public:
    // `rule` must outlive it. `most_events` are kept, at least one.
    static std::unique_ptr<CorrelationWindow> make(const CorrelationRule& rule,
                                                   std::size_t most_events);
    virtual ~CorrelationWindow() = default;

    // In the order of time. Returns how many events were dropped that the timespan would have kept.
    virtual std::size_t add(const Sample& sample) = 0;

    // Of the window that ends with the event added last: what the bounds are for, …
    [[nodiscard]] virtual double measure() const = 0;
    // … which rules have occurred (temporal), …
    [[nodiscard]] virtual std::uint64_t occurred() const { return 0; }
    // … and when it began: the oldest event that counts.
    [[nodiscard]] virtual event::Time first() const = 0;
    // Memory that it holds, about.
    [[nodiscard]] virtual std::size_t bytes() const = 0;

    // What is remembered, as bytes, and back into a new window of the same rule; `last` is when
    // add was called last. Gives how many events were dropped because fewer are kept now; nothing
    // when no window can be in that state. Then it must not be used.
    virtual void save(base::Saver& saver) const = 0;
    [[nodiscard]] virtual std::optional<std::size_t> load(base::Loader& loader,
                                                          event::Time last) = 0;
};

}  // namespace shoji::sigma
