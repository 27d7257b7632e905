// Browsers that are signed in, or that are about to enrol, by the digest of their cookie's token.
#pragma once

#include "core/store/database.h"
#include "core/store/vault.h"

namespace shoji::store {

struct WebSession {
    Digest token{};
    RowId user = 0;
    bool enrolling = false;  // the one-time password was right; nothing else is allowed yet
    Seconds created = 0;
    Seconds last_seen = 0;
};

// How long a web session lives.
struct Lifetime {
    Seconds idle = Seconds{30} * 60;
    Seconds absolute = Seconds{12} * 60 * 60;

    // A clock that was set back ends sessions rather than prolonging them.
    [[nodiscard]] bool over(const WebSession& session, Seconds now) const {
        constexpr Seconds slack = 60;
        return now - session.created >= absolute || now - session.last_seen >= idle ||
               session.last_seen > now + slack;
    }
};

class WebSessions {
  public:
    static constexpr int maximum_for_user = 20;

    WebSessions(Database& database, const Vault& vault) : database_(database), vault_(vault) {}

    // For somebody whose password was checked against `password`, as User has it: `not_found` when
    // the stored one is no longer that. The user's oldest web sessions beyond maximum_for_user end.
    base::Result<void> add(const WebSession& session, const std::string& password);
    base::Result<WebSession> find(const Digest& token);  // `not_found`
    base::Result<void> touch(const Digest& token, Seconds now);
    base::Result<void> remove(const Digest& token);
    // Those over their lifetime; returns their tokens.
    base::Result<std::vector<Digest>> remove_expired(const Lifetime& lifetime, Seconds now);

    // The second factor's secret between the two steps of enrolment.
    base::Result<void> set_pending_secret(const Digest& token,
                                          std::span<const std::uint8_t> secret);
    base::Result<Bytes> pending_secret(const Digest& token);  // `not_found` before it was set

  private:
    Database& database_;
    const Vault& vault_;
};

}  // namespace shoji::store
