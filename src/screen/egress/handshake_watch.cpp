#include "screen/egress/handshake_watch.h"

#include <algorithm>

namespace shoji::egress {
namespace {

// RFC 8446, appendix B.1.
constexpr std::uint8_t change_cipher_spec = 20;
constexpr std::uint8_t alert = 21;
constexpr std::uint8_t application_data = 23;
constexpr std::uint8_t major_version = 3;
// TLS 1.3 hides an alert's kind, but not its length: two bytes, one for the kind, a tag of 16. The
// other first encrypted record of a client is its Finished, which is longer.
constexpr std::size_t encrypted_alert = 2 + 1 + 16;

}  // namespace

void HandshakeWatch::judge(const Direction& direction, bool of_client) {
    const std::uint8_t kind = direction.header[0];
    const bool tls = kind >= change_cipher_spec && kind <= application_data &&
                     direction.header[1] == major_version;
    if (!tls || kind == alert) {
        state_ = HandshakeState::failed;
    } else if (kind == application_data && of_client) {
        state_ =
            direction.body_left == encrypted_alert ? HandshakeState::failed : HandshakeState::done;
    }
}

HandshakeState HandshakeWatch::read(Direction& direction, std::span<const std::uint8_t> bytes,
                                    bool of_client) {
    while (!bytes.empty() && state_ == HandshakeState::open) {
        const bool in_body = direction.body_left != 0;
        const auto wanted = in_body ? direction.body_left : header_size - direction.header_bytes;
        const auto taken = std::min(wanted, bytes.size());
        if (in_body) {
            direction.body_left -= taken;
        } else {
            std::ranges::copy(
                bytes.first(taken),
                direction.header.begin() + static_cast<std::ptrdiff_t>(direction.header_bytes));
            direction.header_bytes += taken;
        }
        bytes = bytes.subspan(taken);
        if (direction.header_bytes < header_size) continue;
        direction.header_bytes = 0;
        direction.body_left =
            std::size_t{direction.header[3]} << 8U | std::size_t{direction.header[4]};
        judge(direction, of_client);
    }
    return state_;
}

HandshakeState HandshakeWatch::from_client(std::span<const std::uint8_t> bytes) {
    return read(client_, bytes, true);
}

HandshakeState HandshakeWatch::from_origin(std::span<const std::uint8_t> bytes) {
    return read(origin_, bytes, false);
}

HandshakeState HandshakeWatch::origin_ended() {
    if (state_ == HandshakeState::open) state_ = HandshakeState::failed;
    return state_;
}

}  // namespace shoji::egress
