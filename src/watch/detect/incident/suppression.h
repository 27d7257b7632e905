// What an administrator does not want to be told, by whom, why and until when. From TOML:
//
//     [[suppression]]
//     rule = "persistence"             # a rule's id or a detection's name
//     detector = "intrusion"           # sigma, intrusion, exfiltration, beacon, analysis or sensor
//     host = "srv-backup"              # optional, as are user and process
//     user = "svc_backup"
//     process = 'C:\Program Files\Backup\*'   # '*' and '?': see path_glob.h
//     owner = "情報政策課 山田"          # required
//     reason = "毎晩のバックアップ"      # required
//     expires = 2027-03-31             # required: a date, to its end in Japan, or a time with
//     offset
//
// A rule or a detector is required. One without a rule does not cover critical alerts: who wants
// those suppressed names what he means.
#pragma once

#include "core/base/result.h"
#include "watch/detect/incident/alert.h"
#include "watch/detect/incident/path_glob.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::incident {

struct Suppression {
    std::string rule;  // empty: any
    std::optional<Detector> detector;
    std::string host;  // a host_key(); empty: any
    std::string user;  // a user_key(); empty: any
    std::string process;
    PathGlob process_glob;  // of `process`
    std::string owner;
    std::string reason;
    event::Time expires = 0;
    std::uint32_t line = 0;

    [[nodiscard]] bool covers(const Alert& alert) const;
    // Its conditions in one text: what its counts are kept by.
    [[nodiscard]] std::string identity() const;
};

class Suppressions {
  public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_bytes = 1 << 20;

    struct Problem {
        std::uint32_t line = 0;
        base::Words what;
    };

    Suppressions() = default;
    // An error: the text is no TOML, or too large. Suppressions that are wrong are left out and
    // told in problems().
    static base::Result<Suppressions> parse(std::string_view toml);

    // The first that covers the alert and has not expired.
    [[nodiscard]] const Suppression* covering(const Alert& alert, event::Time now) const;
    // The first that would have covered it, had it not expired.
    [[nodiscard]] const Suppression* expired_covering(const Alert& alert, event::Time now) const;
    [[nodiscard]] std::vector<const Suppression*> expired(event::Time now) const;

    [[nodiscard]] std::span<const Suppression> all() const { return all_; }
    [[nodiscard]] std::span<const Problem> problems() const { return problems_; }

  private:
    std::vector<Suppression> all_;
    std::vector<Problem> problems_;
};

}  // namespace shoji::incident
