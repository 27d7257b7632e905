// One connection from the browser: its request is read, judged, and either served or refused with a
// report.
#pragma once

#include "screen/egress/allow_list.h"
#include "screen/egress/expiry.h"
#include "screen/egress/pair.h"
#include "screen/egress/reporter.h"
#include "screen/egress/request_head.h"
#include "screen/egress/resolver.h"

#include <memory>
#include <string>

namespace shoji::egress {

// What all connections of a session share.
struct Context {
    AllowList allow_list;
    Expiry expiry;
    Limits limits;
    Resolver resolver;
    Reporter reporter;
    std::vector<std::uint8_t> scratch = std::vector<std::uint8_t>(buffer_size);

    [[nodiscard]] bool expired() const;  // asks the system's clocks
};

// Seconds of the wall clock and of CLOCK_BOOTTIME.
std::uint64_t wall_seconds();
std::uint64_t running_seconds();

// Serves the pair's one request and returns when nothing more is to be done for it.
Awaitable<void> serve(std::shared_ptr<Pair> pair, Context& context);

// The answer to a refused request: a status and no word, since its reader may be taken over.
std::string_view refusal_answer(control::RefusalReason reason);

}  // namespace shoji::egress
