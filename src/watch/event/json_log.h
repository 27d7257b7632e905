// A file of JSON documents, each of which is an event. Lines of Shoji's own journal are told as
// such (shoji_journal.h). What is no JSON object is told, and left out.
#pragma once

#include "watch/event/damages.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"

#include <cstdint>
#include <string_view>

namespace shoji::event {

class JsonLog {
  public:
    // All of a file's text, which must outlive this, as must names and sources; behind its end
    // json_padding bytes must be readable.
    JsonLog(std::string_view text, const Names& names, const WindowsSources& windows)
        : names_(names), documents_(text), reader_(names, windows) {}

    // The next event; false at the end. Its values are good until the next call.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    [[nodiscard]] std::uint64_t offset() const { return documents_.offset(); }

  private:
    const Names& names_;
    JsonDocuments documents_;
    JsonReader reader_;
    std::uint64_t number_ = 0;  // of the document
    Damages damages_;
};

}  // namespace shoji::event
