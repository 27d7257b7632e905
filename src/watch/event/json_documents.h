// The JSON documents of a text, one after the other: JSON Lines, documents over several lines, or
// one list of them. A document that is not JSON is handed out like the others, up to the end of its
// line, for its reader to refuse.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace shoji::event {

class JsonDocuments {
  public:
    explicit JsonDocuments(std::string_view text);

    // The next document; nothing at the end.
    std::optional<std::string_view> next();
    // The text is a list that never ends: some of it is missing.
    [[nodiscard]] bool is_cut() const;
    // Where in the text the last document began.
    [[nodiscard]] std::size_t offset() const { return offset_; }

  private:
    [[nodiscard]] std::size_t end_of_object() const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t offset_ = 0;
    bool lines_ = true;  // every document is one line
};

}  // namespace shoji::event
