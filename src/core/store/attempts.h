// Failed sign-ins by name, for the lock-out. Names of nobody are counted exactly like names of
// users, so that a lock-out does not tell which exist; the names themselves are not kept, since
// people type passwords into the wrong field.
#pragma once

#include "core/store/database.h"
#include "core/store/vault.h"

#include <string_view>

namespace shoji::store {

struct Attempts {
    std::int64_t failures = 0;  // in a row
    Seconds last = 0;
};

class AttemptTable {
  public:
    static constexpr int maximum_rows = 10'000;

    AttemptTable(Database& database, const Vault& vault) : database_(database), vault_(vault) {}

    base::Result<Attempts> of(std::string_view name);
    // Counts one more; the longest untouched names are forgotten beyond maximum_rows.
    base::Result<void> count_failure(std::string_view name, Seconds now);
    // True when there was anything to forget.
    base::Result<bool> forget(std::string_view name);

  private:
    [[nodiscard]] Digest mark(std::string_view name) const { return vault_.mark("attempt", name); }

    Database& database_;
    const Vault& vault_;
};

}  // namespace shoji::store
