// A value of a rule with its wildcards: '*' is any number of characters, '?' exactly one (a code
// point). Source of the escapes: Sigma specification 2, "Escaping": a backslash makes a following
// '*', '?' or backslash plain, and is plain itself before anything else and at the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class Glob {
  public:
    enum class Kind : std::uint8_t { literal, any, one };
    struct Part {
        Kind kind = Kind::literal;
        std::string text;  // of a literal, never empty
        bool operator==(const Part&) const = default;
    };
    // What a glob asks for, when its wildcards stand at its ends only.
    enum class Shape : std::uint8_t { anything, equal, start, end, inside, general };

    static Glob parse(std::string_view sigma);
    static Glob plain(std::string_view text);

    void any_before();
    void any_after();
    void append(Kind kind, std::string_view text);

    // As it stands; where case does not matter, both are folded before (fold.h).
    [[nodiscard]] bool matches(std::string_view text) const;
    [[nodiscard]] Glob folded() const;

    [[nodiscard]] Shape shape() const;
    // The text without wildcards, when shape() is none of anything and general.
    [[nodiscard]] std::string_view only_literal() const;
    // The longest literal part, which every text that matches contains; empty when there is none.
    [[nodiscard]] std::string_view longest_literal() const;
    // All of it as one text, when it has no wildcards.
    [[nodiscard]] std::optional<std::string> as_plain() const;
    [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

    bool operator==(const Glob&) const = default;

  private:
    std::vector<Part> parts_;
};

}  // namespace shoji::sigma
