// An incident as OCSF's Incident Finding (2005; OCSF schema 1.5.0).
#pragma once

#include "cli/incident_page.h"

#include <string>

namespace shoji::cli {

// One object of JSON: an incident that is open is created, one that is over is closed.
std::string ocsf_incident(const IncidentView& view, text::Language language);

}  // namespace shoji::cli
