// What the detector tells: who, to where, how often, why, and against which baseline.
#pragma once

#include "watch/detect/beacon/score.h"
#include "watch/event/event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::beacon {

enum class AlertKind : std::uint8_t {
    beacon,            // regular contacts with a destination
    long_connection,   // connections with it were open for hours of one day
    rare_destination,  // nobody else knows it, and a program that talks to nothing else comes back
    young_domain,      // on the list of young domains
    generated_names,   // the terminal looks for names that an algorithm made
    denied,            // it keeps trying what the policy never allowed
    flood,             // more destinations than may be watched for one terminal
};
std::string_view name_of(AlertKind kind);

// Whose clock the histogram of 24 bins follows.
enum class View : std::uint8_t {
    hours,   // hours in which the terminal is switched on
    shifts,  // eight of those
    office,  // hours of the office
};
std::string_view name_of(View view);

// What is added to a score, after RITA's modifiers; each is 0 where it does not hold.
struct Modifiers {
    double prevalence = 0;      // 0.15: few terminals know the destination
    double first_seen = 0;      // 0.15: it is new; -0.15: known for a month
    double rare_signature = 0;  // 0.15: the terminal uses this client for no other destination
    double missing_header = 0;  // 0.1: requests without a host header, or with another's
    double many_names = 0;      // 0.15: a hundred names and more under one domain were asked for

    [[nodiscard]] double sum() const {
        return prevalence + first_seen + rare_signature + missing_header + many_names;
    }
};

struct Alert {
    AlertKind kind = AlertKind::beacon;
    event::Time time = 0;  // of the activity that led to it
    std::string host;
    // A domain or an address; at most 79 bytes, the end of longer ones after a "~". In front of it,
    // for contacts by another way than asking for it: "dns:", "denied:"; behind it " as NAME" for
    // another host header, " without a header" for none.
    std::string destination;
    std::uint64_t contacts = 0;  // bursts of less than two seconds count once
    event::Time first = 0;
    event::Time last = 0;

    double threat = 0;  // the bucketed score and the modifiers, within 0 to 1
    Scores scores;
    View view = View::hours;
    Modifiers modifiers;
    double middle_pause = 0;  // seconds, while the terminal is on: the median
    double middle_size = 0;   // bytes out: the median
    double open_hours = 0;    // of connections, this day
    std::uint32_t names = 0;  // different ones, about: under the domain, or that look generated

    // The baseline.
    std::uint32_t hosts = 0;    // that talk to the destination
    std::uint32_t network = 0;  // hosts there are
    double known_days = 0;      // since the destination was first seen by anybody
    double observed_days = 0;   // since the detector began
};

}  // namespace shoji::beacon
