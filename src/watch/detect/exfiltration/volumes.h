// How much leaves: a day's amount by medium, an hour's, a day's to one destination and by one
// program, and what adds up little by little to a destination that few know.
//
// By the web an amount is what goes out beyond what comes in by the same activity: to look at a
// page asks for more than it says, a meeting is about even, and handing over is neither (the
// producer-consumer ratio of Bullard and Gerth, FloCon 2014, as a difference). Amounts to common
// destinations (settings.h) are held only against what goes there.
#pragma once

#include "watch/detect/exfiltration/bounded_table.h"
#include "watch/detect/exfiltration/meter.h"
#include "watch/detect/exfiltration/season.h"
#include "watch/detect/exfiltration/seen.h"

#include <array>
#include <cstdint>

namespace shoji::exfiltration {

class Volumes {
  public:
    // `settings` must outlive it.
    explicit Volumes(const Settings& settings);

    // Something left by seen.medium, seen.amount of it, to seen.destination unless that is 0.
    void observe(const Seen& seen, Alerts& alerts);
    // At least settings.common_hosts hosts send there.
    [[nodiscard]] bool is_common(std::uint64_t destination);
    // What this subject usually sends to this destination a day; 0 when that is not known.
    [[nodiscard]] std::uint64_t usual(const Seen& seen);

    [[nodiscard]] std::uint64_t displaced() const;
    static std::size_t memory_limit(const Settings& settings);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(first_day_, by_subject_, by_pair_, by_week_, by_common_, by_program_, by_hour_,
                subjects_, pairs_, programs_, places_);
    }
    [[nodiscard]] bool sound() const { return Meter::is_day(first_day_); }

  private:
    // A host with a user.
    struct Subject {
        std::array<Meter, media> meters;
        Season season;
        std::int64_t told_hour = -1;
        std::uint64_t told_hour_amount = 0;
        // An alert of the web; what the day brings besides is the same unless it is much more.
        std::int32_t told_day = -1;
        std::uint64_t told_destination = 0;
        std::uint64_t told_amount = 0;

        [[nodiscard]] std::int64_t standing() const;
        template <class Archive>
        void transfer(Archive& archive) {
            archive(meters, season, told_hour, told_hour_amount, told_day, told_destination,
                    told_amount);
        }
        [[nodiscard]] bool sound() const { return Meter::is_day(told_day) && told_hour >= -1; }
    };
    // A subject with a destination.
    struct Pair {
        Meter meter;
        std::int64_t hour = -1;
        std::uint64_t hour_out = 0;
        std::uint64_t hour_in = 0;
        std::uint64_t excess = 0;     // what added up beyond the allowance
        std::uint64_t reference = 0;  // an hour's excess as it was learnt
        std::uint64_t total_out = 0;  // since first_day
        std::uint64_t total_in = 0;
        std::int32_t first_day = -1;
        std::int32_t told_day = -1;  // a leak
        std::uint32_t active_hours = 0;
        event::Time since = 0;
        std::int32_t week_start = -1;
        bool week_told = false;
        std::uint64_t week = 0;
        std::uint64_t week_before = 0;

        [[nodiscard]] std::int64_t standing() const { return meter.standing(); }
        template <class Archive>
        void transfer(Archive& archive) {
            archive(meter, hour, hour_out, hour_in, excess, reference, total_out, total_in,
                    first_day, told_day, active_hours, since, week_start, week_told, week,
                    week_before);
        }
        [[nodiscard]] bool sound() const {
            return Meter::is_day(first_day) && Meter::is_day(told_day) && Meter::is_day(week_start);
        }
    };
    struct Program {
        Meter meter;
        [[nodiscard]] std::int64_t standing() const { return meter.standing(); }
        template <class Archive>
        void transfer(Archive& archive) {
            archive(meter);
        }
    };
    // A destination or a program as all hosts together see it.
    struct Place {
        HostCount hosts;
        History days;  // amounts of one subject's days
        std::int32_t first_day = -1;
        std::int32_t last_day = -1;
        [[nodiscard]] std::int64_t standing() const {
            return std::int64_t{last_day} * 4 + static_cast<std::int64_t>(days.size()) * 2;
        }
        template <class Archive>
        void transfer(Archive& archive) {
            archive(hosts, days, first_day, last_day);
        }
        [[nodiscard]] bool sound() const {
            return Meter::is_day(first_day) && Meter::is_day(last_day);
        }
    };

    static bool is_told(const Subject& subject, const Seen& seen, std::uint64_t amount);
    static void set_told(Subject& subject, const Seen& seen, std::uint64_t amount);
    Place& meet(std::uint64_t key, const Seen& seen);
    [[nodiscard]] Baseline limit_of(const Meter& meter, const Place* place,
                                    const Population& population, std::uint64_t floor) const;
    [[nodiscard]] Baseline city_limit(const Population& population, std::uint64_t floor) const;
    void observe_pair(const Seen& seen, Subject& subject, Alerts& alerts);
    void observe_week(const Seen& seen, Pair& pair, Subject& subject, Alerts& alerts);
    void observe_leak(const Seen& seen, Pair& pair, const Place& place, Subject& subject,
                      Alerts& alerts);
    void close_hour(const Seen& seen, Pair& pair, const Place& place) const;
    void observe_hour(const Seen& seen, Subject& subject, Alerts& alerts);
    [[nodiscard]] Baseline hour_limit(const Subject& subject) const;
    void observe_program(const Seen& seen, Subject& subject, Alerts& alerts);
    void observe_subject(const Seen& seen, Subject& subject, Alerts& alerts);
    [[nodiscard]] bool learning(std::int32_t day) const {
        return day - first_day_ < static_cast<std::int32_t>(settings_.learning_days);
    }

    const Settings& settings_;
    std::int32_t first_day_ = -1;  // of all
    std::array<Population, media> by_subject_;
    std::array<Population, media> by_pair_;
    std::array<Population, media> by_week_;
    Population by_common_;  // a pair's days at common destinations
    Population by_program_;
    Population by_hour_;
    BoundedTable<Subject> subjects_;
    BoundedTable<Pair> pairs_;
    BoundedTable<Program> programs_;
    BoundedTable<Place> places_;
};

}  // namespace shoji::exfiltration
