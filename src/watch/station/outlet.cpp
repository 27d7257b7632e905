#include "watch/station/outlet.h"

#include "core/base/random.h"
#include "core/base/unix_socket.h"
#include "watch/sensor/json_sink.h"
#include "watch/sensor/stream_sink.h"
#include "watch/station/alert_line.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace shoji::station {
namespace {

using incident::Alert;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t hub_block = std::size_t{32} << 10U;  // one record of the spool

std::int64_t clock_now(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * second + now.tv_nsec;
}

// Without the time that the machine slept.
std::chrono::nanoseconds monotonic_now() {
    return std::chrono::nanoseconds(clock_now(CLOCK_MONOTONIC));
}

std::uint64_t fresh_number() {
    std::array<std::uint8_t, 8> bytes{};
    base::fill_random(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes) number = number << 8U | byte;
    return number;
}

// As events name it; empty where it cannot be known.
std::string own_image() {
    std::error_code unknown;
    return std::filesystem::read_symlink("/proc/self/exe", unknown).native();
}

std::string host_name() {
    utsname machine{};
    return ::uname(&machine) == 0 ? std::string(machine.nodename) : std::string();
}

std::unique_ptr<sensor::Sink> printing_sink(Output output, const event::Names& names) {
    if (output == Output::stream) return std::make_unique<sensor::StreamSink>(names, STDOUT_FILENO);
    if (output == Output::print) return std::make_unique<sensor::JsonSink>(names, STDOUT_FILENO);
    return nullptr;
}

}  // namespace

base::Result<std::unique_ptr<Outlet>> Outlet::make(const Policy& policy, OutletInputs inputs) {
    std::unique_ptr<Detection> detection;
    if (policy.detection) {
        auto made = Detection::make(*policy.detection);
        if (!made) return base::Failure(made.error());
        detection = std::move(*made);
        for (const auto& problem : detection->problems()) {
            spdlog::warn("left out: {}: {}", problem.file, problem.error.message);
        }
        spdlog::info("{} rules are for what the sensor sees", detection->rules());
    }
    return std::unique_ptr<Outlet>(new Outlet(policy, std::move(inputs), std::move(detection)));
}

Outlet::Outlet(const Policy& policy, OutletInputs inputs, std::unique_ptr<Detection> detection)
    : policy_(policy),
      detection_(std::move(detection)),
      keeper_(std::move(inputs.keeper)),
      causes_(std::move(inputs.answerer), std::move(inputs.rules_with_response)),
      notices_(std::move(inputs.notices)),
      printing_(printing_sink(inputs.output, names())),
      prints_(inputs.output == Output::print),
      acts_(names()),
      visitors_(std::move(inputs.listener),
                [this](const letters::Wish& wish) { return answer(wish); }),
      reports_(names()),
      keeper_watch_(
          std::chrono::seconds(policy.keeper.silent_seconds),
          std::chrono::seconds(policy.watch.wants("process") ? policy.keeper.canary_seconds : 0)),
      keeper_number_(std::to_string(::getppid())),
      own_image_(own_image()),
      parent_(names().add_field("ParentProcessId")),
      target_image_(names().add_field("TargetImage")),
      source_image_(names().add_field("SourceImage")),
      type_(names().add_field("EventType")),
      access_(names().add_source("process_access")),
      to_hub_(names(), fresh_number()),
      to_visitors_(names(), fresh_number()),
      cause_reader_(names()),
      host_(host_name()) {
    if (inputs.deliverer.valid()) outbox_.connect(std::move(inputs.deliverer));
    if (!policy.delivery) return;
    for (const auto& category : policy.delivery->events) {
        delivered_.insert(names().add_source(category));
    }
}

event::Names& Outlet::names() {
    return detection_ ? detection_->names() : own_names_;
}

sensor::AnalystRights Outlet::rights() const {
    sensor::AnalystRights rights;
    if (policy_.detection) {
        rights.rules.paths.push_back({policy_.analyst_folder(), true});
        rights.filter.allow({"open", "openat", "rename", "renameat", "unlink", "fsync", "fchmod"});
    }
    return rights;
}

void Outlet::take(const event::Event& event) {
    ++events_;
    if (visitors_.wanted()) {
        to_visitors_.add(event);
        if (to_visitors_.size() >= hub_block) show_visitors();
    }
    if (printing_) printing_->take(event);
    acts_.take(event);
    reports_.take(event, told_);
    if (event.value(parent_) == keeper_number_) keeper_watch_.see_record(monotonic_now());
    look_for_access(event);
    if (detection_) detection_->take(event, told_);
    tell_all(&event);
    if (detection_) {
        for (const auto& alert : detection_->held()) respond(alert, &event);
    }
    if (outbox_.connected() && (delivered_.contains(event.source.categories[0]) ||
                                delivered_.contains(event.source.service))) {
        if (!to_hub_.add(event)) {
            send_events();
            to_hub_.add(event);
        }
        if (to_hub_.size() >= hub_block) send_events();
    }
}

void Outlet::show_visitors() {
    const auto block = to_visitors_.take();
    if (!block.empty()) visitors_.tell(letters::tail_events, block);
}

void Outlet::send_events() {
    const auto block = to_hub_.take();
    const auto head = event::parse_stream_block(block);
    if (head) outbox_.put(spool::Class::event, block, head->events);
}

// The first time it is called the process is confined, and what ran before is read.
void Outlet::begin() {
    begun_ = true;
    next_save_ = clock_now(CLOCK_BOOTTIME);
    if (detection_) {
        const auto loaded = detection_->load(policy_.analyst_folder());
        if (!loaded) {
            told_.push_back(own_alert("state_lost", incident::Level::medium,
                                      clock_now(CLOCK_REALTIME), host_,
                                      {{"message", loaded.error().message}}));
        }
        next_save_ += std::int64_t{policy_.detection->save_seconds} * second;
    }
    for (const auto& notice : notices_) take_notice(notice);
    notices_.clear();
    tell_all();
}

void Outlet::pause() {
    if (!begun_) begin();
    hear_keeper();
    if (clock_now(CLOCK_BOOTTIME) >= next_tick_) tick(false);
    if (printing_) printing_->pause();
    outbox_.turn();
    visitors_.turn();
    show_visitors();
}

void Outlet::tick(bool last) {
    const auto boot = clock_now(CLOCK_BOOTTIME);
    const auto wall = clock_now(CLOCK_REALTIME);
    next_tick_ = boot + second;
    const char alive = 0;
    static_cast<void>(::send(keeper_.get(), &alive, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
    if (const auto jump = clock_.look(wall, boot)) {
        told_.push_back(own_alert("clock_set", incident::Level::medium, wall, host_,
                                  {{"seconds", std::to_string(*jump / second)}}));
    }
    look_at_keeper(wall);
    causes_.turn(boot);
    for (const auto& [rule, count] : causes_.take_lost(boot)) {
        told_.push_back(own_alert("response_lost", incident::Level::critical, wall, host_,
                                  {{"rule", rule}, {"count", std::to_string(count)}}));
    }
    send_events();
    const auto left_out = outbox_.events_left_out() + to_hub_.lost_events();
    reports_.lose("delivery", left_out - left_out_told_);
    left_out_told_ = left_out;
    reports_.tick(wall, host_, last, told_);
    if (detection_) detection_->tick(wall, last, told_);
    if (outbox_.alerts_refused() > refused_told_) {
        // It may find no room itself; then the next one tells of both.
        const auto count = outbox_.alerts_refused() - refused_told_;
        refused_told_ = outbox_.alerts_refused();
        told_.push_back(own_alert("alerts_lost", incident::Level::critical, wall, host_,
                                  {{"count", std::to_string(count)}}));
    }
    if (room_.look(boot, outbox_.receipt().room_missed)) {
        told_.push_back(own_alert("disk_full", incident::Level::high, wall, host_,
                                  {{"folder", policy_.spool_folder().native()}}));
    }
    tell_all();
    if (detection_ && (last || boot >= next_save_)) save();
}

void Outlet::save() {
    next_save_ = clock_now(CLOCK_BOOTTIME) + std::int64_t{policy_.detection->save_seconds} * second;
    const auto saved = detection_->save(policy_.analyst_folder());
    const std::string trouble = saved ? std::string() : saved.error().message;
    if (!trouble.empty() && trouble_.empty()) {
        spdlog::error("what was learnt is not kept: {}", trouble);
        told_.push_back(own_alert("not_kept", incident::Level::medium, clock_now(CLOCK_REALTIME),
                                  host_, {{"message", trouble}}));
        tell_all();
    }
    trouble_ = trouble;
}

void Outlet::tell_all(const event::Event* event) {
    for (const auto& alert : told_) {
        tell(alert);
        respond(alert, event);
    }
    told_.clear();
}

void Outlet::tell(const Alert& alert) {
    ++alerts_;
    if (prints_) {
        printing_->pause();
        print_alert(alert, STDOUT_FILENO);
    }
    const auto bytes = incident::to_bytes(alert);
    show_visitors();  // an alert comes behind what caused it
    visitors_.tell(letters::tail_alert, bytes);
    const auto title = alert.values.empty() ? alert.rule : alert.values.front().value;
    acts_.take_alert(alert.process_id, alert.time, title);
    if (policy_.delivery) outbox_.put(spool::Class::alert, bytes);
}

void Outlet::respond(const Alert& alert, const event::Event* event) {
    if (!causes_.want(alert.rule)) return;
    letters::Cause cause;
    cause.rule = alert.rule;
    causes_.ask(event == nullptr ? cause : cause_reader_.read(alert.rule, *event),
                clock_now(CLOCK_BOOTTIME));
}

void Outlet::hear_keeper() {
    while (true) {
        auto packet = base::receive_packet(keeper_.get(), letters::most_notice);
        // Nothing there, or the keeper is gone, which the opener tells.
        if (!packet || packet->bytes.empty()) return;
        const auto notice = letters::decode_notice(packet->bytes);
        if (!notice) {
            spdlog::error("{}", notice.error().message);
            continue;
        }
        const bool brings = packet->descriptors.size() == 1;
        if (notice->note == letters::Note::alive) {
            keeper_watch_.hear(monotonic_now(), std::chrono::seconds(notice->number));
        } else if (notice->note == letters::Note::link_deliverer && brings) {
            outbox_.connect(std::move(packet->descriptors.front()));
        } else if (notice->note == letters::Note::link_answerer && brings) {
            causes_.connect(std::move(packet->descriptors.front()));
        } else {
            take_notice(*notice);
        }
        tell_all();
    }
}

// What it notices by itself is told although the keeper cannot.
void Outlet::look_at_keeper(std::int64_t wall) {
    switch (keeper_watch_.look(monotonic_now())) {
        case KeeperWatch::Finding::nothing:
            return;
        case KeeperWatch::Finding::keeper_silent:
            return told_.push_back(
                own_alert("keeper_silent", incident::Level::critical, wall, host_,
                          {{"seconds", std::to_string(policy_.keeper.silent_seconds)}}));
        case KeeperWatch::Finding::records_silent:
            return told_.push_back(
                own_alert("records_silent", incident::Level::critical, wall, host_, {}));
    }
}

// Somebody looks into a process of the sensor, takes one of its descriptors, or tries to.
void Outlet::look_for_access(const event::Event& event) {
    if (event.source.categories[0] != access_ || own_image_.empty() ||
        event.value(target_image_) != own_image_ || event.value(source_image_) == own_image_) {
        return;
    }
    told_.push_back(own_alert("process_accessed", incident::Level::critical, event.time, host_,
                              {{"program", std::string(event.value(source_image_))},
                               {"act", std::string(event.value(type_))}}));
}

void Outlet::take_notice(const letters::Notice& notice) {
    auto alert = alert_of(notice, clock_now(CLOCK_REALTIME), host_);
    if (!detection_ || detection_->add(alert)) told_.push_back(std::move(alert));
}

void Outlet::finish() {
    if (!begun_) return;
    tick(true);
    if (printing_) printing_->pause();
    // Whoever delivers reads what is in the link after this process has ended.
    constexpr std::int64_t patience = 5 * second;
    const auto until = clock_now(CLOCK_BOOTTIME) + patience;
    while (outbox_.connected() && !outbox_.empty() && clock_now(CLOCK_BOOTTIME) < until) {
        outbox_.turn();
        constexpr timespec moment{0, 5'000'000};
        ::nanosleep(&moment, nullptr);
    }
}

}  // namespace shoji::station
