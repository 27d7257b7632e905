// What administrators may ask for at the admin socket: one JSON object a line. Pure.
#pragma once

#include "core/base/result.h"
#include "core/policy/policy.h"
#include "core/store/types.h"
#include "screen/control/control.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace shoji::gateway::admin {

inline constexpr std::size_t maximum_line = std::size_t{1} << 20U;  // bytes

struct UserAdd {
    std::string name;
    std::string role;
};
struct UserList {};
struct UserRemove {
    std::string name;
};
struct UserReset {
    std::string name;
};
struct UserUnlock {
    std::string name;
};
struct TerminalAdd {
    std::string name;
    std::string zone;
    store::Digest fingerprint{};
    store::Seconds expires = 0;
};
struct TerminalList {};
struct TerminalRevoke {
    std::string name;
};
struct SessionList {};
struct SessionKill {
    control::SessionId id{};
};
struct DestinationRefused {
    std::optional<std::string> destination;
};
struct ConfigurationGet {};
struct ConfigurationApply {
    std::int64_t revision = 0;
    policy::Configuration configuration;
};
struct Status {};

using Request = std::variant<UserAdd, UserList, UserRemove, UserReset, UserUnlock, TerminalAdd,
                             TerminalList, TerminalRevoke, SessionList, SessionKill,
                             DestinationRefused, ConfigurationGet, ConfigurationApply, Status>;

// `invalid` names what is wrong. A configuration is sound (policy::check) when this succeeds.
base::Result<Request> parse(std::string_view line);

}  // namespace shoji::gateway::admin
