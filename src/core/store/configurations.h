// The policy's configuration as one JSON document with a revision that grows by one with each
// change.
#pragma once

#include "core/store/database.h"

#include <string>

namespace shoji::store {

struct StoredConfiguration {
    std::int64_t revision = 0;  // 0: nothing was ever applied
    std::string document;       // JSON; empty at revision 0
};

class Configurations {
  public:
    explicit Configurations(Database& database) : database_(database) {}

    base::Result<StoredConfiguration> current();
    // Returns the new revision. `denied` when `revision` is not the present one: somebody else
    // changed the configuration meanwhile.
    base::Result<std::int64_t> replace(std::int64_t revision, const std::string& document);

  private:
    Database& database_;
};

}  // namespace shoji::store
