// What a hunt found as OCSF's Detection Finding (2004; OCSF schema 1.5.0).
#pragma once

#include "cli/timeline.h"
#include "watch/event/ocsf.h"
#include "watch/event/windows_sources.h"

#include <string>
#include <vector>

namespace shoji::cli {

// Tags "attack.t1059.001" and the like as OCSF's `attacks`; empty when there are none.
std::string ocsf_attacks(const std::vector<std::string>& tags);

class FindingWriter {
  public:
    // One object of JSON. Its evidence is the event, where the hit has the event's fields.
    std::string line(const hunt::Hit& hit, const Finds& finds);

  private:
    [[nodiscard]] std::string evidence(const hunt::Hit& hit);

    event::Names names_;
    event::WindowsSources windows_{names_};
    event::OcsfView view_{names_};
    event::Event event_;
};

}  // namespace shoji::cli
