#include "screen/gateway/rate_limiter.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <arpa/inet.h>

namespace shoji::gateway {

double RateLimiter::tokens(const Bucket& bucket, double now) const {
    const double gained = std::max(0.0, now - bucket.filled) / rule_.seconds_for_one;
    return std::min(rule_.burst, bucket.tokens + gained);
}

double RateLimiter::take(const std::string& key, double now) {
    auto found = buckets_.find(key);
    if (found == buckets_.end()) {
        if (buckets_.size() >= rule_.maximum_keys) make_room(now);
        found = buckets_.emplace(key, Bucket{rule_.burst, now}).first;
    }
    Bucket& bucket = found->second;
    bucket.tokens = tokens(bucket, now);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
    }
    return (1 - bucket.tokens) * rule_.seconds_for_one;
}

void RateLimiter::make_room(double now) {
    std::erase_if(buckets_,
                  [&](const auto& entry) { return tokens(entry.second, now) >= rule_.burst; });
    while (buckets_.size() >= rule_.maximum_keys) {
        // The fullest has the least to lose.
        buckets_.erase(std::ranges::max_element(
            buckets_, {}, [&](const auto& entry) { return tokens(entry.second, now); }));
    }
}

std::string rate_key(const std::string& address) {
    in6_addr bytes{};
    if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
    const auto* first = reinterpret_cast<const char*>(&bytes);
    constexpr std::size_t network_bytes = 8;
    return std::string(first, network_bytes);
}

}  // namespace shoji::gateway
