// An installation of its own for one test: settings, folders, the running host, and the proof that
// nothing of it is left.
#pragma once

#include "core/base/settings.h"
#include "screen/control/control.h"
#include "screen/host/record.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace shoji::host::tests {

// As whom the host runs.
enum class User { root, ordinary };

class Installation {
  public:
    explicit Installation(User user);
    Installation(const Installation&) = delete;
    Installation& operator=(const Installation&) = delete;
    // Ends the host, if it still runs, and removes all folders.
    ~Installation();

    // To be changed before the host starts.
    base::Settings settings;

    void start_host();
    // The exit code, or -signal.
    int end_host(int signal);
    int await_host();

    // As whom a gateway connects.
    [[nodiscard]] uid_t gateway_user() const;
    [[nodiscard]] control::Start request(std::uint16_t port) const;
    [[nodiscard]] std::optional<Record> record(const control::SessionId& session) const;
    // The browser itself, the child of the first process of its namespace.
    [[nodiscard]] pid_t browser_of(const Record& record) const;
    // Every process of a session that is not a zombie; as an ordinary user, of all sessions.
    [[nodiscard]] std::vector<pid_t> processes(std::uint32_t slot) const;

    // What is left on the machine of one session, or of all: processes, groups, rules, files; in
    // words, empty when there is nothing.
    [[nodiscard]] std::string left_of_sessions() const;
    [[nodiscard]] std::string left() const;

  private:
    User user_;
    pid_t host_ = -1;
};

}  // namespace shoji::host::tests
