// For tests: small event logs of Windows, written as Windows writes them.
#pragma once

#include "core/base/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event::testing {

struct EvtxData {
    std::string name;   // of EventData's Data
    std::string value;  // text
};

// One chunk, whose events all have System with EventID, Channel and TimeCreated, and EventData with
// the given data. Events with the same names use one template.
class EvtxWriter {
  public:
    // `first`: the number of the first record.
    explicit EvtxWriter(std::uint64_t first = 1);

    // `written` in FILETIME.
    void add(std::uint16_t event_id, std::string_view channel, std::uint64_t written,
             const std::vector<EvtxData>& data);
    [[nodiscard]] std::vector<std::uint8_t> file() const;

  private:
    void name(std::string_view text);
    void text(std::string_view text);
    void begin(std::uint8_t token);  // of an element; its size is known at its end
    void open(std::string_view element);
    void close();
    void substitute(std::uint16_t index, std::uint8_t type);
    void instance(const std::vector<EvtxData>& data);
    void definition(const std::vector<EvtxData>& data);

    base::ByteWriter chunk_;
    std::uint64_t first_;
    std::uint64_t last_;       // the number of the last record
    std::size_t last_at_ = 0;  // where it begins
    std::string last_names_;
    std::vector<std::size_t> sizes_;  // where the sizes of the open elements stand
    std::uint32_t definition_ = 0;    // offset of the last template
};

}  // namespace shoji::event::testing
