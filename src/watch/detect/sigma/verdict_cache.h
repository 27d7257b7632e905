// Whether a rule held for the same values of the fields that it asks about: exact, of what came
// last.
#pragma once

#include "watch/detect/sigma/value_cache.h"

#include <array>
#include <cstdint>
#include <vector>

namespace shoji::sigma {

// `unknown`: the values do not decide it.
enum class Truth : std::uint8_t { no, yes, unknown };

class VerdictCache {
  public:
    static constexpr std::size_t most_fields = 6;
    static constexpr std::uint32_t no_rule = 0xffffffff;
    // The numbers of the values of a rule's fields, in the order of the rule's fields; 0 stands for
    // any value.
    struct Question {
        std::uint32_t rule = no_rule;
        std::array<ValueCache::Number, most_fields> values{};

        bool operator==(const Question&) const = default;
    };
    struct Verdict {
        Question question;
        Truth truth = Truth::unknown;
    };

    // Where the answer is, or goes. It is another question's when `question` differs.
    [[nodiscard]] Verdict& at(const Question& question) {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
        std::uint64_t hash = question.rule;
        for (const auto value : question.values) {
            hash = (hash ^ value) * odd;
            hash ^= hash >> 29U;
        }
        return verdicts_[hash % places];
    }
    void clear() { verdicts_.assign(places, {}); }

  private:
    static constexpr std::size_t places = 8192;
    std::vector<Verdict> verdicts_ = std::vector<Verdict>(places);
};

}  // namespace shoji::sigma
