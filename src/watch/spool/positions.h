// What a spool remembers beside its segments: who it is, and up to where the collector has each
// class. A file of two places written in turn, each with a number and a checksum: a cut in the
// middle of writing leaves the other one.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/spool/segment.h"

#include <array>
#include <filesystem>

namespace shoji::spool {

using SpoolId = std::array<std::uint8_t, 16>;

class Positions {
  public:
    // What is damaged or missing is made anew, with a new identity; made_anew() tells.
    static base::Result<Positions> open(const std::filesystem::path& file);

    [[nodiscard]] const SpoolId& id() const { return id_; }
    [[nodiscard]] bool made_anew() const { return made_anew_; }
    // The highest sequence that the collector has; 0: none.
    [[nodiscard]] std::uint64_t acknowledged(Class kind) const {
        return acknowledged_.at(static_cast<std::size_t>(kind));
    }

    void acknowledge(Class kind, std::uint64_t sequence);
    // Random. Nothing is acknowledged any more.
    void renew();
    [[nodiscard]] bool changed() const { return changed_; }
    // On disk when it returns.
    base::Result<void> save();

  private:
    explicit Positions(base::FileDescriptor file) : file_(std::move(file)) {}

    base::FileDescriptor file_;
    SpoolId id_{};
    std::array<std::uint64_t, classes> acknowledged_{};
    std::uint64_t number_ = 0;  // of the last save
    bool made_anew_ = false;
    bool changed_ = false;
};

}  // namespace shoji::spool
