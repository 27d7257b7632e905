// Earlier alerts of a host and of a user: those of incidents that are over, of alerts that never
// became one, and of suppressed ones; folded by rule. Bounded: `most_entries` a host or user, the
// oldest go first.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/detect/incident/recent.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::incident {

struct EarlierAlert {
    Detector detector = Detector::sigma;
    std::string rule;
    std::string what;
    std::vector<NamedValue> values;  // of the last one
    Level level = Level::medium;
    std::string host;
    std::string user;
    event::Time first = 0;
    event::Time last = 0;
    std::uint64_t count = 0;
    bool suppressed = false;
    std::uint64_t incident = 0;  // it was part of; 0: of none

    [[nodiscard]] bool sound() const {
        return static_cast<std::size_t>(level) < levels &&
               static_cast<std::size_t>(detector) < detectors;
    }
    template <class Archive>
    void transfer(Archive& archive) {
        archive(detector, rule, what, level, host, user, first, last, count, suppressed, incident);
        archive.list(values, Alert::most_values);
    }
};

class History {
  public:
    static constexpr std::size_t most_entries = 16;
    static constexpr std::size_t most_value = 80;  // bytes of a value that are kept

    explicit History(std::size_t most_subjects) : subjects_(most_subjects) {}

    // `host` and `user` are keys; an empty one is left out.
    void add(const EarlierAlert& alert, std::string_view host, std::string_view user);
    // Of any of these hosts and users, each once, the newest first.
    [[nodiscard]] std::vector<EarlierAlert> of(const std::vector<std::string>& hosts,
                                               const std::vector<std::string>& users) const;
    // Entries that made room for others.
    [[nodiscard]] std::uint64_t displaced() const { return displaced_ + subjects_.displaced(); }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(subjects_, displaced_);
    }

  private:
    struct Entries {
        std::vector<EarlierAlert> list;

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(list, most_entries);
        }
    };

    void add_to(const std::string& subject, const EarlierAlert& alert);

    Recent<Entries> subjects_;  // "h:HOST" and "u:USER"
    std::uint64_t displaced_ = 0;
};

}  // namespace shoji::incident
