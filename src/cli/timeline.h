// What a hunt found, for people and for programs.
#pragma once

#include "cli/terminal_output.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/hunt/hunt.h"

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace shoji::cli {

struct Profile;

struct Finds {
    const hunt::Timeline& timeline;
    const sigma::Plan& plan;
    const std::vector<std::filesystem::path>& files;
    const sigma::CorrelationPlan* correlations = nullptr;  // with which the hunt was
    // Of the hits of the analysis, whose numbers stand behind those of rules and correlations.
    const std::vector<sigma::Heading>* analysis = nullptr;
    const incident::Gatherer* incidents = nullptr;  // null: nobody looked for them
    const hunt::SkippedFiles* skipped = nullptr;    // in the folders; null: none
    event::TimeZone zone{};                         // in which people are shown times

    [[nodiscard]] bool has_suppressions() const;
    // What holds the hit back from incidents; null: nothing does.
    [[nodiscard]] const incident::Suppression* suppression(const hunt::Hit& hit) const;
    [[nodiscard]] std::uint64_t suppressed() const;  // hits
    // What the rule or correlation that was found says of itself.
    [[nodiscard]] const sigma::Heading& heading(const hunt::Hit& hit) const;
};

// {"owner", "reason"}, or null.
boost::json::value suppression_json(const incident::Suppression* suppression);

// One hit: rule id, title, level, tags, file, record, time (RFC 3339, null when unknown), computer,
// channel, eventId, details; suppressed where it is.
// With a profile: what programs ask for in any case (time, level, id, title, file, record) and the
// profile's columns.
boost::json::object to_json(const hunt::Hit& hit, const Finds& finds,
                            const Profile* profile = nullptr);

// RFC 4180, with a header line. A cell that a spreadsheet would take for a formula gets an
// apostrophe before it.
std::string to_csv(const Finds& finds, const Profile& profile);

// One page without scripts or anything loaded: a plot of the hits over time, summaries, and the
// timeline.
std::string to_html(const Finds& finds, text::Language language, const Profile& profile);

// How often something was found, the most frequent first.
struct Tally {
    std::string name;
    std::uint64_t hits = 0;
    sigma::Level level = sigma::Level::informational;  // the highest
};
std::vector<Tally> by_rule(const Finds& finds);
std::vector<Tally> by_computer(const Finds& finds);
std::vector<Tally> by_technique(const Finds& finds);  // MITRE ATT&CK, as T1059.001
// The levels that were found, the highest first, without names.
std::vector<Tally> by_level(const Finds& finds);

// A level's word for people.
std::string shown_level(sigma::Level level, text::Language language);

// As shown to people: "2026-11-20 01:02:03.456", or "-".
std::string shown_time(event::Time time, const event::TimeZone& zone = {});
// "2026-11-20 01:02", or "-".
std::string shown_minute(event::Time time, const event::TimeZone& zone);

}  // namespace shoji::cli
