// What rules say of themselves, packed: thousands are kept, and few are ever asked for. Each is
// unpacked when it is first asked for, which may be on any thread.
#pragma once

#include "watch/detect/sigma/archive.h"
#include "watch/detect/sigma/rule.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace shoji::sigma {

class RuleShelf {
  public:
    // Without its tests and its expression. All are added before the first one is asked for.
    void add(Rule& rule);
    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    // Good as long as this. Precondition: `index` is below size().
    [[nodiscard]] const Rule& at(std::uint32_t index) const;

    // After loading: each can be unpacked.
    [[nodiscard]] bool is_sound() const;

    template <class Archive>
    friend void members(Archive& archive, RuleShelf& shelf) {
        archive(shelf.bytes_, shelf.ends_, shelf.levels_);
        if constexpr (Archive::is_loading) shelf.make_room();
    }

    RuleShelf() = default;
    RuleShelf(const RuleShelf&) = delete;
    RuleShelf& operator=(const RuleShelf&) = delete;
    ~RuleShelf();
    // To be called when all were added.
    void make_room();

  private:
    [[nodiscard]] std::string_view packed(std::size_t index) const;

    std::string bytes_;
    std::vector<std::uint32_t> ends_;  // of each one's bytes
    std::vector<Level> levels_;        // of each
    std::unique_ptr<std::atomic<const Rule*>[]> unpacked_;
};

}  // namespace shoji::sigma
