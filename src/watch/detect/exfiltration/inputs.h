// What goes into sessions of the screen: My Numbers in what one person types and pastes, however it
// is cut into pieces. The text is read and forgotten.
#pragma once

#include "core/guard/my_number.h"
#include "watch/detect/exfiltration/bounded_table.h"
#include "watch/detect/exfiltration/seen.h"

#include <cstdint>

namespace shoji::exfiltration {

class Inputs {
  public:
    explicit Inputs(const Settings& settings);

    // `counted`: numbers that the source found in text that it did not keep.
    void observe(const Seen& seen, std::string_view text, std::uint32_t counted, Alerts& alerts);

    [[nodiscard]] std::uint64_t displaced() const { return table_.displaced(); }
    static std::size_t memory_limit(const Settings& settings);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(table_);
    }

  private:
    struct Input {
        guard::MyNumberFinder finder;
        event::Time last = 0;
        event::Time since = 0;
        std::int32_t day = -1;
        std::uint32_t numbers = 0;  // of the day
        bool told = false;
        [[nodiscard]] std::int64_t standing() const { return std::int64_t{day} * 4 + numbers; }
        template <class Archive>
        void transfer(Archive& archive) {
            archive(finder, last, since, day, numbers, told);
        }
        [[nodiscard]] bool sound() const { return last >= 0 && since >= 0; }
    };

    const Settings& settings_;
    BoundedTable<Input> table_;
    std::vector<guard::MyNumberPlace> found_;
};

}  // namespace shoji::exfiltration
