// New services, tasks, run keys, units and cron jobs: those that this host never had, nor, as a
// rule, any other. While the detector learns, nothing is told: everything would be new.
#pragma once

#include "watch/detect/intrusion/look.h"

namespace shoji::intrusion {

class Persistence {
  public:
    explicit Persistence(const Settings& settings) : usual_(settings, settings.most_usual) {}

    // What was known of the thing before; a lateral movement is told by it.
    Standing observe(const Look& look);

    [[nodiscard]] std::uint64_t displaced() const { return usual_.displaced(); }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(usual_);
    }

  private:
    Usual usual_;
};

// MITRE ATT&CK's number for the sort of thing that was installed.
std::string_view persistence_technique(const event::Activity& service);

}  // namespace shoji::intrusion
