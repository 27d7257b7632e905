// What the sensor looks at and how much it may cost: a TOML file that belongs to the administrator.
//
//   argument_bytes = 4096        # kept of each program's arguments, at most 8192
//   poll_milliseconds = 50       # how often the analyst looks into the ring
//   analyst_user = 65534         # the user id that the analyst becomes
//   [families]                   # each true or false; all true
//   process = true
//   [processes]
//   most = 32768                 # remembered, so that events can name their parents
//   [files]
//   rate = 2000                  # events a second that one control group may cause; 0: no limit
//   ignore_paths = ["/var/log/"] # prefixes
//   ignore_users = [0]
//   ignore_cgroups = ["/sys/fs/cgroup/system.slice/backup.service"]  # folders; not what is below
//   watch_reads = ["/etc/shadow", "/root/.ssh/"]  # a file, or, its end a slash, all in a folder
//   [network]
//   rate = 2000                  # as that of files
//   flow_seconds = 60            # between two events of one connection that goes on
//   [acts]                       # of all other families
//   rate = 1000                  # as that of files
//   [logons]                     # what sshd, su, sudo, login and PAM say
//   source = "auto"              # "journal", "files" or "none"; auto: the journal, if there is one
//   files = ["/var/log/auth.log", "/var/log/secure"]   # of syslog, at most 8
//   journal = "/var/log/journal" # folder; left out: those that journalctl knows
//   journal_user = 65532         # the user id of the process that reads it
//   [hash]
//   most_megabytes = 16          # larger programs are not hashed; 0: none is
//
// What else stands in it is for other parts of the sensor (watch/station/policy.h).
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::sensor {

enum class LogonSource : std::uint8_t { automatic, journal, files, none };

struct LogonPolicy {
    LogonSource source = LogonSource::automatic;
    std::vector<std::string> files{"/var/log/auth.log", "/var/log/secure"};
    std::string journal;         // empty: the usual ones
    uid_t journal_user = 65532;  // never 0
};

struct Policy {
    std::uint32_t argument_bytes = 4096;
    std::uint32_t poll_milliseconds = 50;               // 1 to 1000
    uid_t analyst_user = 65534;                         // never 0
    std::map<std::string, bool, std::less<>> families;  // those that are named
    std::uint32_t most_processes = 32768;               // 16 to 1,000,000
    std::uint32_t file_rate = 2000;
    std::vector<std::string> ignore_paths;  // absolute, at most SENSOR_MOST_PREFIX bytes each
    std::vector<std::uint32_t> ignore_users;
    std::vector<std::string> ignore_cgroups;
    std::vector<std::string> watch_reads{"/etc/shadow", "/etc/gshadow", "/etc/sudoers",
                                         "/root/.ssh/"};
    std::uint32_t hash_megabytes = 16;
    std::uint32_t network_rate = 2000;
    std::uint32_t flow_seconds = 60;
    std::uint32_t act_rate = 1000;
    LogonPolicy logons;

    [[nodiscard]] bool wants(std::string_view family) const;
};

// Unknown keys, wrong types and values out of range are errors that name the key and the line.
// `name` is the file's, for the errors.
base::Result<Policy> parse_policy(std::string_view text, std::string_view name);
base::Result<Policy> load_policy(const std::filesystem::path& file);

}  // namespace shoji::sensor
