// One control group made to stand still (cgroup-v2, cgroup.freeze), and let go on at the end.
#pragma once

#include "core/base/result.h"
#include "watch/response/process.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace shoji::response {

// Where the unified hierarchy is mounted; empty: nowhere. From the text of /proc/self/mountinfo.
std::filesystem::path unified_mount(std::string_view mountinfo);

class Frozen {
  public:
    // Nothing where it cannot be frozen: there is no version 2, it is the root, or it did not stand
    // still within two seconds (then it goes on).
    static std::optional<Frozen> freeze(const std::string& cgroup);
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;
    Frozen(Frozen&& other) noexcept : folder_(std::move(other.folder_)) { other.folder_.clear(); }
    Frozen& operator=(Frozen&&) = delete;
    ~Frozen();

  private:
    explicit Frozen(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path folder_;
};

}  // namespace shoji::response
