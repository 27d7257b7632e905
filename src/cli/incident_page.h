// An incident as one page, for a specialist: who, what, when, where to, by which techniques, what
// to do next, and what it rests on. What logs said is shown as text and cannot change the page.
#pragma once

#include "core/text/text.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/event/time_zone.h"

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace shoji::cli {

struct IncidentView {
    const incident::Incident& incident;
    const incident::Gatherer& gatherer;  // that it is one of
    event::TimeZone zone{};              // in which people are shown times
    // Of which not all starts of programs were read: who started what may be missing in the tree.
    std::vector<std::string> cut_hosts{};
};

// Plain text, lines end with '\n'. Long lists are cut, with how many are left out.
std::string incident_text(const IncidentView& view, text::Language language);

// All of it: id, state, cause, risk, highestRisk, first, last, opened (RFC 3339, or null), alerts,
// hosts, users, peers, files, techniques, next, timeline, processes,
// treeCut (hosts of which not all starts were read), earlier, joined, beyond.
boost::json::object incident_json(const IncidentView& view, text::Language language);

// What suppressions held back, by rule; those that expired; those that could not be used.
std::string suppressions_text(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                              text::Language language);

// A suppression's conditions as its owner wrote them: "rule=persistence host=srv".
std::string suppression_conditions(const incident::Suppression& suppression);

// One sentence: a suppression that held back nothing.
std::string unused_suppression_words(const incident::Suppression& suppression,
                                     const event::TimeZone& zone, text::Language language);

// One sentence: what an alert saw, and against which baseline.
std::string alert_words(const incident::Alert& alert, text::Language language);
// In a few words, what an alert is about; of a Sigma rule, its title.
std::string alert_title(const incident::Alert& alert, text::Language language);
// A technique with its name, where it is known: "T1486 Data Encrypted for Impact".
std::string technique_words(const std::string& technique, text::Language language);
// What to do next, the most urgent first.
std::vector<std::string> next_steps(const incident::Incident& incident, text::Language language);

}  // namespace shoji::cli
