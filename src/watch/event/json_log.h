// A file of JSON documents, each of which is an event. Lines of Shoji's own journal are told as
// such (shoji_journal.h), those of clouds and other products as product_sources.h says. Bytes that
// are no UTF-8 are read as U+FFFD, and told; what is no JSON object is told, and left out.
#pragma once

#include "watch/event/damages.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/event/product_sources.h"
#include "watch/event/reading.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::event {

class JsonLog {
  public:
    // All of a file's text, which must outlive this, as must names and sources; behind its end
    // json_padding bytes must be readable.
    JsonLog(std::string_view text, const Names& names, const WindowsSources& windows,
            const Reading& reading = {})
        : names_(names),
          documents_(text),
          reader_(names, windows, JsonReader::Way::scanned, reading.zone.value_or(TimeZone())),
          products_(names) {}

    // The next event; false at the end. Its values are good until the next call.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    [[nodiscard]] std::uint64_t offset() const { return documents_.offset(); }

  private:
    bool read(std::string_view document, Event& event);
    bool read_repaired(std::string_view document, Event& event);

    const Names& names_;
    JsonDocuments documents_;
    JsonReader reader_;
    ProductSources products_;
    std::string repaired_;      // the document, and json_padding behind it
    std::uint64_t number_ = 0;  // of the document
    bool end_told_ = false;
    Damages damages_;
};

}  // namespace shoji::event
