// Viewers' WebSockets with Beast.
#pragma once

#include "screen/gateway/beast.h"
#include "screen/gateway/header_policy.h"
#include "screen/gateway/viewer_socket.h"

#include <memory>

namespace shoji::gateway {

inline constexpr std::string_view viewer_protocol = "shoji.v1";

// True when the request asks for a WebSocket that speaks viewer_protocol.
bool asks_for_viewer_socket(const HttpRequest& request);

// Answers the upgrade with these headers. Null when the connection broke meanwhile.
Task<std::shared_ptr<ViewerSocket>> accept_viewer_socket(TlsStream stream, HttpRequest request,
                                                         Headers headers);

}  // namespace shoji::gateway
