// The deliverer's way to the process that responds: orders that came down the line go there, how
// they ended comes back. Never waits. What has no end yet is said again to a new end of the link:
// whoever responds may die, and knows then which orders it has begun.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/letters/letters.h"
#include "watch/line/message.h"

#include <functional>
#include <map>
#include <vector>

namespace shoji::station {

class Errands {
  public:
    using Tell = std::function<void(line::Report)>;

    // `answers`: policy has somebody who responds; otherwise every order is refused.
    Errands(bool answers, Tell tell) : answers_(answers), tell_(std::move(tell)) {}

    void connect(base::FileDescriptor link);
    void put(line::Order order);
    void turn();
    [[nodiscard]] int socket() const { return link_.get(); }  // -1: none

  private:
    struct Waiting {
        std::vector<std::uint8_t> order;
        bool sent = false;
    };

    void send();
    void hear();

    bool answers_;
    Tell tell_;
    base::FileDescriptor link_;
    std::map<std::uint64_t, Waiting> waiting_;  // by the hub's number; line::maximum_orders at most
};

}  // namespace shoji::station
