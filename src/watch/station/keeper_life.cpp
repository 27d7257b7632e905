// How the keeper shows that it is alive, and looks after its programs in the kernel.
#include "core/base/unix_socket.h"
#include "watch/station/keeper.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <optional>

#include <fcntl.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;

// A sensor that ends takes this file away; the folder is empty after a boot.
std::optional<std::chrono::seconds> age_of(const std::filesystem::path& file) {
    struct stat state {};
    if (file.empty() || ::stat(file.c_str(), &state) != 0) return std::nullopt;
    const auto age = ::time(nullptr) - state.st_mtim.tv_sec;
    return std::chrono::seconds(std::max<time_t>(age, 0));
}

}  // namespace

void Keeper::tell_of_unclean_end() {
    if (policy_->runtime.empty()) return;
    const auto age = age_of(policy_->state_file());
    if (!age) return;
    spdlog::error("the sensor before this one was ended by force, at most {} s ago", age->count());
    tell(letters::Note::ended_uncleanly, {}, static_cast<std::uint64_t>(age->count()));
}

// Where that is impossible the sensor works all the same, and says so.
void Keeper::pin_programs() {
    if (policy_->keeper.pins.empty()) return;
    if (const auto pinned = side_->pin_to(policy_->keeper.pins); !pinned) {
        spdlog::error("nothing watches on when the sensor is killed: {}", pinned.error().message);
        tell(letters::Note::not_pinned, pinned.error().message, 0);
    }
    hold_pins();
}

void Keeper::hold_pins() const {
    if (!shield_ || !side_->is_pinned()) return;
    if (auto held = shield_->hold_pins(policy_->keeper.pins); !held) {
        spdlog::error("the kernel does not protect the sensor's pins: {}", held.error().message);
    }
}

void Keeper::remove_pins() const {
    if (side_ && side_->is_pinned()) sensor::remove_pins(policy_->keeper.pins);
}

// Before any part begins. Where the kernel takes no such programs the sensor works all the same;
// its state says so.
void Keeper::raise_shield() {
    if (!policy_->keeper.shield) return;
    shield::Folders folders;
    if (!policy_->state.empty()) folders.whole.push_back(policy_->state);
    if (!policy_->runtime.empty()) folders.names.push_back(policy_->runtime);
    folders.pins = policy_->keeper.pins;
    auto raised = shield::Shield::raise(folders);
    if (raised) {
        shield_.emplace(std::move(*raised));
    } else {
        no_shield_ = raised.error().message;
        spdlog::warn("the kernel does not protect the sensor's processes: {}", no_shield_);
    }
}

void Keeper::look_at_shield(Clock::time_point now) {
    if (!shield_) return;
    for (const auto& one : shield_->take_refusals()) refusals_.take(one);
    for (const auto& one : refusals_.due(now)) {
        const auto subject = describe(one.last);
        spdlog::error("the kernel refused, {} times: {}", one.count, subject);
        tell(letters::Note::act_refused, subject, one.count);
    }
    const auto unheld = shield_->take_unheld();
    if (unheld == 0) return;
    spdlog::error("{} processes of the sensor are not shielded: too many run at once", unheld);
    tell(letters::Note::not_shielded, {}, unheld);
}

void Keeper::look_at_kernel(Clock::time_point now) {
    if (now < next_look_) return;
    next_look_ = now + 1s;
    const auto taken_off = side_->mend();
    if (taken_off.empty()) return;
    hold_pins();
    const auto names = fmt::format("{}", fmt::join(taken_off, ", "));
    spdlog::error("somebody detached {}", names);
    tell(letters::Note::programs_detached, names, taken_off.size());
}

void Keeper::end_answerer(bool guards_stay) {
    auto& answerer = part(PartName::answerer);
    if (guards_stay) {
        const std::array<std::uint8_t, 1> stay{leave_guards};
        if (answerer.runs() && !base::send_packet(answerer.socket.get(), stay)) {
            spdlog::error("the answerer does not hear that its guards are to stay");
        }
        end_part(answerer, 20s);
        return response::spare(answerer.guards, 0);
    }
    // Nothing would hold after it whom it lets go.
    answerer.guards = {};
    end_part(answerer, 20s);
    answerer.guards = {};
}

bool Keeper::waits_for_verdicts() const {
    const auto& answerer = part(PartName::answerer);
    return !answerer.ready && !part_of(answerer.guards, response::GuardPart::programs).empty();
}

// What runs meanwhile waits for the next answerer where its verdict is not known: not for long, or
// nothing new would run on this machine. What holds without asking stays.
void Keeper::look_at_guards(Clock::time_point now) {
    if (!waits_for_verdicts()) return unanswered_.reset();
    if (!unanswered_) unanswered_ = now;
    if (now - *unanswered_ < 10s) return;
    spdlog::error("no answerer begins: what has the size of a blocked file runs unread");
    auto& programs = part_of(part(PartName::answerer).guards, response::GuardPart::programs);
    response::let_all_go(programs);
    programs.clear();
}

void Keeper::say_alive(std::chrono::seconds next) {
    const auto& analyst = part(PartName::analyst);
    if (!analyst.runs() || !analyst.ready) return;
    const auto bytes =
        encode(letters::Notice{letters::Note::alive, {}, static_cast<std::uint64_t>(next.count())});
    static_cast<void>(
        ::send(analyst.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

// To the analyst, which tells if this stops; to the kernel's programs, whose record of it has to
// reach the analyst; and to the keeper that comes after this one.
void Keeper::show_life(Clock::time_point now) {
    say_alive(0s);
    if (now < next_canary_) return;
    next_canary_ = now + std::chrono::seconds(policy_->keeper.canary_seconds);
    const pid_t canary = ::fork();
    if (canary == 0) ::_exit(0);  // reap() takes it in
    if (canary < 0) spdlog::error("the sensor could not be tried: {}", errno);
    if (!policy_->runtime.empty()) {
        ::utimensat(AT_FDCWD, policy_->state_file().c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    }
}

}  // namespace shoji::station
