#include "screen/egress/chunked_body.h"

#include "screen/egress/request_head.h"

#include <algorithm>

namespace shoji::egress {
namespace {

constexpr unsigned maximum_digits = 8;

int value_of(std::uint8_t byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

}  // namespace

bool ChunkedBody::read_size(std::uint8_t byte) {
    if (const int digit = value_of(byte); digit >= 0) {
        left_ = left_ << 4U | static_cast<unsigned>(digit);
        state_ = State::size;
        return ++digits_ <= maximum_digits;
    }
    if (byte != '\r' || state_ == State::size_first) return false;
    total_ += left_;
    state_ = State::size_newline;
    return total_ <= maximum_body;
}

bool ChunkedBody::step(std::uint8_t byte) {
    const auto expect = [&](char wanted, State next) {
        state_ = next;
        return byte == static_cast<std::uint8_t>(wanted);
    };
    switch (state_) {
        case State::size_first:
        case State::size:
            return read_size(byte);
        case State::size_newline:
            return expect('\n', left_ == 0 ? State::last_return : State::data);
        case State::data_return:
            return expect('\r', State::data_newline);
        case State::data_newline:
            digits_ = 0;
            return expect('\n', State::size_first);
        case State::last_return:
            return expect('\r', State::last_newline);
        case State::last_newline:
            return expect('\n', State::ended);
        case State::data:
        case State::ended:
            return false;
    }
    return false;
}

base::Result<std::size_t> ChunkedBody::consume(std::span<const std::uint8_t> bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !ended()) {
        if (state_ == State::data) {
            const auto passing = std::min<std::uint64_t>(left_, bytes.size() - used);
            used += static_cast<std::size_t>(passing);
            left_ -= passing;
            if (left_ == 0) state_ = State::data_return;
        } else if (!step(bytes[used++])) {
            return base::fail(base::ErrorKind::invalid, "a malformed chunked body");
        }
    }
    return used;
}

}  // namespace shoji::egress
