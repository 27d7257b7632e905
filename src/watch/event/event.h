// One thing that a computer reported: where it comes from, when, and its fields in the order in
// which they came. A field that stands several times has several values. Names of nested fields are
// joined by dots.
//
// An event is made to be filled again and again: clear() keeps the memory. Names and values are
// views, into the text that was read or into its reader, which must outlive them, or into the
// event's own memory (keep()).
#pragma once

#include "watch/event/names.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

// Nanoseconds since 1970-01-01 00:00 UTC. 0: the source did not say.
using Time = std::int64_t;

enum class Type : std::uint8_t { null, boolean, number, text };

struct Field {
    FieldId id = other_field;
    Type type = Type::text;
    std::string_view name;
    std::string_view value;  // as the source wrote it; empty for null
};

// What a rule asks for when it names a log source. A name that an event does not have is no_source.
struct LogSource {
    static constexpr std::size_t most_categories = 3;

    SourceId product = no_source;
    SourceId service = no_source;
    std::array<SourceId, most_categories> categories{no_source, no_source, no_source};

    bool operator==(const LogSource&) const = default;
};

class Event {
  public:
    // What an event may hold; what is beyond is left out and counted in `lost_fields`.
    static constexpr std::size_t most_fields = 1024;
    static constexpr std::size_t most_kept_bytes = 4 << 20;

    void clear();
    // Left out, and counted, when the event is full.
    void add(const Field& field) {
        if (fields_.size() < most_fields) {
            fields_.push_back(field);
        } else {
            ++lost_fields_;
        }
    }
    // What its source had left out before.
    void add_lost_fields(std::uint32_t count) { lost_fields_ += count; }
    // A copy that lives as long as the event; empty, and counted, when the event is full.
    std::string_view keep(std::string_view text);

    [[nodiscard]] std::span<const Field> fields() const { return fields_; }
    // The first field of that name, or null.
    [[nodiscard]] const Field* find(FieldId id) const;
    // Its value; empty when there is none.
    [[nodiscard]] std::string_view value(FieldId id) const;
    [[nodiscard]] std::uint32_t lost_fields() const { return lost_fields_; }

    LogSource source;
    Time time = 0;
    std::uint64_t record = 0;  // its number in the file or channel it came from
    bool local_time = false;   // its time said no offset from UTC, and was taken by a zone

  private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };

    std::vector<Field> fields_;
    std::vector<Block> blocks_;
    std::size_t block_ = 0;  // the one being filled
    std::size_t used_ = 0;   // bytes of it
    std::size_t kept_ = 0;   // bytes of all
    std::uint32_t lost_fields_ = 0;
};

}  // namespace shoji::event
