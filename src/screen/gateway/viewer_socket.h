// A viewer's WebSocket (RFC 6455) as the broker sees it.
#pragma once

#include "core/base/result.h"
#include "screen/gateway/loop.h"

#include <cstdint>
#include <span>

namespace shoji::gateway {

// RFC 6455, section 7.4.1, and the registry of IANA for the later ones.
enum class CloseCode : std::uint16_t {
    normal = 1000,            // the session is over: do not come back
    policy_violation = 1008,  // the viewer broke the protocol
    internal_error = 1011,    // the session broke the protocol
    service_restart = 1012,   // come back at once, with the newest ticket
};

class ViewerSocket {
  public:
    ViewerSocket() = default;
    ViewerSocket(const ViewerSocket&) = delete;
    ViewerSocket& operator=(const ViewerSocket&) = delete;
    virtual ~ViewerSocket() = default;

    // The next binary message, valid until the next read. `unavailable`: the connection is gone.
    // `invalid`: what came is text, or too long. One reader at a time.
    virtual Task<base::Result<std::span<const std::uint8_t>>> read() = 0;
    // One writer at a time; `message` must live until it is done.
    virtual Task<base::Result<void>> write(std::span<const std::uint8_t> message) = 0;
    // Says goodbye; may take some seconds. After the last write.
    virtual Task<> close(CloseCode code) = 0;
    // Cuts the connection: whatever waits on it fails.
    virtual void abort() = 0;
};

}  // namespace shoji::gateway
