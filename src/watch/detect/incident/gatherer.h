// Alerts in, incidents out, no I/O. One thread at a time.
//
// Activities are shown to it before the alerts that they led to: from them come process trees and
// which hosts are tied to each other. What it does with an alert stands in
// docs/detection/incidents.md; memory is bounded by Settings whatever comes, and what had to go is
// counted in Losses.
#pragma once

#include "core/base/result.h"
#include "watch/detect/incident/history.h"
#include "watch/detect/incident/incident.h"
#include "watch/detect/incident/links.h"
#include "watch/detect/incident/process_table.h"
#include "watch/detect/incident/suppression.h"
#include "watch/detect/incident/suppression_counts.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace shoji::incident {

class Gatherer {
  public:
    explicit Gatherer(Settings settings, Suppressions suppressions = {});

    // Counts so far are kept.
    void set_suppressions(Suppressions suppressions);
    // By an inventory: `address` is `host`.
    void name_address(std::string_view address, std::string_view host);

    void observe(const event::Activity& activity);
    // The number of what the alert now belongs to; 0: it was suppressed, and counted.
    std::uint64_t add(const Alert& alert);

    // The suppression that held back the alert given last; null: none did.
    [[nodiscard]] const Suppression* held_by() const;
    // Those that have held back nothing since they were set, and have not expired.
    [[nodiscard]] std::vector<const Suppression*> unused_suppressions() const;

    // Those that are open, the highest risk first.
    [[nodiscard]] std::vector<const Incident*> incidents() const;
    // Those too that are over, the highest risk that they reached first.
    [[nodiscard]] std::vector<const Incident*> opened() const;
    // Also one that is over, or only gathered; for a number that was joined into another, that
    // one. Null: there is none, or it had to go.
    [[nodiscard]] const Incident* find(std::uint64_t id) const;
    // Numbers of incidents (open or over) that changed since the last call. After load(), all.
    [[nodiscard]] std::vector<std::uint64_t> take_changed();
    // A person says that it is dealt with: what follows is a new one. False: it is not open.
    bool close(std::uint64_t id);

    // Earlier and suppressed alerts of its hosts and users, the newest first.
    [[nodiscard]] std::vector<EarlierAlert> earlier(const Incident& incident) const;
    [[nodiscard]] double risk(const Incident& incident) const;
    [[nodiscard]] event::Time now() const { return clock_.now(); }
    // The real time (clock.h); 0: not known.
    void set_present(event::Time present) { clock_.set_present(present); }
    [[nodiscard]] const Suppressions& suppressions() const { return suppressions_; }
    [[nodiscard]] std::vector<SuppressedCount> suppressed() const { return counts_.all(); }
    [[nodiscard]] const Settings& settings() const { return settings_; }

    struct Losses {
        std::uint64_t open = 0;       // open incidents that had to go: the graver loss
        std::uint64_t over = 0;       // of those that were over
        std::uint64_t gathered = 0;   // of what was below the threshold
        std::uint64_t unjoined = 0;   // joins that would have had too many hosts
        std::uint64_t processes = 0;  // starts of programs no longer remembered
        std::uint64_t links = 0;      // hosts whose logons are no longer remembered
        std::uint64_t history = 0;    // earlier alerts
        std::uint64_t untimely = 0;   // by a clock that nobody else agreed with
    };
    [[nodiscard]] Losses losses() const;
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t cases() const { return cases_.size(); }

    // All but settings, suppressions and what take_changed() and unused_suppressions() would say.
    [[nodiscard]] std::vector<std::uint8_t> save() const;
    // The same of one case and what find(), risk() and earlier() say of it, for who shows it
    // elsewhere; `not_found` when there is none.
    [[nodiscard]] base::Result<std::vector<std::uint8_t>> excerpt(std::uint64_t id) const;
    // Into a gatherer made with the same settings, that has seen nothing. After an error it must
    // not be used.
    base::Result<void> load(std::span<const std::uint8_t> bytes);

  private:
    // An alert with what it is told apart by.
    struct Arrival {
        const Alert& alert;
        event::Time now;
        std::string host;     // host_key()
        std::string subject;  // of Incident::hosts
        std::string user;     // user_key()
        bool is_personal;     // the user says who it is
    };

    [[nodiscard]] Arrival arrival_of(const Alert& alert);
    bool suppress(const Arrival& arrival);
    Incident& case_for(const Arrival& arrival);
    void gather_candidates(const Arrival& arrival, std::set<std::uint64_t>& candidates);
    void add_weighty(const std::string& host, std::set<std::uint64_t>& candidates) const;
    Incident& join(std::set<std::uint64_t> candidates);
    void tie(Incident& incident, const Arrival& arrival);
    void add_tree(Incident& incident, const Arrival& arrival);
    void open_if_grave(Incident& incident, const Arrival& arrival);

    [[nodiscard]] bool is_over(const Incident& incident) const;
    void end(Incident& incident);
    void forget(std::uint64_t id);
    void remember(const Incident& incident);
    void sweep();
    void make_room();

    template <class Archive>
    void transfer(Archive& archive);
    base::Result<void> index();

    Settings settings_;
    Suppressions suppressions_;
    std::vector<bool> used_;              // of them, whether it has held something back
    std::optional<std::size_t> held_by_;  // of them, the one that held back the last alert
    Clock clock_;
    ProcessTable processes_;
    Links links_;
    History history_;
    SuppressionCounts counts_;
    std::map<std::uint64_t, Incident> cases_;
    std::map<std::string, std::uint64_t, std::less<>> by_host_;  // subjects of cases not over
    std::map<std::string, std::uint64_t, std::less<>> by_user_;  // personal ones
    std::set<std::uint64_t> changed_;
    std::uint64_t next_id_ = 1;
    std::uint64_t swept_ = 0;  // the case looked at last
    std::uint64_t hand_ = 0;   // the case looked at last for making room
    std::size_t bytes_ = 0;    // of all cases
    Losses losses_;
};

}  // namespace shoji::incident
