// What the hub keeps: alerts, batches of events and notices as they came, the state of incidents.
#pragma once

#include "core/store/database.h"
#include "watch/detect/incident/alert.h"
#include "watch/line/message.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoji::hub {

struct StoredAlert {
    store::RowId id = 0;      // grows
    store::RowId sensor = 0;  // 0: the hub's own
    std::uint64_t sequence = 0;
    store::Seconds received = 0;
    incident::Alert alert;
};

struct AlertQuery {
    std::optional<store::RowId> after;  // those with higher ids, the lowest first
    store::Seconds since = 0;           // received from then on
    std::string host;                   // a host_key(); empty: all
    incident::Level least = incident::Level::informational;
    std::size_t most = 200;  // without `after`: the newest so many, the oldest of them first
};

class Records {
  public:
    explicit Records(store::Database& database) : database_(database) {}

    // Within a transaction of the caller's; they throw the library's exceptions.
    static store::RowId insert(SQLite::Database& connection, const StoredAlert& alert);
    static void insert(SQLite::Database& connection, store::RowId sensor, const line::Batch& batch,
                       store::Seconds received);

    base::Result<std::vector<StoredAlert>> alerts(const AlertQuery& query);
    // In the order in which they were stored; stops at the first error of `each`.
    using EachAlert = std::function<void(const StoredAlert&)>;
    base::Result<void> alerts_behind(store::RowId id, const EachAlert& each);

    struct Incidents {
        store::RowId through = 0;         // alerts up to there are in the state
        std::vector<std::uint8_t> state;  // empty: there is none
    };
    base::Result<Incidents> incidents();
    base::Result<void> save(const Incidents& incidents);

    // What administrators do not want to be told, as they wrote it (incident/suppression.h).
    struct SuppressionText {
        store::Seconds changed = 0;
        std::string who;
        std::string text;  // empty: there is none
    };
    base::Result<SuppressionText> suppressions();
    base::Result<void> save(const SuppressionText& suppressions);

    struct BatchPage {
        struct Row {
            store::RowId id = 0;  // grows
            store::Seconds received = 0;
            line::Batch batch;
        };
        std::vector<Row> rows;
        bool more = false;
    };
    // Events of one sensor behind the row `after`, received from `since` on, the oldest first; as
    // many batches as have `most_bytes`, and at least one.
    base::Result<BatchPage> events(store::RowId sensor, store::RowId after, store::Seconds since,
                                   std::size_t most_bytes);

    struct Limits {
        std::uint64_t event_bytes = 0;   // of all batches' bodies
        store::Seconds events_from = 0;  // what was received before goes
        store::Seconds alerts_from = 0;
    };
    struct Swept {
        std::uint64_t batches = 0;
        std::uint64_t alerts = 0;
        bool more = false;  // there is more to do: call it again
    };
    // Removes what is too old, and beyond the bytes the oldest of the sensor that has most: none
    // drives out what others said. A bounded number at a time.
    base::Result<Swept> sweep(const Limits& limits);
    base::Result<std::uint64_t> batch_bytes();
    // Of stored alerts' bodies, by sensor.
    base::Result<std::map<store::RowId, std::uint64_t>> alert_bytes();

  private:
    store::Database& database_;
};

}  // namespace shoji::hub
