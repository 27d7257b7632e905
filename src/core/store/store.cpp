#include "core/store/store.h"

#include "core/store/migrations.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace shoji::store {

Store::Store(Database database, Vault vault)
    : database_(std::move(database)),
      vault_(std::move(vault)),
      users(database_, vault_),
      attempts(database_, vault_),
      web_sessions(database_, vault_),
      terminals(database_),
      screens(database_),
      configurations(database_),
      refusals(database_) {}

base::Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder) {
    auto vault = Vault::load(folder / "secrets.key");
    if (!vault) return base::Failure(std::move(vault.error()).context("opening the store"));
    auto database = Database::open(folder / "store.db", gateway_steps());
    if (!database) return base::Failure(database.error());
    return std::make_unique<Store>(std::move(*database), std::move(*vault));
}

}  // namespace shoji::store
