#include "screen/session/link.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace shoji::session {
namespace {

constexpr std::size_t read_bytes = std::size_t{16} * 1024;
constexpr std::size_t pieces_at_once = 16;

bool would_block(int error_number) {
    return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

}  // namespace

base::Result<bool> Link::receive(const Handle& handle) {
    std::array<std::uint8_t, read_bytes> buffer{};
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) return false;
    if (count < 0) {
        if (would_block(errno)) return true;
        return base::fail_errno(errno, "reading from the viewer");
    }
    deframer_.feed(std::span(buffer).first(static_cast<std::size_t>(count)));
    while (true) {
        const auto message = deframer_.next();
        if (!message) return base::Failure(message.error());
        if (!*message) return true;
        if (auto handled = handle(**message); !handled) return base::Failure(handled.error());
    }
}

void Link::send(std::vector<std::uint8_t> message) {
    const auto length = wire::frame_length(message.size());
    queued_bytes_ += length.size() + message.size();
    queue_.emplace_back(length.begin(), length.end());
    queue_.push_back(std::move(message));
}

base::Result<void> Link::flush() {
    while (!queue_.empty()) {
        std::array<iovec, pieces_at_once> pieces{};
        std::size_t count = 0;
        std::size_t skip = sent_of_first_;
        for (auto& bytes : queue_) {
            if (count == pieces.size()) break;
            pieces[count++] = {bytes.data() + skip, bytes.size() - skip};
            skip = 0;
        }
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
        if (sent < 0) {
            if (would_block(errno)) return {};
            return base::fail_errno(errno, "writing to the viewer");
        }
        sent_of_first_ += static_cast<std::size_t>(sent);
        while (!queue_.empty() && sent_of_first_ >= queue_.front().size()) {
            sent_of_first_ -= queue_.front().size();
            queued_bytes_ -= queue_.front().size();
            queue_.pop_front();
        }
    }
    return {};
}

}  // namespace shoji::session
