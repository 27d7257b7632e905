// Reading fields with their bounds, for the decoders of this room.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <concepts>
#include <string_view>

namespace shoji::wire {

enum class Newlines { forbidden, allowed };

// True for UTF-8 without control characters (Unicode's category Cc: U+0000 to U+001F, U+007F to
// U+009F), newline excepted where allowed.
bool is_plain_text(std::string_view text, Newlines newlines);
// True when `position` lies between two characters of the UTF-8 `text`, or at one of its ends.
bool is_character_border(std::string_view text, std::size_t position);

// Reads the fields of one message in turn; the first that is short or out of bounds is remembered
// by its name, and the rest yield zeros.
class Fields {
  public:
    // `message` and the names given below are for the error's text and must outlive this.
    Fields(std::string_view message, base::ByteReader& reader)
        : message_(message), reader_(reader) {}

    template <std::integral T>
    T number(std::string_view name, T least, T most) {
        const T value = reader_.read<T>();
        require(name, value >= least && value <= most);
        return problem_.empty() ? value : T{};
    }
    template <std::integral T>
    T number(std::string_view name) {
        const T value = reader_.read<T>();
        require(name, true);
        return value;
    }
    bool flag(std::string_view name) { return number<std::uint8_t>(name, 0, 1) != 0; }
    std::string_view text(std::string_view name, std::size_t limit) {
        const std::string_view value = reader_.read_string(limit);
        require(name, true);
        return value;
    }
    // Records a problem with `name` unless `holds` and all was there to be read.
    void require(std::string_view name, bool holds) {
        if (problem_.empty() && !(holds && reader_.ok())) problem_ = name;
    }
    [[nodiscard]] bool ok() const { return problem_.empty(); }
    // The message is whole: every field within its bounds and nothing left over.
    [[nodiscard]] base::Result<void> finish() const {
        if (!problem_.empty()) {
            return base::fail(base::ErrorKind::invalid,
                              "the message '{}' is malformed: {} is missing or out of bounds",
                              message_, problem_);
        }
        if (!reader_.finished()) {
            return base::fail(base::ErrorKind::invalid,
                              "the message '{}' has bytes after its last field", message_);
        }
        return {};
    }

  private:
    std::string_view message_;
    base::ByteReader& reader_;
    std::string_view problem_;
};

}  // namespace shoji::wire
