// What a place's clocks show, for times that do not say how far from UTC they are, and for people
// who read times.
#pragma once

#include "watch/event/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class TimeZone {
  public:
    TimeZone() = default;  // UTC

    // "UTC", "+09:00", "-0330", or a name of this machine's time zone database ("Asia/Tokyo"), as
    // it is from 1970 to 2100; what holds then holds before and after as well. Nothing when there
    // is no such zone. Names are looked up by way of the process's variable TZ, which is as before
    // when this returns: to be called while no other thread runs.
    static std::optional<TimeZone> named(std::string_view name);
    // What this machine's clocks show, by TZ or /etc/localtime; its name is "local".
    static TimeZone local();

    [[nodiscard]] const std::string& name() const { return name_; }
    // Of its clocks from UTC, nanoseconds, at a time in UTC.
    [[nodiscard]] Time offset_at(Time utc) const;
    // The same for people: "UTC", "+09:00".
    [[nodiscard]] std::string offset_text_at(Time utc) const;
    // Of a time as its clocks show it. What they show twice is one of the two times; what they
    // leave out is near the change.
    [[nodiscard]] Time to_utc(Time local) const;

  private:
    struct Change {
        Time at;
        Time offset;
    };

    static TimeZone looked_up(std::string_view name);
    // By the zone that the C library has at present.
    void look_up();

    std::string name_ = "UTC";
    Time first_ = 0;  // the offset before the first change
    std::vector<Change> changes_;
};

// As parse_time() of time.h; what says no offset is as the zone's clocks show it.
std::optional<Time> parse_time(std::string_view text, const TimeZone& zone);

}  // namespace shoji::event
