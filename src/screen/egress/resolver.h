// Names to addresses, through c-ares: /etc/hosts first, then the resolvers. No search domains: a
// name means itself.
#pragma once

#include "core/base/result.h"
#include "screen/egress/address.h"
#include "screen/egress/asynchronous.h"
#include "screen/egress/limits.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace shoji::egress {

class Resolver {
  public:
    // `servers`: IP addresses; empty: those that /etc/resolv.conf names now, which is read here and
    // not again, so that the program may lock itself away from files. `port` is theirs.
    static base::Result<Resolver> make(const std::vector<std::string>& servers, std::uint16_t port,
                                       const Limits& limits);

    // The addresses of `name`, in the order to try them; none when it does not resolve in time. An
    // answer holds for limits.pin whatever the DNS says meanwhile. Only names of the allow-list may
    // be asked for, which bounds what is held.
    Awaitable<std::vector<Address>> resolve(std::string name);
    // The addresses of this name did not answer: the next time it is looked up afresh.
    void forget(const std::string& name) { pins_.erase(name); }

  private:
    struct Pin {
        std::vector<Address> addresses;
        std::chrono::steady_clock::time_point until;
    };
    Resolver(std::string servers, const Limits& limits)
        : servers_(std::move(servers)), limits_(limits) {}

    std::string servers_;  // "192.0.2.53:53,[2001:db8::53]:53"
    Limits limits_;
    std::map<std::string, Pin, std::less<>> pins_;
};

}  // namespace shoji::egress
