#include "watch/sensor/journal_reader.h"

#include "core/base/unix_socket.h"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace shoji::sensor {

void JournalReader::take_channel() {
    auto packet = base::receive_packet(link_.get(), most_cursor);
    if (!packet || packet->descriptors.size() != 1) return;
    begins_with_.assign(packet->bytes.begin(), packet->bytes.end());
    if (!is_cursor(begins_with_)) begins_with_.clear();
    channel_ = std::move(packet->descriptors.front());
    entries_.begin_anew();
    report_.ended = false;
}

void JournalReader::take(const JournalEntry& entry) {
    constexpr std::int64_t microsecond = 1000;
    is_told_ = false;
    if (entry.time > 0) report_.place = {entry.time / microsecond, entry.cursor};
}

bool JournalReader::was_taken_before(const JournalEntry& entry) {
    const auto expected = std::exchange(begins_with_, {});
    if (expected.empty() || expected == entry.cursor) return !expected.empty();
    ++gaps_;
    return false;
}

void JournalReader::look(const std::function<void(const JournalEntry&)>& each) {
    if (!link_.valid()) return;
    take_channel();
    std::array<char, 16384> piece{};
    for (std::size_t taken = 0; channel_.valid() && taken < most_at_once;) {
        const auto count = ::recv(channel_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) {
            channel_.reset();
            report_.ended = true;
            is_told_ = false;
            return;
        }
        taken += static_cast<std::size_t>(count);
        entries_.add({piece.data(), static_cast<std::size_t>(count)},
                     [&](const JournalEntry& entry) {
                         if (was_taken_before(entry)) return;
                         each(entry);
                         take(entry);
                     });
    }
}

void JournalReader::tell() {
    if (is_told_) return;
    const auto bytes = encode(report_);
    // What finds no room now is told the next time.
    is_told_ = ::send(link_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

}  // namespace shoji::sensor
