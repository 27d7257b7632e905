// One screen that the broker keeps. For screens*.cpp only.
#pragma once

#include "screen/gateway/input_guard.h"
#include "screen/gateway/screens.h"

#include <set>
#include <tuple>

namespace shoji::gateway {

struct Screens::Screen {
    using Clock = std::chrono::steady_clock;

    Screen(const asio::any_io_executor& executor, store::Screen stored, std::string user_name,
           std::string user_role)
        : entry(std::move(stored)),
          user(std::move(user_name)),
          role(std::move(user_role)),
          changed(executor) {}

    store::Screen entry;
    std::string user;
    std::string role;
    // A display stream that nobody has spoken on yet: the next viewer's.
    std::optional<base::FileDescriptor> display;
    std::shared_ptr<PacketSocket> reports;
    std::shared_ptr<Viewer> viewer;         // the one that is connected
    Clock::time_point left = Clock::now();  // since when none is
    // Refusals while no viewer was there: the next one's.
    std::vector<wire::Refused> untold;
    control::Traffic traffic;
    InputGuard input;
    Clock::time_point input_recorded = Clock::now();
    bool attaching = false;            // the host is being asked for streams
    std::optional<std::uint8_t> over;  // with that reason of docs/wire.md
    Signal changed;                    // attaching or over
    std::set<std::tuple<std::string, std::uint16_t, control::RefusalReason>> recorded_refusals;
};

}  // namespace shoji::gateway
