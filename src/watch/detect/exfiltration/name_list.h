// Which destinations are places to leave data at: a list of registered or longer names by category,
// data by edition (data/destinations-*.txt), no code. A line is `category name`; '#' begins a
// comment; the first line is `edition` and what it is called.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::exfiltration {

enum class Category : std::uint8_t {
    none,
    storage,  // files are kept or handed over there
    paste,    // text is left there for whoever knows the address
    webmail,
    lookups,  // asks questions by long names: filters' and antivirus' DNS services
};

class NameList {
  public:
    static constexpr std::size_t most_names = 100'000;
    static constexpr std::size_t most_bytes = 16 << 20;

    // An error names the line. Letters are compared without regard to ASCII case.
    static base::Result<NameList> parse(std::string_view text);

    struct Match {
        Category category = Category::none;
        std::string_view name;  // the listed one, a view into what was asked for
    };
    // The longest listed name that is `name` or a domain above it. `name` is in lower case.
    [[nodiscard]] Match find(std::string_view name) const;
    [[nodiscard]] const std::string& edition() const { return edition_; }
    [[nodiscard]] std::size_t size() const { return names_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>()(name);
        }
    };

    std::string edition_;
    std::unordered_map<std::string, Category, Hash, std::equal_to<>> names_;
};

}  // namespace shoji::exfiltration
