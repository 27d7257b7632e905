// What `shoji respond` says to the privileged process at its Unix socket, one packet each way.
// Commands are binary and bounded, for the process that reads them is privileged; answers are JSON
// of the shape that the gateway's have:
// {"ok":true,"result":…} or {"ok":false,"error":{"kind","message","key","values"}}. Pure.
#pragma once

#include "watch/response/order.h"

#include <string>
#include <variant>

namespace shoji::response {

struct StatusCommand {
    bool operator==(const StatusCommand&) const = default;
};
struct OrderCommand {
    std::vector<std::uint8_t> order;  // as it came, at most most_order bytes
    bool operator==(const OrderCommand&) const = default;
};
// Of what waits.
struct DecideCommand {
    std::string id;  // 32 hexadecimal digits
    std::string by;  // 1 to 200 bytes, printable
    bool approved = false;
    bool operator==(const DecideCommand&) const = default;
};
using Command = std::variant<StatusCommand, Request, OrderCommand, DecideCommand>;

constexpr const char* control_socket = "respond.sock";        // in the sensor's folder of sockets
constexpr std::size_t most_command = most_order + 16;         // bytes
constexpr std::size_t most_answer = std::size_t{128} << 10U;  // bytes

std::vector<std::uint8_t> encode_command(const Command& command);
base::Result<Command> decode_command(std::span<const std::uint8_t> bytes);

}  // namespace shoji::response
