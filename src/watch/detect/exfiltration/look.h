// Works out of an activity what the parts of the detector ask for: keyed hashes of its names, cut
// to a length, whether it goes outside, and to which registered domain.
#pragma once

#include "watch/detect/exfiltration/destination.h"
#include "watch/detect/exfiltration/seen.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace shoji::exfiltration {

class Namer {
  public:
    static constexpr std::size_t most_bytes = 1024;

    // Both must outlive it.
    Namer(const Settings& settings, const NameList& names) : settings_(settings), names_(names) {}

    // Who, with what and when; nothing else of `seen` is left from the activity before.
    void name_subject(const event::Activity& activity, event::Time time, Seen& seen);

    // Where a connection, a request or an ICMP exchange goes; false when that is inside.
    bool name_destination(const event::Activity& activity, Seen& seen);
    // Under which registered domain a query asks; false when that is inside.
    bool name_query(const event::Activity& activity, Seen& seen);
    // Whom a mail goes to; false when that is inside.
    bool name_recipient(const event::Activity& activity, Seen& seen);
    // The first `parts` parts of a path: a disk, or a server with its share.
    void name_place(std::string_view path, std::size_t parts, Seen& seen);
    // What a session of the screen shows.
    void name_session(const event::Activity& activity, Seen& seen);

    // The whole name in lower case, as the last call took it.
    [[nodiscard]] std::string_view name() const { return {text_.data(), size_}; }
    [[nodiscard]] std::uint64_t name_hash() const { return name_hash_; }

    // Of at most the first 1,024 bytes (SipHash-2-4 with the settings' secret).
    std::uint64_t hash(std::string_view name);
    // How many names were longer, since the last call.
    std::uint64_t take_clipped();

  private:
    void keep_lower(std::string_view name);
    bool name_outside(std::string_view name, Seen& seen);

    const Settings& settings_;
    const NameList& names_;
    RegisteredDomain registered_;
    std::array<char, most_bytes> text_{};
    std::size_t size_ = 0;
    std::uint64_t name_hash_ = 0;
    std::uint64_t clipped_ = 0;
};

}  // namespace shoji::exfiltration
