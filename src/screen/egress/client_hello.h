// The first message of a TLS connection (RFC 8446, 4.1.2), read for the name that the client asks
// for (RFC 6066, 3). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace shoji::egress {

// Bytes of a ClientHello and its record headers. Browsers send about 2 KB; the limit leaves room
// for larger post-quantum key shares.
inline constexpr std::size_t maximum_client_hello = 16384;

enum class HelloState {
    incomplete,  // well-formed so far
    complete,
    invalid,  // not TLS, malformed, or longer than maximum_client_hello
};

struct ClientHello {
    HelloState state = HelloState::invalid;
    // The server_name, when complete: in lower case, the form of a DNS name; nothing when the
    // extension is absent.
    std::optional<std::string> server_name;

    friend bool operator==(const ClientHello&, const ClientHello&) = default;
};

// Reads the ClientHello at the front of `bytes`, which may lie in several records. Bytes after the
// last of those records (early data) are left alone; bytes after it in that record are invalid.
// Invalid are also: an extension that stands twice, a server_name of another form than one host
// name, a record of another kind in between.
ClientHello read_client_hello(std::span<const std::uint8_t> bytes);

}  // namespace shoji::egress
