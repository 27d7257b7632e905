#include "screen/session/stream.h"

#include <type_traits>

namespace shoji::session {
namespace {

// What a viewer asked for, done to the compositor.
struct Input {
    compositor::Compositor& compositor;
    KeyFilter& keys;

    void operator()(const wire::Resize& resize) {
        compositor.resize({resize.width, resize.height}, resize.scale);
    }
    void operator()(const wire::Pointer& pointer) { compositor.pointer(pointer.x, pointer.y); }
    void operator()(const wire::Button& button) {
        compositor.button(static_cast<compositor::Button>(button.button), button.pressed);
    }
    void operator()(const wire::Wheel& wheel) { compositor.wheel(wheel.dx, wheel.dy); }
    void operator()(const wire::Key& key) {
        if (keys.passes(key.code, key.pressed)) compositor.key(key.code, key.pressed);
    }
    void operator()(const wire::Preedit& preedit) {
        compositor.preedit(preedit.text, preedit.begin, preedit.end);
    }
    void operator()(const wire::Commit& commit) { compositor.commit(commit.text); }
    void operator()(const wire::Focus& focus) {
        if (!focus.focused) keys.all_released();
        compositor.focus(focus.focused);
    }
    void operator()(const wire::Command& command) {
        compositor.command(static_cast<compositor::Command>(command.command));
    }
};

template <class Message>
constexpr bool is_input = std::is_invocable_v<Input, Message>;

template <class Message, class... Others>
constexpr bool is_any_of = (std::is_same_v<Message, Others> || ...);

// A person who waits for the answer sent it.
template <class Message>
constexpr bool is_typed = is_any_of<Message, wire::Button, wire::Key, wire::Preedit, wire::Commit,
                                    wire::Command, wire::Resize>;
template <class Message>
constexpr bool is_moved = is_any_of<Message, wire::Pointer, wire::Wheel>;

}  // namespace

Stream::Stream(const Surroundings& surroundings)
    : compositor_(surroundings.compositor),
      state_(surroundings.state),
      gate_(surroundings.gate),
      outlet_(surroundings.outlet) {
    state_.everything_is_news();
}

Stream::~Stream() {
    compositor_.focus(false);
}

base::Result<void> Stream::receive(std::span<const std::uint8_t> bytes, Time now) {
    const auto message = conversation_.from_viewer(bytes);
    if (!message) return base::Failure(message.error());
    if (std::holds_alternative<wire::End>(*message)) {
        return base::fail(base::ErrorKind::invalid, "a message that is meant for the gateway");
    }
    if (const auto* ping = std::get_if<wire::Ping>(&*message)) {
        return send(wire::encode(wire::FromSession(wire::Pong{ping->token})));
    }
    if (const auto* hello = std::get_if<wire::Hello>(&*message)) {
        greet(*hello);
        return send(wire::encode(wire::FromSession(wire::Welcome{})));
    }
    obey(*message, now);
    return {};
}

void Stream::greet(const wire::Hello& hello) {
    compositor_.set_layout(static_cast<compositor::Layout>(hello.layout));
    compositor_.resize({hello.width, hello.height}, hello.scale);
    welcomed_ = true;
}

void Stream::obey(const wire::FromViewer& message, Time now) {
    if (const auto* ack = std::get_if<wire::Ack>(&message)) {
        window_.acknowledged(ack->serial, now);
        return;
    }
    std::visit(
        [&](const auto& input) {
            using Kind = std::decay_t<decltype(input)>;
            if constexpr (is_typed<Kind>) pace_.typed(now);
            if constexpr (is_moved<Kind>) pace_.moved(now);
            if constexpr (is_input<Kind>) Input{compositor_, keys_}(input);
        },
        message);
}

base::Result<void> Stream::update(Time now) {
    if (!welcomed_) {
        gate_.allow(state_.page_may_draw_unseen());
        return {};
    }
    if (state_.damaged() && window_.has_room() && !outlet_.congested()) {
        if (auto sent = send_frame(now); !sent) return sent;
    }
    if (!outlet_.congested()) {
        for (const auto& news : state_.take_news()) {
            if (auto sent = send(wire::encode(news)); !sent) return sent;
        }
    }
    gate_.pace(pace_.interval(now));
    gate_.allow(window_.has_room() && !outlet_.congested());
    return {};
}

base::Result<void> Stream::send_frame(Time now) {
    const compositor::Picture picture = compositor_.picture();
    std::vector<encode::Rectangle> damage;
    for (const auto& rectangle : compositor_.take_damage()) {
        damage.push_back({rectangle.x, rectangle.y, rectangle.width, rectangle.height});
    }
    state_.damage_is_sent();
    auto messages =
        encoder_.encode({picture.size.width, picture.size.height, picture.pixels}, damage);
    if (messages.empty()) return {};
    std::size_t bytes = 0;
    for (auto& message : messages) {
        bytes += message.size();
        if (auto sent = send(std::move(message)); !sent) return sent;
    }
    window_.sent(encoder_.serial(), bytes, now);
    return {};
}

// What the gateway would refuse is a fault of this program and must not leave it.
base::Result<void> Stream::send(std::vector<std::uint8_t> message) {
    if (auto fits = conversation_.check_from_session(message); !fits) {
        return base::Failure(std::move(fits).error().context("sending"));
    }
    outlet_.send(std::move(message));
    return {};
}

}  // namespace shoji::session
