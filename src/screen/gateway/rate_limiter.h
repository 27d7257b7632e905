// How often somebody may try: a bucket of tokens for each key (an address, a user's name) that
// fills up again with time. The table is bounded: nobody can make it grow by inventing keys.
//
// Pure: the caller says what time it is, in seconds of a clock that is never set.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace shoji::gateway {

struct RateRule {
    double burst = 10;           // tries at once
    double seconds_for_one = 6;  // until one more is allowed
    std::size_t maximum_keys = 4096;
};

class RateLimiter {
  public:
    explicit RateLimiter(const RateRule& rule) : rule_(rule) {}

    // Takes one try of that key. Returns 0 when it is allowed, else the seconds to wait.
    double take(const std::string& key, double now);

    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

  private:
    struct Bucket {
        double tokens = 0;
        double filled = 0;
    };

    [[nodiscard]] double tokens(const Bucket& bucket, double now) const;
    void make_room(double now);

    RateRule rule_;
    std::unordered_map<std::string, Bucket> buckets_;
};

// What counts as one address: an IPv6 terminal has a whole /64 to choose from.
std::string rate_key(const std::string& address);

}  // namespace shoji::gateway
