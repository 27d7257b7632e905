#include "watch/station/visitors.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace shoji::station {
namespace {

constexpr std::chrono::seconds patience{2};

bool is_later(ssize_t result) {
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

}  // namespace

void Visitors::turn() {
    while (listener_.valid() && visitors_.size() < most) {
        base::FileDescriptor socket(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket.valid()) break;
        visitors_.push_back({std::move(socket), false, Clock::now() + patience});
    }
    for (auto one = visitors_.begin(); one != visitors_.end();) {
        one = serve(*one) ? std::next(one) : visitors_.erase(one);
    }
    watching_ = static_cast<std::size_t>(std::ranges::count_if(visitors_, &Visitor::watches));
}

bool Visitors::serve(Visitor& visitor) {
    std::array<std::uint8_t, letters::most_wish + 1> bytes{};
    const auto count = ::recv(visitor.socket.get(), bytes.data(), bytes.size(), 0);
    if (is_later(count)) return visitor.watches || Clock::now() < visitor.until;
    // Who watches says nothing more.
    if (count <= 0 || visitor.watches) return false;
    const auto wish =
        letters::decode_wish(letters::View(bytes).first(static_cast<std::size_t>(count)));
    if (!wish) return false;
    if (wish->kind == letters::Wish::Kind::tail) return visitor.watches = true;
    const auto text = answer_(*wish);
    static_cast<void>(::send(visitor.socket.get(), text.data(),
                             std::min(text.size(), letters::most_answer),
                             MSG_DONTWAIT | MSG_NOSIGNAL));
    return false;
}

void Visitors::tell(std::uint8_t kind, letters::View bytes) {
    if (watching_ == 0) return;
    letters::Bytes packet{kind};
    packet.insert(packet.end(), bytes.begin(), bytes.end());
    for (const auto& visitor : visitors_) {
        if (!visitor.watches) continue;
        static_cast<void>(::send(visitor.socket.get(), packet.data(), packet.size(),
                                 MSG_DONTWAIT | MSG_NOSIGNAL));
    }
}

}  // namespace shoji::station
