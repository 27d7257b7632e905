#include "screen/host/tests/gateway.h"

#include "core/base/bytes.h"
#include "core/base/unix_socket.h"
#include "screen/host/tests/patience.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::host::tests {
namespace {

constexpr std::uint32_t request_number = 77;
constexpr std::uint8_t hello = 0x80;  // docs/wire.md
constexpr std::uint8_t acknowledge = 0x82;
constexpr std::uint8_t frame = 0x02;

bool readable(int descriptor) {
    pollfd waiting{descriptor, POLLIN, 0};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
}

bool read_whole(int descriptor, std::span<std::uint8_t> into) {
    while (!into.empty()) {
        if (!readable(descriptor)) return false;
        const ssize_t count = ::recv(descriptor, into.data(), into.size(), 0);
        if (count <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool send_message(int descriptor, base::ByteWriter message) {
    base::ByteWriter framed;
    framed.write(static_cast<std::uint32_t>(message.size()));
    framed.write_bytes(message.bytes());
    return ::send(descriptor, framed.bytes().data(), framed.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(framed.size());
}

}  // namespace

Gateway::Gateway(const std::filesystem::path& socket, uid_t user) {
    eventually([&] {
        // The host is told the effective user of this moment (unix(7), SO_PEERCRED).
        const uid_t own = ::geteuid();
        if (::seteuid(user) != 0) return false;
        auto connected = base::connect_unix(socket, base::SocketKind::packet);
        if (connected) socket_ = std::move(*connected);
        return ::seteuid(own) == 0 && socket_.valid();
    });
}

void Gateway::send_raw(std::span<const std::uint8_t> packet, std::span<const int> descriptors) {
    static_cast<void>(base::send_packet(socket_.get(), packet, descriptors));
}

std::optional<control::FromHost> Gateway::receive() {
    if (!readable(socket_.get())) {
        ADD_FAILURE() << "the host says nothing";
        return std::nullopt;
    }
    auto packet = base::receive_packet(socket_.get(), control::maximum_packet);
    if (!packet || packet->bytes.empty()) return std::nullopt;
    auto message = control::decode_from_host(packet->bytes);
    EXPECT_TRUE(message);
    received_ = std::move(packet->descriptors);
    return message ? std::optional(*message) : std::nullopt;
}

tl::expected<Started, control::Reason> Gateway::await_start() {
    const auto message = receive();
    if (message) {
        if (const auto* started = std::get_if<control::Started>(&*message)) {
            EXPECT_EQ(started->request, request_number);
            EXPECT_EQ(received_.size(), 2U);
            if (received_.size() != 2) return tl::unexpected(control::Reason::start_failed);
            return Started{started->session, std::move(received_[0]), std::move(received_[1])};
        }
        if (const auto* failed = std::get_if<control::Failed>(&*message)) {
            EXPECT_EQ(failed->request, request_number);
            return tl::unexpected(failed->reason);
        }
    }
    ADD_FAILURE() << "no answer to a request";
    return tl::unexpected(control::Reason::start_failed);
}

tl::expected<Started, control::Reason> Gateway::start(const control::Start& request) {
    control::Start numbered = request;
    numbered.request = request_number;
    send_raw(control::encode(control::ToHost(numbered)));
    return await_start();
}

tl::expected<Started, control::Reason> Gateway::attach(const control::SessionId& session) {
    send_raw(control::encode(control::ToHost(control::Attach{request_number, session})));
    return await_start();
}

void Gateway::end(const control::SessionId& session) {
    send_raw(control::encode(control::ToHost(control::End{session})));
}

std::vector<control::SessionEntry> Gateway::list() {
    send_raw(control::encode(control::ToHost(control::List{request_number})));
    const auto message = receive();
    if (!message) return {};
    const auto* listing = std::get_if<control::Listing>(&*message);
    return listing != nullptr ? listing->sessions : std::vector<control::SessionEntry>{};
}

std::optional<control::Reason> Gateway::await_exit(const control::SessionId& session) {
    const auto message = receive();
    if (!message) return std::nullopt;
    const auto* exited = std::get_if<control::Exited>(&*message);
    EXPECT_NE(exited, nullptr);
    if (exited == nullptr) return std::nullopt;
    EXPECT_EQ(exited->session, session);
    return exited->reason;
}

bool shows_picture(int display, std::size_t bytes) {
    base::ByteWriter greeting;
    greeting.write(hello);
    for (const int field : {1, 1280, 800, 120}) greeting.write(static_cast<std::uint16_t>(field));
    greeting.write(std::uint8_t{0});
    if (!send_message(display, std::move(greeting))) return false;
    while (true) {
        std::array<std::uint8_t, 4> length{};
        if (!read_whole(display, length)) return false;
        const auto size = base::ByteReader(length).read<std::uint32_t>();
        if (size == 0 || size > (2U << 20U)) return false;
        std::vector<std::uint8_t> message(size);
        if (!read_whole(display, message)) return false;
        if (message[0] != frame) continue;
        if (size >= bytes) return true;
        base::ByteWriter drawn;
        drawn.write(acknowledge);
        drawn.write(base::ByteReader(std::span(message).subspan(1)).read<std::uint32_t>());
        if (!send_message(display, std::move(drawn))) return false;
    }
}

std::vector<std::string> refused_hosts(int reports, std::string_view last) {
    std::vector<std::string> hosts;
    while (readable(reports)) {
        const auto packet = base::receive_packet(reports, control::maximum_packet);
        if (!packet || packet->bytes.empty()) break;
        const auto message = control::decode_from_egress(packet->bytes);
        EXPECT_TRUE(message);
        if (!message) break;
        const auto* refused = std::get_if<control::Refused>(&*message);
        if (refused == nullptr) continue;
        hosts.push_back(refused->host);
        if (refused->host == last) break;
    }
    return hosts;
}

}  // namespace shoji::host::tests
