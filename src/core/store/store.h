// Everything that the gateway remembers across its restarts, in one SQLite file. Linked by the
// gateway only; administrators change it through the gateway's admin socket.
//
// Use a Store from one thread at a time.
#pragma once

#include "core/store/attempts.h"
#include "core/store/configurations.h"
#include "core/store/database.h"
#include "core/store/refusals.h"
#include "core/store/screens.h"
#include "core/store/terminals.h"
#include "core/store/users.h"
#include "core/store/vault.h"
#include "core/store/web_sessions.h"

#include <memory>

namespace shoji::store {

class Store {
  public:
    // `folder` holds store.db, made when it is missing, and secrets.key, written by `shoji init`.
    static base::Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder);

    Store(Database database, Vault vault);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

  private:
    Database database_;
    Vault vault_;

  public:
    Users users;
    AttemptTable attempts;
    WebSessions web_sessions;
    Terminals terminals;
    Screens screens;
    Configurations configurations;
    Refusals refusals;
};

}  // namespace shoji::store
