// Alerts of the sensor about itself: loss, floods, a part that was ended, a file of its own that
// was changed, a clock that was set.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/event/event.h"
#include "watch/event/names.h"
#include "watch/letters/letters.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::station {

// `rule` as "events_lost": sensor.events_lost, with the words "sensor.alert.events_lost".
incident::Alert own_alert(std::string_view rule, incident::Level level, event::Time time,
                          std::string_view host, std::vector<incident::NamedValue> values);

incident::Alert alert_of(const letters::Notice& notice, event::Time time, std::string_view host);

// The reports among the sensor's events (category sensor_report) as alerts: what is not seen, what
// is held back, and what is lost, which is told at once and then once a minute with all that was.
class ReportAlerts {
  public:
    explicit ReportAlerts(event::Names& names);
    void take(const event::Event& event, std::vector<incident::Alert>& told);
    // Losses that the sensor knows of by itself.
    void lose(std::string_view cause, std::uint64_t count);
    void tick(event::Time now, std::string_view host, bool last,
              std::vector<incident::Alert>& told);
    [[nodiscard]] std::uint64_t lost() const { return lost_; }  // in all

  private:
    event::SourceId report_;
    event::FieldId type_, cause_, count_, family_, cgroup_;
    std::map<std::string, std::uint64_t, std::less<>> untold_;  // by cause
    std::optional<event::Time> told_;
    std::uint64_t lost_ = 0;
};

// Whether the disk is full, told once an hour while it goes on.
class RoomWatch {
  public:
    // `now`: nanoseconds since the boot; `missed`: how often there was no room so far.
    bool look(event::Time now, std::uint64_t missed);

  private:
    std::uint64_t known_ = 0;
    std::optional<event::Time> told_;
};

// Whether somebody set the clock: it is held against the time since the boot, once a second.
class ClockWatch {
  public:
    static constexpr event::Time tolerance = 5'000'000'000;
    // The jump in nanoseconds, where there was one. `wall` and `boot`: both clocks now.
    std::optional<event::Time> look(event::Time wall, event::Time boot);

  private:
    std::optional<event::Time> offset_;
};

}  // namespace shoji::station
