// Windows' binary XML inside one chunk of an event log, walked without building a tree.
// Source: libevtx, "Windows XML Event Log (EVTX) format", "Binary XML".
#pragma once

#include "core/base/result.h"
#include "watch/event/evtx_value.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::event {

// What a walk reports. Texts are good only during the call.
class XmlVisitor {
  public:
    virtual ~XmlVisitor() = default;
    virtual void start_element(std::string_view name) = 0;
    virtual void attribute(std::string_view name, std::string_view value) = 0;
    // A piece of the element's content; null when a value that is missing would stand there.
    virtual void content(Type type, std::string_view text) = 0;
    virtual void end_element() = 0;
};

class BinaryXml {
  public:
    static constexpr std::size_t most_depth = 64;  // of elements, templates and values in values
    static constexpr std::size_t most_tokens = 200'000;  // of one record

    // The whole chunk: names and templates are found by their offset in it.
    explicit BinaryXml(std::span<const std::uint8_t> chunk) : chunk_(chunk) {}

    // Walks the XML at `offset`, `size` bytes. What was reported before an error stands.
    base::Result<void> walk(std::size_t offset, std::size_t size, XmlVisitor& visitor);

  private:
    struct Value {
        EvtxType type = EvtxType::null;
        std::span<const std::uint8_t> bytes;
    };
    using Values = std::span<const Value>;
    class Walk;

    std::span<const std::uint8_t> chunk_;
    std::unordered_map<std::uint32_t, std::string> names_;  // by offset
};

}  // namespace shoji::event
