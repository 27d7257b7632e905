// Viewers and sessions for tests of a screen's life, against the real program.
#pragma once

#include "core/base/random.h"
#include "screen/gateway/testing/installation.h"
#include "screen/wire/wire.h"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace shoji::gateway::testing {

using Message = std::vector<std::uint8_t>;

inline Message hello() {
    return wire::encode(wire::FromViewer{wire::Hello{1, 1280, 800, 120, 0}});
}

inline Message frame(std::uint32_t serial, const std::vector<std::uint8_t>& body) {
    wire::Frame part;
    part.serial = serial;
    part.width = 1280;
    part.height = 800;
    part.first = true;
    part.last = true;
    part.fresh = serial == 1;
    // As many single-coloured rectangles as the body is said to hold: three bytes each.
    part.rectangles = {{wire::RectangleKind::solid, 0, 0, 16, 16, 0, 0, 0}};
    part.raw = 3;
    part.body = body;
    return wire::encode(wire::FromSession{part});
}

inline std::string hex(const wire::Ticket& ticket) {
    return base::to_hex(ticket.bytes);
}

// The next message, which must be one of the gateway's own of that kind.
template <class T>
T from_gateway(ViewerLine& viewer) {
    const auto message = viewer.receive();
    if (!message) throw std::runtime_error("the connection was closed");
    const auto decoded = wire::decode_from_gateway(*message);
    if (!decoded || !std::holds_alternative<T>(*decoded)) {
        throw std::runtime_error("another message came, of type " +
                                 std::to_string(message->front()));
    }
    return std::get<T>(*decoded);
}

// The viewer is told the end, and the connection is closed.
inline std::uint8_t reason_of_end(ViewerLine& viewer) {
    const auto ended = from_gateway<wire::Ended>(viewer);
    EXPECT_EQ(viewer.receive(), std::nullopt);
    EXPECT_EQ(viewer.close_code(), 1000);
    return ended.reason;
}

class ScreenFlow : public ::testing::Test {
  protected:
    explicit ScreenFlow(std::uint32_t grace = 600) : installation_(grace) {
        installation_.start();
        installation_.apply(example_policy());
        user_.emplace(sign_in_as(installation_, "hanako", installation_.terminal()));
    }

    std::string ticket() {
        const auto answer = user_->browser.post("/api/screens", screen_request());
        if (answer.status != 200) throw std::runtime_error(answer.body);
        return std::string(answer.json().at("ticket").as_string());
    }
    ViewerLine connect(const std::string& ticket) {
        return ViewerLine(installation_.terminal(), ticket);
    }
    // A viewer and its session that have greeted each other.
    struct Pair {
        FakeSession session;
        ViewerLine viewer;
        std::string resume;
    };
    Pair begin() {
        const std::string first = ticket();
        FakeSession session = installation_.host().next();
        return greet(std::move(session), connect(first));
    }
    static Pair greet(FakeSession session, ViewerLine viewer) {
        std::string resume = hex(from_gateway<wire::Ticket>(viewer));
        viewer.send(hello());
        EXPECT_EQ(read_message(session.display.get()), hello());
        write_message(session.display.get(), wire::encode(wire::FromSession{wire::Welcome{1}}));
        EXPECT_TRUE(viewer.receive());
        return {std::move(session), std::move(viewer), std::move(resume)};
    }
    // From then on the ticket that the viewer came with is void.
    static void acknowledge_a_frame(Pair& pair) {
        write_message(pair.session.display.get(), frame(1, {1, 2, 3}));
        EXPECT_EQ(pair.viewer.receive(), frame(1, {1, 2, 3}));
        const auto ack = wire::encode(wire::FromViewer{wire::Ack{1}});
        pair.viewer.send(ack);
        EXPECT_EQ(read_message(pair.session.display.get()), ack);
    }
    std::size_t sessions() {
        return installation_.done({{"command", "session.list"}}).as_array().size();
    }
    void wait_until_no_session() {
        for (int i = 0; i < 100 && sessions() > 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_EQ(sessions(), 0U);
    }

    Installation installation_;
    std::optional<SignedIn> user_;
};

}  // namespace shoji::gateway::testing
