// What becomes of the sensor's events, in the analyst's process: detection, alerts, what goes to
// the hub, to the process that responds, to who asks at the local socket, and to standard output.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/event/stream_writer.h"
#include "watch/sensor/analyst.h"
#include "watch/sensor/sink.h"
#include "watch/station/acts.h"
#include "watch/station/cause_reader.h"
#include "watch/station/causes.h"
#include "watch/station/detection.h"
#include "watch/station/keeper_watch.h"
#include "watch/station/outbox.h"
#include "watch/station/own_alerts.h"
#include "watch/station/policy.h"
#include "watch/station/visitors.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace shoji::station {

enum class Output { none, print, stream };  // to standard output, beside all else

struct OutletInputs {
    base::FileDescriptor keeper;     // packet sockets
    base::FileDescriptor deliverer;  // may be invalid, as may those below
    base::FileDescriptor answerer;
    base::FileDescriptor listener;  // the local socket
    std::set<std::string, std::less<>> rules_with_response;
    std::vector<letters::Notice> notices;  // what became of the sensor before
    Output output = Output::none;
};

class Outlet : public sensor::Sink {
  public:
    // Reads what detection needs.
    static base::Result<std::unique_ptr<Outlet>> make(const Policy& policy, OutletInputs inputs);

    [[nodiscard]] event::Names& names();
    [[nodiscard]] sensor::AnalystRights rights() const;
    void take(const event::Event& event) override;
    void pause() override;
    // Nothing more comes: what waits goes out, what was learnt is kept.
    void finish();

  private:
    Outlet(const Policy& policy, OutletInputs inputs, std::unique_ptr<Detection> detection);

    void begin();
    void hear_keeper();
    void look_at_keeper(std::int64_t wall);
    void look_for_access(const event::Event& event);
    void take_notice(const letters::Notice& notice);
    void tick(bool last);
    void tell_all(const event::Event* event = nullptr);
    void tell(const incident::Alert& alert);
    // `event`: which led to the alert; null: none did.
    void respond(const incident::Alert& alert, const event::Event* event);
    void send_events();
    void show_visitors();  // the events that wait for them
    void save();
    [[nodiscard]] std::string answer(const letters::Wish& wish) const;
    [[nodiscard]] std::string status() const;
    [[nodiscard]] std::string tree(std::uint32_t process) const;

    const Policy& policy_;
    std::unique_ptr<Detection> detection_;  // may be null
    event::Names own_names_;                // where there is none
    base::FileDescriptor keeper_;
    Causes causes_;
    std::vector<letters::Notice> notices_;
    std::unique_ptr<sensor::Sink> printing_;  // may be null
    bool prints_ = false;
    Outbox outbox_;
    Acts acts_;
    Visitors visitors_;
    ReportAlerts reports_;
    ClockWatch clock_;
    KeeperWatch keeper_watch_;
    std::string keeper_number_;  // of its process
    std::string own_image_;
    event::FieldId parent_, target_image_, source_image_, type_;
    event::SourceId access_;
    event::StreamWriter to_hub_;
    event::StreamWriter to_visitors_;
    std::set<event::SourceId> delivered_;
    CauseReader cause_reader_;
    std::string host_;
    std::vector<incident::Alert> told_;  // by what is being looked at now
    bool begun_ = false;
    std::uint64_t events_ = 0;
    std::uint64_t alerts_ = 0;
    std::uint64_t refused_told_ = 0;
    RoomWatch room_;
    std::uint64_t left_out_told_ = 0;
    std::int64_t next_tick_ = 0;  // nanoseconds since the boot
    std::int64_t next_save_ = 0;
    std::string trouble_;  // of the state folder, told once
};

}  // namespace shoji::station
