#include "screen/session/send_window.h"

#include <algorithm>

namespace shoji::session {
namespace {

constexpr std::chrono::duration<double> frame_interval(1.0 / 60);
constexpr std::size_t least_frames = 3;
constexpr std::size_t most_frames = 32;
// Less would stop for every whole frame; half a second's worth at 1 Mbit/s.
constexpr std::size_t least_bytes = std::size_t{64} * 1024;
constexpr std::size_t most_bytes = std::size_t{32} * 1024 * 1024;

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

constexpr std::chrono::seconds period(5);

}  // namespace

void RecentHighest::add(double value, Time now) {
    if (!present_ || now - since_ >= period) {
        before_ = now - since_ < 2 * period ? present_ : std::nullopt;
        present_ = value;
        since_ = now;
    }
    present_ = std::max(*present_, value);
}

std::optional<double> RecentHighest::value() const {
    if (!present_ || !before_) return present_;
    return std::max(*present_, *before_);
}

void SendWindow::sent(std::uint32_t serial, std::size_t bytes, Time now) {
    flights_.push_back({serial, bytes, now, delivered_});
    bytes_in_flight_ += bytes;
}

void SendWindow::acknowledged(std::uint32_t serial, Time now) {
    while (!flights_.empty() && flights_.front().serial <= serial) {
        const Flight flight = flights_.front();
        flights_.pop_front();
        bytes_in_flight_ -= flight.bytes;
        delivered_ += flight.bytes;
        if (flight.serial != serial) continue;
        // A trip of no time at all is one that the clock could not measure.
        const Duration trip = std::max<Duration>(now - flight.at, std::chrono::microseconds(1));
        round_trip_ = std::min(round_trip_.value_or(trip), trip);
        const auto delivered = static_cast<double>(delivered_ - flight.delivered_before);
        bytes_a_second_.add(delivered / seconds(trip), now);
    }
}

bool SendWindow::has_room() const {
    return flights_.empty() || (flights_.size() < frame_limit() && bytes_in_flight_ < byte_limit());
}

std::size_t SendWindow::frame_limit() const {
    if (!round_trip_) return least_frames;
    // One a refresh for the length of the trip, one being drawn there and one being made here.
    const double frames = seconds(*round_trip_) / frame_interval.count() + 2;
    return std::clamp(static_cast<std::size_t>(std::min(frames, 1000.0)), least_frames,
                      most_frames);
}

std::size_t SendWindow::byte_limit() const {
    const auto rate = bytes_a_second_.value();
    if (!round_trip_ || !rate) return least_bytes;
    const double bytes = 2 * *rate * seconds(*round_trip_);
    return std::clamp(static_cast<std::size_t>(std::min(bytes, 1e12)), least_bytes, most_bytes);
}

}  // namespace shoji::session
