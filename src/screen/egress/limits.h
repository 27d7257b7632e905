// What one session's egress spends at most. A taken-over browser chooses the load; these bound it.
#pragma once

#include <chrono>
#include <cstddef>

namespace shoji::egress {

struct Limits {
    std::size_t connections = 256;                               // from the browser, at once
    std::chrono::milliseconds head{std::chrono::seconds(30)};    // until a request's head is whole
    std::chrono::milliseconds hello{std::chrono::seconds(10)};   // until the ClientHello is whole
    std::chrono::milliseconds name{std::chrono::seconds(6)};     // to resolve a name
    std::chrono::milliseconds connect{std::chrono::seconds(4)};  // to each of its addresses
    std::size_t addresses = 4;                                   // of a name, that are tried
    std::chrono::milliseconds idle{std::chrono::minutes(15)};    // without a byte either way
    std::chrono::milliseconds half_closed{std::chrono::seconds(30)};  // the same, once a side ended
    std::chrono::milliseconds pin{std::chrono::minutes(1)};  // a name keeps its addresses so long
    std::chrono::milliseconds report{200};                   // between reports of refusals
    std::chrono::milliseconds traffic{2000};  // between reports of traffic, when there was any
};

// Bytes taken from one side before the other side has taken them.
inline constexpr std::size_t buffer_size = 65536;

}  // namespace shoji::egress
