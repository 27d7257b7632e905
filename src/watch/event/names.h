// What names mean to the programs of the watch: fields of events, and products, services and
// categories of log sources, as numbers. Rules and field mappings add their names before the first
// event is read; from then on the names are only looked up, so that events cannot make them grow.
#pragma once

#include "watch/event/interner.h"

#include <array>
#include <string_view>

namespace shoji::event {

enum class FieldId : std::uint32_t {};
enum class SourceId : std::uint32_t {};

// The field of a name that nobody asks for: it is in the event, but only a search through all
// fields finds it.
inline constexpr FieldId other_field{0xffffffff};
// No such product, service or category is known.
inline constexpr SourceId no_source{0xffffffff};

// The fields that readers of this room ask for themselves; their numbers are their places here.
inline constexpr std::array<std::string_view, 33> own_fields{
    "EventID", "Channel", "Provider_Name", "Computer", "EventType", "type", "EventRecordID",
    "Level", "SourceName",
    // Times, the best first; what each of them is, and in which ways it is written: event_time.h.
    "TimeCreated_SystemTime", "@timestamp", "EventTime", "UtcTime", "timestamp", "SystemTime",
    "eventTime", "TimeCreated.SystemTime", "TimeCreated", "TimeGenerated", "CreationTime",
    "published", "requestReceivedTimestamp", "createdDateTime", "activityDateTime", "Timestamp",
    "time", "ts", "_time", "created_at", "datetime", "event_time", "receiveTimestamp",
    "EventReceivedTime"};

namespace field {
inline constexpr FieldId event_id{0};
inline constexpr FieldId channel{1};
inline constexpr FieldId provider{2};
inline constexpr FieldId computer{3};
inline constexpr FieldId event_type{4};
inline constexpr FieldId audit_type{5};
inline constexpr FieldId record_id{6};
inline constexpr FieldId level{7};
inline constexpr FieldId source_name{8};
// Where an event says when it was, the best first.
inline constexpr FieldId first_time{9};
inline constexpr FieldId last_time{32};
}  // namespace field

class Names {
  public:
    Names();

    FieldId add_field(std::string_view name) { return FieldId{fields_.intern(name)}; }
    [[nodiscard]] FieldId field(std::string_view name) const;
    [[nodiscard]] std::string_view name(FieldId id) const;
    [[nodiscard]] std::size_t fields() const { return fields_.size(); }

    SourceId add_source(std::string_view name) { return SourceId{sources_.intern(name)}; }
    [[nodiscard]] SourceId source(std::string_view name) const;
    [[nodiscard]] std::string_view name(SourceId id) const;
    [[nodiscard]] std::size_t sources() const { return sources_.size(); }

  private:
    Interner fields_;
    Interner sources_;
};

}  // namespace shoji::event
