// Incidents together: a table for a terminal, lines of JSON, a section of the HTML report.
#pragma once

#include "cli/terminal_output.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/event/time_zone.h"

#include <string>

namespace shoji::cli {

// What it is about: the title of its gravest alert.
std::string incident_title(const incident::Incident& incident, text::Language language);

// Those that are open and those that are over, the highest risk first; what suppressions did. With
// --json a line for each: {"incident": …} and {"suppression": …}.
void list_incidents(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                    TerminalOutput& output);

// After a hunt: the suppressions that held back nothing. With --json {"unusedSuppression": …}.
void list_unused_suppressions(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                              TerminalOutput& output);

// One page, or its JSON; not_found when there is none of that number.
Exit show_incident(const incident::Gatherer& gatherer, std::uint64_t number,
                   const event::TimeZone& zone, TerminalOutput& output);

// A table, and below it each incident's page.
std::string incidents_html(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                           text::Language language);

}  // namespace shoji::cli
