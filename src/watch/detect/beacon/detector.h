// Who talks to the outside as no person and no known service does: activities in, alerts out, one
// pass, memory bounded whatever comes. No I/O.
//
// Watched are requests and connections that leave the city, DNS queries (a pair is a terminal and a
// registered domain) and denied contacts (a pair of their own). docs/detection/beacon.md tells how.
#pragma once

#include "core/base/result.h"
#include "watch/detect/beacon/alert.h"
#include "watch/detect/beacon/clock.h"
#include "watch/detect/beacon/destination.h"
#include "watch/detect/beacon/lists.h"
#include "watch/detect/beacon/settings.h"
#include "watch/detect/beacon/tables.h"
#include "watch/event/activity.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace shoji::beacon {

class Detector {
  public:
    static constexpr std::size_t most_alerts = 65'536;

    explicit Detector(const Settings& settings);

    // Domains on `known` raise no alerts; what is under them neither. Lists are no part of the
    // saved state.
    void set_lists(DomainList young, DomainList known);
    // The real time (clock.h), seconds since 1970; 0: not known. No part of the saved state either.
    void set_present(std::uint32_t present) { clock_.set_present(present); }

    // In about the order of time. Kinds that say nothing of the outside still tell that the
    // terminal is on.
    void add(const event::Activity& activity);
    // Those since the last call, at most `most_alerts`.
    [[nodiscard]] std::vector<Alert> take_alerts();

    struct Statistics {
        std::uint32_t hosts = 0;
        std::uint32_t destinations = 0;
        std::uint32_t pairs = 0;
        std::uint32_t rhythms = 0;
        std::uint64_t known = 0;  // alerts that a list of known domains held back
        Dropped dropped;
    };
    [[nodiscard]] Statistics statistics() const;

    // Everything but the lists and alerts that were not taken.
    [[nodiscard]] std::vector<std::uint8_t> save();
    // The detector that save() was called on, for the same settings; an error for anything else.
    static base::Result<Detector> load(std::span<const std::uint8_t> bytes,
                                       const Settings& settings);

  private:
    // One activity on its way through.
    struct Contact {
        const event::Activity& activity;
        std::uint32_t host;
        std::uint32_t time;
        std::uint32_t target = 0;
        std::uint32_t pair = 0;
        bool alone = false;  // the client is used for this destination alone
    };

    void add_query(Contact& contact);
    void add_transport(Contact& contact);
    void add_destination(Contact& contact, const Destination& destination);
    void add_to_pair(Contact& contact);
    void add_open_time(const Contact& contact);
    [[nodiscard]] bool is_common(Target& target, std::uint32_t now) const;
    [[nodiscard]] bool is_inside(std::string_view name) const;
    [[nodiscard]] Moment moment_of(const Host& host, std::uint32_t time) const;

    void judge(const Contact& contact);
    void judge_long(const Contact& contact);
    void judge_rare(const Contact& contact);
    void judge_denied(const Contact& contact, const Rhythm& rhythm);
    void judge_young(const Contact& contact, std::string_view name);
    void judge_flood(const Contact& contact);
    void judge_name(const Contact& contact, std::string_view name);

    [[nodiscard]] Modifiers modifiers_of(const Contact& contact) const;
    [[nodiscard]] double known_days(const Target& target) const;
    [[nodiscard]] Alert describe(AlertKind kind, const Contact& contact) const;
    void tell(AlertKind kind, const Contact& contact, Alert alert);

    Settings settings_;
    Tables tables_;
    Clock clock_;
    DomainList young_;
    DomainList known_;
    std::uint64_t known_held_ = 0;
    std::vector<Alert> alerts_;
    std::string buffer_;
    std::string header_buffer_;
};

}  // namespace shoji::beacon
