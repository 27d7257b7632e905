// Lists of domains that an administrator imports: young ones, and ones that are known to be good.
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::beacon {

class DomainList {
  public:
    static constexpr std::size_t most_domains = 1'000'000;
    static constexpr std::size_t most_line_bytes = 1024;

    // One domain a line; after it, behind blanks or a comma, the day of its registration as
    // 2026-06-01 (none: not known). '#' begins a comment. Lines that are none of this are left out
    // and counted. An error when there are more domains than that.
    static base::Result<DomainList> read(std::string_view text);

    struct Entry {
        std::int64_t registered = 0;  // seconds since 1970; 0: the list does not say
    };
    // The entry of the name, or of a domain that it is under.
    [[nodiscard]] std::optional<Entry> find(std::string_view name) const;

    [[nodiscard]] std::size_t size() const { return domains_.size(); }
    [[nodiscard]] std::size_t bad_lines() const { return bad_lines_; }

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    bool read_line(std::string_view line);

    std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> domains_;
    std::size_t bad_lines_ = 0;
};

}  // namespace shoji::beacon
