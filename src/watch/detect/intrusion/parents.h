// Shells and hosts of scripts started by programs that do not start any: those that are listed
// (Office, PDF readers, browsers, servers of web pages and databases), and any other that starts
// much and never this.
#pragma once

#include "watch/detect/intrusion/look.h"

namespace shoji::intrusion {

class Parents {
  public:
    explicit Parents(const Settings& settings)
        : pairs_(settings, settings.most_usual), starts_(settings, settings.most_usual) {}

    // What was known of the pair before.
    Standing observe(const Look& look);

    [[nodiscard]] std::uint64_t displaced() const {
        return pairs_.displaced() + starts_.displaced();
    }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(pairs_, starts_);
    }

  private:
    Usual pairs_;   // "parent|child"
    Usual starts_;  // "parent"
};

}  // namespace shoji::intrusion
