// What the analyst asks of the process that responds, one packet an alert. The very same again is
// asked at most once a second, and then once more for all that came meanwhile; what finds no room
// in the link waits, bounded in number and time. What is not asked in the end is counted.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/event/event.h"
#include "watch/letters/letters.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace shoji::station {

class Causes {
  public:
    using Rules = std::set<std::string, std::less<>>;
    static constexpr std::size_t most_kept = 1024;
    static constexpr event::Time patience = 60'000'000'000;  // until one that waits is lost

    Causes(base::FileDescriptor answerer, Rules rules)
        : answerer_(std::move(answerer)), rules_(std::move(rules)) {}
    void connect(base::FileDescriptor answerer) { answerer_ = std::move(answerer); }

    // Whether the rule's alerts lead to a response.
    [[nodiscard]] bool want(std::string_view rule) const { return rules_.contains(rule); }
    // `now`: nanoseconds since the boot, here and below.
    void ask(const letters::Cause& cause, event::Time now);
    // Once a second: asks what waits.
    void turn(event::Time now);
    // How many were lost, by rule, since it was asked last; at most once a minute.
    std::map<std::string, std::uint64_t> take_lost(event::Time now);

  private:
    struct Kept {
        std::string rule;
        event::Time asked = 0;  // or came, where it has not been asked yet
        bool waits = false;
    };
    [[nodiscard]] bool send(const letters::Bytes& bytes) const;

    base::FileDescriptor answerer_;
    Rules rules_;
    std::map<letters::Bytes, Kept> kept_;  // by what is asked
    std::map<std::string, std::uint64_t> lost_;
    event::Time told_ = 0;
};

}  // namespace shoji::station
