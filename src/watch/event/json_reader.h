// Events from JSON. Nested objects become fields with dotted names, but for the envelopes that are
// known by their shape, whose contents stand as Windows calls them:
//   {"Event": {"System": {…}, "EventData": {…}}}   exports of EVTX files (also "UserData")
//   {"winlog": {"event_id": …, "event_data": {…}}}  Winlogbeat
//   {"event_id": …, "event_data": {…}}              Logstash and older Winlogbeat
//   {"EventID": …, "Image": …}                      NXLog, and plain exports of Sysmon
// Several values of a list are several fields of one name.
#pragma once

#include "core/base/result.h"
#include "watch/event/event.h"
#include "watch/event/time_zone.h"
#include "watch/event/windows_sources.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace shoji::event {

// Bytes that must be readable after a text given to JsonReader; their values do not matter.
inline constexpr std::size_t json_padding = 64;

class JsonReader {
  public:
    static constexpr std::size_t most_bytes = 16 << 20;  // of one document
    static constexpr std::size_t most_depth = 32;

    // How a document is read: by json_scanner.h where it can be, or always by simdjson, which tests
    // hold the other against.
    enum class Way : std::uint8_t { scanned, parsed };

    // Names and sources must outlive the reader. `zone` is of times that say no offset.
    JsonReader(const Names& names, const WindowsSources& windows, Way way = Way::scanned,
               TimeZone zone = {});
    ~JsonReader();

    // One document, which is one event, read into `event`, which is cleared first. It is good
    // until the next read, or until `text` or the reader goes.
    base::Result<void> read(std::string_view text, Event& event);

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace shoji::event
