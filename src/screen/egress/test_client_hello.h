// Makes ClientHellos for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace shoji::egress::test {

using Bytes = std::vector<std::uint8_t>;

inline void append(Bytes& to, const Bytes& more) {
    to.insert(to.end(), more.begin(), more.end());
}

// `size` bytes of length, then the bytes.
inline Bytes vector_of(std::size_t size, const Bytes& content) {
    Bytes bytes;
    for (std::size_t i = size; i-- > 0;) {
        bytes.push_back(static_cast<std::uint8_t>(content.size() >> (8 * i)));
    }
    append(bytes, content);
    return bytes;
}

inline Bytes extension(std::uint16_t type, const Bytes& content) {
    Bytes bytes{static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type)};
    append(bytes, vector_of(2, content));
    return bytes;
}

inline Bytes server_name_entry(std::string_view name, std::uint8_t type = 0) {
    Bytes bytes{type};
    append(bytes, vector_of(2, Bytes(name.begin(), name.end())));
    return bytes;
}

inline Bytes server_name(std::string_view name) {
    return extension(0, vector_of(2, server_name_entry(name)));
}

// The handshake message, with its header.
inline Bytes hello_message(const Bytes& extensions, std::size_t session = 32) {
    Bytes body{3, 3};
    body.resize(2 + 32, 7);
    append(body, vector_of(1, Bytes(session, 9)));
    append(body, vector_of(2, {0x13, 0x01, 0x13, 0x02}));
    append(body, vector_of(1, {0}));
    append(body, vector_of(2, extensions));
    Bytes message{1};
    append(message, vector_of(3, body));
    return message;
}

// Handshake records of at most `fragment` bytes each.
inline Bytes records(const Bytes& message, std::size_t fragment = 16384) {
    Bytes bytes;
    for (std::size_t position = 0; position < message.size(); position += fragment) {
        const auto end = std::min(message.size(), position + fragment);
        bytes.insert(bytes.end(), {22, 3, 1});
        append(bytes, vector_of(2, Bytes(message.begin() + static_cast<std::ptrdiff_t>(position),
                                         message.begin() + static_cast<std::ptrdiff_t>(end))));
    }
    return bytes;
}

inline Bytes client_hello(std::string_view name) {
    return records(hello_message(server_name(name)));
}

}  // namespace shoji::egress::test
