// The table of sensors: who may deliver, and how far each has come.
#pragma once

#include "core/store/database.h"
#include "watch/line/message.h"

#include <optional>
#include <string>
#include <vector>

namespace shoji::hub {

struct Sensor {
    store::RowId id = 0;
    std::string name;  // of its host, as enrolled
    store::Digest fingerprint{};
    store::Seconds expires = 0;
    store::Seconds added = 0;
    store::Seconds revoked = 0;  // 0: it is not
    store::Seconds seen = 0;     // 0: never
    std::string program;
    // Zeros until it has said Hello once.
    line::SpoolId spool{};
    line::SpoolId boot{};
    line::SpoolId start{};
    line::PerClass last{};   // sequences that are stored
    std::uint64_t lost = 0;  // records that are missing for ever
    // Of the last pulse, since `start`.
    std::uint64_t overrun = 0;
    std::uint64_t refused = 0;
};

class Sensors {
  public:
    explicit Sensors(store::Database& database) : database_(database) {}

    // `exists` when a sensor of that name is not revoked.
    base::Result<Sensor> add(const std::string& name, const store::Digest& fingerprint,
                             store::Seconds expires, store::Seconds now);
    // `not_found` when there is none of that name that is not revoked already.
    base::Result<void> revoke(const std::string& name, store::Seconds now);
    // Those revoked too, by name.
    base::Result<std::vector<Sensor>> list();

    // Within a transaction of the caller's; throws the library's exceptions.
    static void save(SQLite::Database& connection, const Sensor& sensor);

  private:
    store::Database& database_;
};

}  // namespace shoji::hub
