#include "watch/detect/exfiltration/look.h"

#include "core/base/printable.h"

#include <algorithm>
#include <utility>

#include <sodium.h>

namespace shoji::exfiltration {
namespace {

constexpr event::Time hour_length = 3'600'000'000'000;

}  // namespace

Alert alert_of(const Seen& seen, Kind kind) {
    const auto& activity = *seen.activity;
    Alert alert;
    alert.kind = kind;
    alert.medium = seen.medium;
    alert.time = seen.time;
    // Of what counts by days this is the day's beginning, or the hour's; the others set it.
    alert.since = kind == Kind::volume_hour
                      ? seen.time / hour_length * hour_length
                      : seen.time - (seen.hour - std::int64_t{seen.day} * 24) * hour_length -
                            seen.time % hour_length;
    alert.host = base::printable(activity.host, most_name_bytes);
    alert.user = base::printable(activity.user, most_name_bytes);
    alert.process = base::printable(activity.process, most_name_bytes);
    alert.destination = base::printable(seen.destination_name, most_name_bytes);
    return alert;
}

std::uint64_t Namer::hash(std::string_view name) {
    if (name.size() > most_bytes) {
        ++clipped_;
        name = name.substr(0, most_bytes);
    }
    static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));
    static_assert(crypto_shorthash_KEYBYTES == sizeof(Settings::secret));
    std::array<unsigned char, crypto_shorthash_BYTES> bytes{};
    crypto_shorthash(bytes.data(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                     settings_.secret.data());
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t{bytes.at(i)} << (8 * i);
    return value;
}

std::uint64_t Namer::take_clipped() {
    return std::exchange(clipped_, 0);
}

void Namer::name_subject(const event::Activity& activity, event::Time time, Seen& seen) {
    constexpr std::int64_t minute = hour_length / 60;
    seen = {};
    seen.activity = &activity;
    seen.time = time;
    seen.hour = std::max<std::int64_t>(0, (time / minute + settings_.zone_minutes) / 60);
    seen.day = static_cast<std::int32_t>(seen.hour / 24);
    seen.host = hash(activity.host);
    // Another function of the user's name, so that host "a" with user "b" is not "b" with "a".
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
    seen.subject = seen.host + hash(activity.user) * odd;
    if (!activity.process.empty()) seen.process = hash(activity.process);
}

void Namer::keep_lower(std::string_view name) {
    if (name.size() > most_bytes) {
        ++clipped_;
        name = name.substr(0, most_bytes);
    }
    while (name.ends_with('.')) name.remove_suffix(1);
    size_ = name.size();
    std::ranges::transform(name, text_.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    name_hash_ = hash({text_.data(), size_});
}

// `name` goes outside unless it is under what is inside.
bool Namer::name_outside(std::string_view name, Seen& seen) {
    keep_lower(name);
    const std::string_view whole(text_.data(), size_);
    if (whole.empty() || is_under(whole, settings_.inside)) return false;
    const auto listed = names_.find(whole);
    seen.category = listed.category;
    seen.destination_name =
        listed.category == Category::none || listed.category == Category::lookups
            ? registered_.of(whole, name_hash_)
            : listed.name;
    seen.destination =
        seen.destination_name.size() == whole.size() ? name_hash_ : hash(seen.destination_name);
    return true;
}

bool Namer::name_destination(const event::Activity& activity, Seen& seen) {
    // A proxy stands inside, whatever is asked for through it.
    const bool through_proxy = activity.kind == event::ActivityKind::request;
    if (activity.domain.empty() || !through_proxy) {
        if (is_private_address(activity.peer)) return false;
    }
    const auto name = activity.domain.empty() ? activity.peer : activity.domain;
    // A name without a dot is resolved inside.
    if (name.find_first_of(".:") == name.npos || is_private_address(name)) return false;
    return name_outside(name, seen);
}

bool Namer::name_query(const event::Activity& activity, Seen& seen) {
    if (activity.domain.find('.') == activity.domain.npos) return false;
    return name_outside(activity.domain, seen);
}

bool Namer::name_recipient(const event::Activity& activity, Seen& seen) {
    return name_outside(activity.domain.empty() ? activity.peer : activity.domain, seen);
}

void Namer::name_place(std::string_view path, std::size_t parts, Seen& seen) {
    std::size_t end = std::min(path.find_first_not_of("/\\"), path.size());
    for (; parts > 0; --parts) {
        end = std::min(path.find_first_of("/\\", end), path.size());
        if (parts > 1 && end < path.size()) ++end;
    }
    keep_lower(path.substr(0, end));
    seen.destination_name = name();
    seen.destination = name_hash_;
}

void Namer::name_session(const event::Activity& activity, Seen& seen) {
    keep_lower(activity.domain.empty() ? activity.peer : activity.domain);
    seen.destination_name = name();
    seen.destination = name_hash_;
}

}  // namespace shoji::exfiltration
