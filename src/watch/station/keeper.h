// The process that keeps the sensor alive. It loads the kernel's programs and holds them, starts
// the parts (docs/sensor.md), starts those again that ended or fell silent, and has that told as an
// alert. It reads nothing from outside but the administrator's policy: parts say one byte, that
// they are alive, the analyst how far it has read the journal (watch/sensor/journal_place.h), and
// the answerer hands over what guards what is blocked (watch/response/guard_files.h), so that it
// holds from one answerer to the next.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/base/service_manager.h"
#include "watch/letters/letters.h"
#include "watch/sensor/journal_place.h"
#include "watch/sensor/kernel_side.h"
#include "watch/shield/refusals.h"
#include "watch/shield/shield.h"
#include "watch/station/outlet.h"
#include "watch/station/own_files.h"
#include "watch/station/part.h"
#include "watch/station/policy.h"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace shoji::station {

struct KeeperSettings {
    std::filesystem::path policy_file;  // empty: the defaults
    std::filesystem::path state_file;   // a second place for what is seen; empty: none
    Output output = Output::none;
};

class Keeper {
  public:
    Keeper(KeeperSettings settings, Policy policy);
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper();

    // Until SIGTERM or SIGINT. An error where a part cannot be started the first time.
    base::Result<void> run();

  private:
    base::Result<void> prepare();
    base::Result<void> make_folders();
    base::Result<void> listen();
    base::Result<void> let_group_in();
    base::Result<void> turn(Clock::time_point now);
    void take_signals();
    void reap(Clock::time_point now);
    void lose(Part& part, int status, Clock::time_point now);
    void look_for_silence(Clock::time_point now);
    void look_at_kernel(Clock::time_point now);
    void show_life(Clock::time_point now);
    void say_alive(std::chrono::seconds next);
    void tell_of_unclean_end();
    void look_at_files(Clock::time_point now);
    base::Result<void> start_due(Clock::time_point now);
    base::Result<void> start_watching();
    base::Result<void> start_deliverer();
    base::Result<void> start_answerer();
    base::Result<void> start_journal();
    base::Result<void> prepare_logons();
    [[nodiscard]] bool can_start_journal() const;
    [[nodiscard]] bool is_journal_read() const;
    void hear_journal();
    void forget_channel();
    void end_channel();
    [[nodiscard]] sensor::JournalPlace next_place();
    [[nodiscard]] bool look_for_logs();
    [[nodiscard]] std::vector<sensor::FamilyState> seen() const;
    [[nodiscard]] std::vector<sensor::FamilyState> to_tell() const;
    void reload();
    [[nodiscard]] base::Result<Policy> try_policy() const;
    void pin_programs();
    void raise_shield();
    void hold_pins() const;
    void look_at_shield(Clock::time_point now);
    void remove_pins() const;
    void tell_manager();
    void stop(bool guards_stay);
    void end_part(Part& part, std::chrono::seconds patience);
    void end_answerer(bool guards_stay);
    void look_at_guards(Clock::time_point now);
    [[nodiscard]] bool waits_for_verdicts() const;

    // Starts a process for it; in there `work` is called and nothing comes back.
    template <class Work>
    base::Result<void> start(Part& part, Work&& work);
    void forget();
    void tell(letters::Note note, std::string_view subject, std::uint64_t number);
    void tell_what_waits();
    // False: the analyst that runs does not take it.
    [[nodiscard]] bool tell_analyst(const letters::Notice& notice) const;
    void send_link(Part& part, LinkTo whose, base::FileDescriptor end);
    void write_state();
    [[nodiscard]] int wait_for(Clock::time_point now) const;
    Part& part(PartName name) { return parts_.at(static_cast<std::size_t>(name)); }
    [[nodiscard]] const Part& part(PartName name) const {
        return parts_.at(static_cast<std::size_t>(name));
    }

    KeeperSettings settings_;
    std::unique_ptr<Policy> policy_;  // the kernel's side refers to it
    std::array<Part, parts> parts_;
    base::ServiceManager manager_ = base::ServiceManager::take();
    bool told_ready_ = false;
    gid_t group_ = 0;  // whose members may look at the sensor; 0: root's alone
    base::FileDescriptor signals_;
    base::FileDescriptor listener_;          // of the local socket
    base::FileDescriptor respond_listener_;  // of `shoji respond`
    std::optional<sensor::KernelSide> side_;
    std::optional<shield::Shield> shield_;
    std::string no_shield_;  // why there is none
    shield::Refusals refusals_;
    std::optional<sensor::LeftRing> left_;       // until an analyst has read it
    std::optional<sensor::FamilyState> logons_;  // none: policy leaves them out
    bool told_state_ = false;            // an analyst has said what this policy sees and what not
    base::FileDescriptor journal_link_;  // to the analyst, which takes channels by it
    base::FileDescriptor journal_channel_;  // the end for writing, until the analyst has read all
    sensor::JournalPlace journal_place_;    // behind which the next channel begins
    base::FileDescriptor log_positions_;
    std::optional<OwnFiles> own_files_;
    std::vector<letters::Notice> notices_;  // for the analyst that begins, or the next one
    Clock::time_point next_check_;
    Clock::time_point next_look_;  // at the programs in the kernel
    Clock::time_point next_canary_;
    std::optional<Clock::time_point> unanswered_;  // since then no answerer is ready
    bool ends_ = false;
    bool reloads_ = false;
    bool forgets_ = false;  // this is a part's process
};

// How the kernel protects the sensor.
struct Protection {
    std::optional<bool> pinned;  // none: policy wants no pins
    bool wants_shield = false;
    std::string no_shield;  // why there is none; empty: there is
};

// What is seen and how, and by which processes, as one JSON object: {"families": [{"family",
// "backend" (null: not seen), "refused": [reasons], "absent": [programs]}], "pinned": whether the
// kernel's part watches on without the keeper, "shield": {"wanted", "up", "why" (not)},
// "parts": [{"part", "process", "restarts"}]}.
std::string state_json(const std::vector<sensor::FamilyState>& state, const Protection& protection,
                       std::span<const Part> running);

}  // namespace shoji::station
