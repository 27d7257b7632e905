// A viewer for this room's tests: speaks docs/wire.md over the display socket, checks what it gets
// as the gateway does and draws it as the page does.
#pragma once

#include "screen/encode/canvas.h"
#include "screen/encode/decode.h"
#include "screen/session/test_process.h"
#include "screen/wire/conversation.h"
#include "screen/wire/framing.h"

#include <functional>

#include <sys/socket.h>

namespace shoji::session::testing {

class TestViewer {
  public:
    // Waits until somebody listens there.
    explicit TestViewer(const std::filesystem::path& address) {
        auto socket = base::connect_unix(address, base::SocketKind::stream);
        if (socket) socket_ = std::move(*socket);
    }
    void hello(std::uint16_t width = 800, std::uint16_t height = 600, std::uint16_t scale = 120) {
        send(wire::Hello{wire::protocol_version, width, height, scale, 0});
    }
    void send(const wire::FromViewer& message) {
        const auto encoded = wire::encode(message);
        (void)conversation_.from_viewer(encoded);
        send_bytes(encoded);
    }
    void send_bytes(const std::vector<std::uint8_t>& message) {
        const auto length = wire::frame_length(message.size());
        send_raw({length.begin(), length.end()});
        send_raw(message);
    }
    void send_raw(const std::vector<std::uint8_t>& anything) {
        (void)!::send(socket_.get(), anything.data(), anything.size(), MSG_NOSIGNAL);
    }

    // Receives and draws until `done`, or until the connection ends, something is wrong or patience
    // does; tells whether `done` came about.
    bool until(const std::function<bool()>& done, std::chrono::milliseconds patient = patience) {
        const auto end = std::chrono::steady_clock::now() + patient;
        while (!done()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now());
            if (left.count() <= 0 || closed || !problem.empty()) return false;
            pollfd waiting{socket_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, static_cast<int>(left.count())) > 0) receive();
        }
        return true;
    }
    bool until_closed() {
        return until([&] { return closed; });
    }
    [[nodiscard]] std::uint32_t colour(int x, int y) const {
        const encode::Canvas& canvas = decoder_.picture();
        return x < canvas.width() && y < canvas.height() ? *canvas.at(x, y) : 0xffffffff;
    }
    [[nodiscard]] const encode::Canvas& picture() const { return decoder_.picture(); }

    bool acknowledges = true;
    bool welcomed = false;
    bool closed = false;
    std::string problem;  // with what came; empty: none
    int frames = 0;
    int fresh_frames = 0;
    std::size_t bytes = 0;
    std::vector<wire::FromSession> others;  // besides frames

  private:
    void receive() {
        std::array<std::uint8_t, 65536> buffer{};
        const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0) {
            closed = true;
            return;
        }
        bytes += static_cast<std::size_t>(count);
        deframer_.feed(std::span(buffer).first(static_cast<std::size_t>(count)));
        while (problem.empty()) {
            const auto message = deframer_.next();
            if (!message) problem = message.error().message;
            if (!message || !*message) return;
            take(**message);
        }
    }
    void take(std::span<const std::uint8_t> bytes_of_message) {
        const auto message = conversation_.from_session(bytes_of_message);
        if (!message) {
            problem = message.error().message;
            return;
        }
        welcomed = welcomed || std::holds_alternative<wire::Welcome>(*message);
        const auto* part = std::get_if<wire::Frame>(&*message);
        if (part == nullptr) {
            others.push_back(*message);
            return;
        }
        const auto drawn = decoder_.apply(*part);
        if (!drawn) problem = drawn.error().message;
        if (part->fresh) ++fresh_frames;
        if (!part->last) return;
        ++frames;
        if (acknowledges) send(wire::Ack{part->serial});
    }

    base::FileDescriptor socket_;
    wire::Deframer deframer_{wire::maximum_from_session};
    wire::Conversation conversation_;
    encode::Decoder decoder_;
};

}  // namespace shoji::session::testing
