#include "screen/wire/conversation.h"

namespace shoji::wire {

using base::ErrorKind;
using base::Result;

Result<FromViewer> Conversation::from_viewer(std::span<const std::uint8_t> bytes) {
    auto message = decode_from_viewer(bytes);
    if (!message) return message;
    if (std::holds_alternative<Hello>(*message)) {
        if (hello_) return base::fail(ErrorKind::invalid, "a second 'hello' on one connection");
        hello_ = true;
    } else if (!hello_) {
        return base::fail(ErrorKind::invalid, "a message before 'hello'");
    }
    if (const auto* ack = std::get_if<Ack>(&*message)) {
        if (ack->serial > sent_ || ack->serial <= acknowledged_) {
            return base::fail(ErrorKind::invalid,
                              "an 'ack' of frame {}; sent are {}, acknowledged are {}", ack->serial,
                              sent_, acknowledged_);
        }
        acknowledged_ = ack->serial;
    }
    return message;
}

Result<FromSession> Conversation::from_session(std::span<const std::uint8_t> bytes) {
    auto message = decode_from_session(bytes);
    if (!message) return message;
    if (std::holds_alternative<Welcome>(*message)) {
        if (welcome_) return base::fail(ErrorKind::invalid, "a second 'welcome'");
        if (!hello_) return base::fail(ErrorKind::invalid, "a 'welcome' before 'hello'");
        welcome_ = true;
    } else if (!welcome_) {
        return base::fail(ErrorKind::invalid, "a message before 'welcome'");
    }
    if (const auto* frame = std::get_if<Frame>(&*message)) {
        if (auto follows = follow(*frame); !follows) return base::Failure(follows.error());
    }
    return message;
}

Result<void> Conversation::follow(const Frame& frame) {
    if (sent_ == UINT32_MAX || frame.serial != sent_ + 1) {
        return base::fail(ErrorKind::invalid, "a part of frame {} after frame {}", frame.serial,
                          sent_);
    }
    if (frame.first == in_frame_) {
        return base::fail(ErrorKind::invalid, "frame {}: {}", frame.serial,
                          frame.first ? "a second first part" : "a part before the first");
    }
    const bool same_size = frame.width == width_ && frame.height == height_;
    if (!same_size && !frame.fresh) {
        return base::fail(ErrorKind::invalid, "frame {}: another size without a fresh canvas",
                          frame.serial);
    }
    width_ = frame.width;
    height_ = frame.height;
    in_frame_ = !frame.last;
    if (frame.last) sent_ = frame.serial;
    return {};
}

Result<void> Conversation::check_from_session(std::span<const std::uint8_t> bytes) {
    const auto message = from_session(bytes);
    if (!message) return base::Failure(message.error());
    return {};
}

}  // namespace shoji::wire
