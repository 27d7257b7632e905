#include "screen/egress/client_hello.h"

#include "screen/control/control.h"

#include <algorithm>
#include <vector>

namespace shoji::egress {
namespace {

// RFC 8446, appendix B.
constexpr std::uint8_t record_handshake = 22;
constexpr std::uint8_t message_client_hello = 1;
constexpr std::uint16_t extension_server_name = 0;
constexpr std::uint8_t name_type_host = 0;
constexpr std::size_t record_header = 5;
constexpr std::size_t message_header = 4;
constexpr std::size_t maximum_fragment = 16384;

// TLS is big-endian; after a short read everything is zero and ok() is false.
class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        for (const auto byte : bytes(size)) value = value << 8U | byte;
        return value;
    }
    std::span<const std::uint8_t> bytes(std::size_t size) {
        if (size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    // A vector with a length of `size` bytes before it.
    std::span<const std::uint8_t> vector(std::size_t size) { return bytes(number(size)); }
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

  private:
    std::span<const std::uint8_t> rest_;
    bool ok_ = true;
};

// Joins the fragments of the first handshake message. Sets `state`; the message is returned whole
// when complete.
std::vector<std::uint8_t> join_records(std::span<const std::uint8_t> bytes, HelloState& state) {
    std::vector<std::uint8_t> message;
    std::size_t used = 0;
    state = HelloState::invalid;
    while (true) {
        const auto rest = bytes.subspan(used);
        // What is there of the header is checked at once: what is not TLS need not be waited for.
        if ((!rest.empty() && rest[0] != record_handshake) || (rest.size() > 1 && rest[1] != 3)) {
            return {};
        }
        if (rest.size() < record_header) break;
        const std::size_t length = std::size_t{rest[3]} << 8U | rest[4];
        used += record_header + length;
        if (length == 0 || length > maximum_fragment || used > maximum_client_hello) return {};
        const auto fragment = rest.subspan(record_header);
        message.insert(
            message.end(), fragment.begin(),
            fragment.begin() + static_cast<std::ptrdiff_t>(std::min(length, fragment.size())));
        if (!message.empty() && message[0] != message_client_hello) return {};
        if (message.size() >= message_header) {
            const std::size_t whole = message_header + (std::size_t{message[1]} << 16U |
                                                        std::size_t{message[2]} << 8U | message[3]);
            if (whole > maximum_client_hello || message.size() > whole) return {};
            // The record's end must be the message's end, even before all of it has arrived.
            if (message.size() == whole && fragment.size() >= length) {
                state = HelloState::complete;
                return message;
            }
        }
        if (fragment.size() < length) break;
    }
    state = HelloState::incomplete;
    return {};
}

// The one host name of a server_name extension, or nothing when it has another form.
std::optional<std::string> read_server_name(std::span<const std::uint8_t> extension) {
    Reader outer(extension);
    Reader list(outer.vector(2));
    const auto type = list.number(1);
    const auto name = list.vector(2);
    if (!outer.ok() || !outer.empty() || !list.ok() || !list.empty() || type != name_type_host) {
        return std::nullopt;
    }
    std::string text(name.begin(), name.end());
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (!control::is_host_name(text)) return std::nullopt;
    return text;
}

ClientHello read_extensions(std::span<const std::uint8_t> bytes) {
    ClientHello hello{HelloState::complete, std::nullopt};
    std::vector<std::uint32_t> seen;
    for (Reader extensions(bytes); !extensions.empty();) {
        const auto type = extensions.number(2);
        const auto body = extensions.vector(2);
        if (!extensions.ok() || std::ranges::find(seen, type) != seen.end()) return {};
        seen.push_back(type);
        if (type == extension_server_name) {
            hello.server_name = read_server_name(body);
            if (!hello.server_name) return {};
        }
    }
    return hello;
}

}  // namespace

ClientHello read_client_hello(std::span<const std::uint8_t> bytes) {
    HelloState state = HelloState::invalid;
    const auto message = join_records(bytes, state);
    if (state != HelloState::complete) return {state, std::nullopt};
    Reader reader(std::span<const std::uint8_t>(message).subspan(message_header));
    const auto version = reader.number(2);
    reader.bytes(32);  // random
    const auto session = reader.vector(1);
    const auto suites = reader.vector(2);
    const auto compressions = reader.vector(1);
    if (!reader.ok() || version >> 8U != 3 || session.size() > 32 || suites.empty() ||
        suites.size() % 2 != 0 || compressions.empty()) {
        return {};
    }
    if (reader.empty()) return {HelloState::complete, std::nullopt};
    const auto extensions = reader.vector(2);
    if (!reader.ok() || !reader.empty()) return {};
    return read_extensions(extensions);
}

}  // namespace shoji::egress
