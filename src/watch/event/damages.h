// What a reader of a log could not read, and where: the first ones are told, the rest counted.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace shoji::event {

struct Damage {
    std::uint64_t offset;  // in the file
    std::uint64_t bytes;   // that were left out; 0: the data was read in spite of it
    base::Error what;      // with words for people
};

class Damages {
  public:
    static constexpr std::size_t most_told = 1000;  // further ones are counted

    void add(std::uint64_t offset, std::uint64_t bytes, base::Error what) {
        ++count_;
        if (told_.size() < most_told) told_.push_back({offset, bytes, std::move(what)});
    }
    // The sentence is one of the catalogue (core/base/words.h).
    template <class... Arguments>
    void add(std::uint64_t offset, std::uint64_t bytes, fmt::format_string<Arguments...> sentence,
             Arguments&&... arguments) {
        add(offset, bytes,
            base::because(base::ErrorKind::corrupt, sentence, std::forward<Arguments>(arguments)...)
                .value());
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] const std::vector<Damage>& told() const { return told_; }

  private:
    std::uint64_t count_ = 0;
    std::vector<Damage> told_;
};

}  // namespace shoji::event
