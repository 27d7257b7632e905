#include "watch/detect/exfiltration/chains.h"

#include "core/base/printable.h"
#include "watch/detect/exfiltration/destination.h"

#include <algorithm>

namespace shoji::exfiltration {
namespace {

constexpr event::Time hour = 3'600'000'000'000;
constexpr std::uint64_t most = std::uint64_t{1} << 50U;

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return std::min(most, std::min(a, most) + std::min(b, most));
}

}  // namespace

Chains::Chains(const Settings& settings) : settings_(settings), table_(settings.most_chains) {}

std::int64_t Chains::Carried::standing() const {
    // A minute each, and eight hours for an archive.
    constexpr event::Time minute = hour / 60;
    return last / minute + (archived > 0 ? 480 : 0);
}

// What the subject carries, when it is not too long ago.
Chains::Carried* Chains::current(const Seen& seen) {
    Carried* carried = table_.find(seen.subject);
    if (carried == nullptr || seen.time / hour - carried->last / hour > settings_.chain_hours) {
        return nullptr;
    }
    return carried;
}

void Chains::read(const Seen& seen) {
    Carried* carried = current(seen);
    if (carried == nullptr) {
        carried = &table_.at(seen.subject);
        *carried = {};
        carried->first = seen.time;
    }
    carried->last = std::max(carried->last, seen.time);
    carried->bytes = sum(carried->bytes, seen.activity->bytes_in);
    ++carried->files;
    if (carried->archived == 0) {
        carried->path = base::printable(seen.activity->path, most_name_bytes);
    }
}

void Chains::packed(const Seen& seen) {
    if (Carried* carried = current(seen)) carried->packer = true;
}

void Chains::written(const Seen& seen) {
    Carried* carried = current(seen);
    if (carried == nullptr || carried->files == 0) return;
    constexpr double random_looking = 7.95;
    const auto& activity = *seen.activity;
    const bool archive =
        is_archive_name(activity.path) ||
        ((activity.entropy >= random_looking || carried->packer) && !is_packed_name(activity.path));
    // Packed, the files are a twentieth to a third more than they were.
    const std::uint64_t size = activity.bytes_out;
    if (!archive || size < carried->bytes / 20 || size > sum(carried->bytes, carried->bytes / 3)) {
        return;
    }
    // What went before cannot be this.
    carried->sent = {};
    carried->archived = std::max(carried->archived, size);
    carried->path = base::printable(activity.path, most_name_bytes);
}

// Gives what has gone to that destination since the first file was read.
std::uint64_t Chains::add_sent(Carried& carried, const Seen& seen) {
    auto found = std::ranges::find_if(carried.sent, [&](const Sent& one) {
        return one.bytes == 0 || one.destination == seen.destination;
    });
    if (found == carried.sent.end()) {
        --found;
        *found = {};
    }
    found->destination = seen.destination;
    found->bytes = sum(found->bytes, seen.amount);
    const auto total = found->bytes;
    std::rotate(carried.sent.begin(), found, found + 1);
    return total;
}

void Chains::sent(const Seen& seen, std::uint64_t usual, Alerts& alerts) {
    Carried* carried = current(seen);
    if (carried == nullptr) return;
    const auto gone = add_sent(*carried, seen);
    const bool archived = carried->archived > 0;
    const auto size = archived ? carried->archived : carried->bytes;
    const auto least = archived ? settings_.chain_archive : settings_.chain_plain;
    // As much as was carried, no more than a third above it, and no usual day's work there.
    if (carried->told || size < least || gone < size / 100 * settings_.chain_percent ||
        gone > size + size / 3 || usual > size / 4) {
        return;
    }
    carried->told = true;
    Alert alert = alert_of(seen, Kind::chain);
    alert.since = carried->first;
    alert.amount = gone;
    alert.count = carried->files;
    alert.source = carried->path;
    alert.baseline = {Baseline::From::own, carried->files, usual, size};
    alerts.push_back(std::move(alert));
}

std::size_t Chains::memory_limit(const Settings& settings) {
    return sizeof(Chains) + BoundedTable<Carried>::memory_limit(settings.most_chains) +
           std::size_t{settings.most_chains} * (most_name_bytes + 32);
}

}  // namespace shoji::exfiltration
