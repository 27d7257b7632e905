// Detection where it stands: the sensor's events meet Sigma rules, correlations and the detectors
// of watch/detect/analysis; alerts of all of them come out, in one shape. Its memory is bounded for
// one host (host_settings()); what it learnt survives a restart.
#pragma once

#include "core/base/result.h"
#include "watch/detect/analysis/analysis.h"
#include "watch/detect/sigma/correlator.h"
#include "watch/hunt/rule_set.h"
#include "watch/station/policy.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shoji::station {

// Limits of the analysis for one host, where the usual ones are for a city.
analysis::Settings host_settings();
// Rules that the sensor's events can meet: of Linux, by category.
bool is_for_sensor(const sigma::RuleSource& source);

// Alerts of one rule that are told within an hour; what is beyond is counted, and told at its end.
class HourlyLimit {
  public:
    explicit HourlyLimit(std::uint32_t most) : most_(most) {}
    // Whether one more of the rule may be told.
    bool admit(const incident::Alert& alert);
    // Appends what was held back in hours that are over, or, at the end, in all.
    void tell(event::Time now, bool all, std::vector<incident::Alert>& told);

  private:
    struct Hour {
        event::Time from = 0;
        std::uint32_t told = 0;
        std::uint64_t held = 0;     // and not told yet
        event::Time held_from = 0;  // the first of them
        std::string host;
        std::string title;
    };
    std::uint32_t most_;
    std::map<std::string, Hour, std::less<>> by_rule_;  // as many as there are rules
};

class Detection {
  public:
    using Alerts = std::vector<incident::Alert>;

    // Reads rules, settings and lists: before the process confines itself. Files that are wrong are
    // errors; rules that do not compile are left out and told in problems().
    static base::Result<std::unique_ptr<Detection>> make(const DetectionPolicy& policy);
    Detection(const Detection&) = delete;
    Detection& operator=(const Detection&) = delete;
    ~Detection();

    // What events must be read with.
    [[nodiscard]] event::Names& names() { return rules_->names; }

    void take(const event::Event& event, Alerts& told);
    // Of the last event: alerts of rules beyond what is told within an hour. What they lead to is
    // due all the same.
    [[nodiscard]] const Alerts& held() const { return held_; }
    // An alert that somebody else raised: it belongs to incidents as well. False: suppressed.
    bool add(const incident::Alert& alert);
    // Once in a while; `last`: nothing more comes.
    void tick(event::Time now, bool last, Alerts& told);

    // What it learnt, in a folder of its own: "analysis.state" and "correlations.state", each
    // replaced in one step.
    base::Result<void> save(const std::filesystem::path& folder);
    // Before the first event. Where nothing was saved, nothing is loaded; after an error it begins
    // anew.
    base::Result<void> load(const std::filesystem::path& folder);

    [[nodiscard]] std::size_t rules() const;
    [[nodiscard]] const std::vector<hunt::RuleProblem>& problems() const {
        return rules_->folder.problems;
    }
    [[nodiscard]] std::uint64_t events() const { return events_; }

  private:
    struct Parts;
    // What it is made from, kept until load() has used it.
    struct Start {
        analysis::Settings settings;
        analysis::Lists lists;
        incident::Suppressions suppressions;
        bool beyond_rules = true;
    };

    Detection(std::unique_ptr<hunt::RuleSet> rules, Start start, std::uint32_t alerts_hourly);
    base::Result<void> begin();
    base::Result<void> load_files(const std::filesystem::path& folder);
    void tell_hits(const event::Event& event, Alerts& told);
    void correlate(const event::Event& event, Alerts& told);
    void tell(incident::Alert alert, Alerts& told);

    std::unique_ptr<hunt::RuleSet> rules_;
    std::optional<Start> start_;
    std::unique_ptr<Parts> parts_;
    HourlyLimit limit_;
    Alerts held_;
    std::uint64_t events_ = 0;
    event::Time last_observation_ = 0;
};

}  // namespace shoji::station
