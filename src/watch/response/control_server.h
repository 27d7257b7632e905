// The privileged process's end of control.h.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/response/control.h"
#include "watch/response/responder.h"

#include <filesystem>

namespace shoji::response {

// What a command comes to, as the answer's JSON; at most most_answer bytes.
std::string answer(Responder& responder, const Command& command);

// Of an order that somebody signed, whoever brought it: carried out once. Who brings the same one
// again is told how it ended where `repeats`, and refused otherwise. The answer is printable and at
// most most_order_answer bytes.
constexpr std::size_t most_order_answer = std::size_t{8} << 10U;
OrderEnd answer_order(Responder& responder, std::span<const std::uint8_t> order, bool repeats);

// A socket that root alone may connect to (mode 0600).
base::Result<base::FileDescriptor> listen_for_commands(const std::filesystem::path& path);

// Takes the connection that waits at `listener`, one command from it within two seconds, and
// answers. Peers that are not of this process's own user are refused.
base::Result<void> serve_command(int listener, Responder& responder);

}  // namespace shoji::response
