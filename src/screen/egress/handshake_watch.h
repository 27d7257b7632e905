// Tells from outside whether a TLS handshake fails, by the records that pass after the ClientHello
// (RFC 8446, 5.1 and 6.2; RFC 5246, 6.2.1): what stands in them is encrypted, but not their kinds
// and lengths. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace shoji::egress {

enum class HandshakeState {
    open,    // not known yet
    done,    // the client has gone on to what follows
    failed,  // an end refused it, such as the client the server's certificate, or it speaks no TLS
};

class HandshakeWatch {
  public:
    HandshakeState from_client(std::span<const std::uint8_t> bytes);
    HandshakeState from_origin(std::span<const std::uint8_t> bytes);
    // The origin has ended the connection.
    HandshakeState origin_ended();

  private:
    static constexpr std::size_t header_size = 5;
    // One direction: where it stands in its records.
    struct Direction {
        std::array<std::uint8_t, header_size> header{};
        std::size_t header_bytes = 0;
        std::size_t body_left = 0;
    };

    HandshakeState read(Direction& direction, std::span<const std::uint8_t> bytes, bool of_client);
    void judge(const Direction& direction, bool of_client);

    Direction client_;
    Direction origin_;
    HandshakeState state_ = HandshakeState::open;
};

}  // namespace shoji::egress
