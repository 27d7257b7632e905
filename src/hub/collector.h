// The hub's side of docs/sensor-protocol.md, and what it makes of what comes: what is stored is
// acknowledged, alerts become incidents, and a sensor that is silent, loses records or lies is an
// alert itself. No sockets and no clocks of its own; one thread.
#pragma once

#include "core/store/database.h"
#include "hub/orders.h"
#include "hub/records.h"
#include "hub/sensors.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/line/message.h"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace shoji::hub {

struct Moment {
    std::chrono::steady_clock::time_point steady;
    line::Nanoseconds wall = 0;  // may jump: nothing but what people read depends on it
    [[nodiscard]] store::Seconds seconds() const { return wall / 1'000'000'000; }
};

struct Keep {
    std::uint64_t event_bytes = std::uint64_t{4} << 30U;
    // Of one sensor's alerts: what it says beyond stays with it until the oldest have gone.
    std::uint64_t alert_bytes = std::uint64_t{256} << 20U;
    store::Seconds event_seconds = store::Seconds{30} * 86400;
    store::Seconds alert_seconds = store::Seconds{1095} * 86400;
    // A sensor that is heard no more for so long is told of, and its connection closed.
    std::chrono::seconds silence = line::silence_limit;
};

class Collector {
  public:
    using LinkId = std::uint64_t;

    static constexpr std::chrono::seconds hold{5};         // after the disk refused
    static constexpr std::chrono::seconds share_hold{60};  // of a sensor whose share is full
    // Alerts of the hub's that what a sensor says may cause in an hour.
    static constexpr unsigned most_provoked = 60;

    // Reads what is stored; alerts that the saved incidents do not have yet are gathered again.
    static base::Result<std::unique_ptr<Collector>> open(store::Database& database, Keep keep,
                                                         const Moment& now);
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    // A connection whose certificate is sound. An error, with a reason in `refused`, when it is
    // not registered or revoked.
    struct Admission {
        LinkId link = 0;
        std::optional<line::Reason> refused;
    };
    Admission admit(const std::string& name, const store::Digest& fingerprint, const Moment& now);
    void leave(LinkId link);

    void receive(LinkId link, line::Message message, const Moment& now);
    // It has as many batches waiting as the protocol allows: read no more of it now.
    [[nodiscard]] bool is_full(LinkId link) const;
    // What it is to be told.
    std::vector<line::Message> take_answers(LinkId link);
    // After its answers its connection is to be closed.
    [[nodiscard]] bool ends(LinkId link) const;

    // Stores at most one batch of each link, all in one transaction. False: nothing waited.
    bool turn(const Moment& now);
    // Looks for silence, makes room, saves the incidents where due.
    void tick(const Moment& now);
    // At the end of the program.
    void save(const Moment& now);

    // Of administrators.
    base::Result<void> add_sensor(const std::string& name, const store::Digest& fingerprint,
                                  store::Seconds expires, const Moment& now);
    base::Result<void> revoke_sensor(const std::string& name, const Moment& now);
    // `not_found` where there is no such sensor. The order is on disk when this returns; its
    // number.
    base::Result<store::RowId> add_order(const std::string& host, const OrderId& id,
                                         std::span<const std::uint8_t> body, const std::string& who,
                                         const Moment& now);
    // Dealt with: what follows is another incident. `not_found` where it is not open. On disk when
    // this returns.
    base::Result<void> close_incident(std::uint64_t number);
    // From now on. An error where one of them cannot be used, and then none is changed.
    base::Result<void> set_suppressions(const std::string& text, const std::string& who,
                                        const Moment& now);
    struct SensorState {
        Sensor sensor;
        bool connected = false;
        bool silent = false;  // longer than it may be
        line::Pulse pulse;    // the last one
        line::Nanoseconds clock_difference = 0;
    };
    [[nodiscard]] std::vector<SensorState> sensors() const;
    Records& records() { return records_; }
    Orders& orders() { return orders_; }
    [[nodiscard]] const incident::Gatherer& gatherer() const { return gatherer_; }
    // Why nothing is stored now; empty: it is.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    // Alerts of the hub's own that there was no room for.
    [[nodiscard]] std::uint64_t own_lost() const { return own_lost_; }

  private:
    struct Known {
        Sensor sensor;
        std::optional<LinkId> link;
        std::chrono::steady_clock::time_point heard;
        bool told_silent = false;
        bool told_clock = false;
        line::Pulse pulse;
        line::Nanoseconds difference = 0;
        line::PerClass untold{};  // missing records that no alert tells of yet
        std::uint64_t untold_refused = 0;
        std::optional<std::chrono::steady_clock::time_point> told_loss;
        std::uint64_t alert_bytes = 0;  // of its stored alerts
        bool told_full = false;
        std::chrono::steady_clock::time_point hour;  // when the present one began
        unsigned provoked = 0;                       // in it
    };
    struct Link {
        store::RowId sensor = 0;
        bool said_hello = false;
        bool ends = false;
        bool held = false;  // one of its batches was not stored
        std::deque<line::Batch> waiting;
        std::vector<line::Message> answers;
        std::set<std::uint64_t> orders;  // said on this connection, without an end
    };
    // A batch that fits behind what is stored.
    struct Prepared {
        LinkId link = 0;
        store::RowId sensor = 0;
        line::Class kind = line::Class::event;
        std::uint64_t last = 0;
        std::uint64_t lost = 0;  // missing before it
        line::Batch batch;       // of new records; unused for alerts
        std::vector<StoredAlert> alerts;
        std::uint64_t alert_bytes = 0;
        std::uint64_t nonsense = 0;  // records that are no alerts
    };

    Collector(store::Database& database, Keep keep);

    base::Result<void> restore(const Moment& now);
    base::Result<void> restore_suppressions();
    base::Result<void> save_incidents();
    void take(LinkId id, Link& link, const line::Hello& hello, const Moment& now);
    void take(LinkId id, Link& link, line::Batch batch, const Moment& now);
    void take(LinkId id, Link& link, const line::Pulse& pulse, const Moment& now);
    void take(LinkId id, Link& link, const line::Report& report, const Moment& now);
    template <class Other>
    void take(LinkId id, Link& link, const Other& other, const Moment& now);
    void introduce(Known& known, const line::Hello& hello, const Moment& now);
    void compare_clock(Known& known, line::Nanoseconds sensor_clock, const Moment& now);
    void end(Link& link, line::Reason reason);
    void send_orders(Link& link);
    std::optional<Prepared> prepare(LinkId id, Link& link, const Moment& now);
    base::Result<void> read_records(Prepared& prepared, line::Batch batch, const Known& known,
                                    const Moment& now);
    std::vector<Prepared> next_batches(const Moment& now);
    base::Result<void> store(std::vector<Prepared>& batches, const Moment& now);
    void settle(std::vector<Prepared>& batches, const Moment& now);
    void refuse(const std::vector<Prepared>& batches, const base::Error& error, const Moment& now);
    void gather(const StoredAlert& alert);
    void hold_all(line::Reason reason, std::chrono::steady_clock::duration rest);
    void tell_losses(Known& known, const Moment& now);
    void look_for_silence(const Moment& now);
    void sweep(const Moment& now);
    base::Result<void> measure_alerts();
    bool has_room(Known& known, std::uint64_t bytes, const Moment& now);
    using Values = std::vector<incident::NamedValue>;
    void raise(const std::string& host, std::string_view rule, incident::Level level, Values values,
               const Moment& now);
    // For what a sensor can bring about as often as it likes. False: not now any more.
    bool raise_provoked(Known& known, std::string_view rule, incident::Level level, Values values,
                        const Moment& now);

    store::Database& database_;
    Keep keep_;
    Sensors table_;
    Records records_;
    Orders orders_;
    incident::Gatherer gatherer_;
    store::RowId gathered_ = 0;  // the last alert that is in the gatherer
    store::RowId saved_ = 0;     // the same of what is saved
    std::map<store::RowId, Known> sensors_;
    std::map<store::Digest, store::RowId> by_fingerprint_;
    std::map<LinkId, Link> links_;
    LinkId next_link_ = 1;
    LinkId turn_from_ = 0;             // the link after which the next turn begins
    std::deque<incident::Alert> own_;  // alerts of the hub's that are not stored yet
    std::uint64_t own_lost_ = 0;
    std::map<store::Digest, std::chrono::steady_clock::time_point> told_refused_;
    std::set<store::RowId> changed_;  // sensors whose rows are to be saved
    std::string trouble_;
    std::optional<std::chrono::steady_clock::time_point> blocked_until_;
    std::chrono::steady_clock::time_point next_sweep_{};
    std::chrono::steady_clock::time_point next_save_{};
};

}  // namespace shoji::hub
