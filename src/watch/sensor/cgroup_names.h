// The names of control groups by their numbers. The kernel tells each name once and remembers which
// it told (shared_told): a group that is in use must not be forgotten here, however many come and
// go. So they stand in two generations: what is asked for moves to the younger, and when that is
// full the older goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

namespace shoji::sensor {

// A control group by its path.
struct CgroupName {
    std::string path;
    std::string container;  // the 64 hexadecimal digits that Docker, containerd and Podman give
    std::string session;    // of Shoji's own
    std::string role;       // in it: browser, or helpers (compositor and egress)
};

class CgroupNames {
  public:
    static constexpr std::size_t most = 8192;  // of a generation: what the kernel remembers

    void add(std::uint64_t id, CgroupName name) {
        older_.erase(id);
        make_room();
        younger_.insert_or_assign(id, std::move(name));
    }
    // Null when its name is not known. Good until the next call.
    [[nodiscard]] const CgroupName* find(std::uint64_t id) const {
        if (const auto found = younger_.find(id); found != younger_.end()) return &found->second;
        auto used = older_.extract(id);
        if (used.empty()) return nullptr;
        make_room();
        return &younger_.insert(std::move(used)).position->second;
    }
    [[nodiscard]] std::size_t size() const { return younger_.size() + older_.size(); }

  private:
    void make_room() const {
        if (younger_.size() < most) return;
        older_ = std::move(younger_);
        younger_.clear();
    }

    // Which generation a name stands in is nothing that anybody sees.
    mutable std::unordered_map<std::uint64_t, CgroupName> younger_;
    mutable std::unordered_map<std::uint64_t, CgroupName> older_;
};

}  // namespace shoji::sensor
