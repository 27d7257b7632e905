#include "watch/detect/exfiltration/exfiltration.h"

#include "core/base/archive.h"
#include "watch/detect/exfiltration/chains.h"
#include "watch/detect/exfiltration/clock.h"
#include "watch/detect/exfiltration/destination.h"
#include "watch/detect/exfiltration/inputs.h"
#include "watch/detect/exfiltration/look.h"
#include "watch/detect/exfiltration/protocols.h"
#include "watch/detect/exfiltration/tunnels.h"
#include "watch/detect/exfiltration/volumes.h"

#include <algorithm>

namespace shoji::exfiltration {
namespace {

using event::ActivityKind;

constexpr std::uint32_t magic = 0x58454853;  // "SHEX"
constexpr std::uint32_t version = 2;
// Days that have not been are below 0.
constexpr base::ArchiveBounds bounds{.most_text = most_name_bytes, .negative = true};

Medium medium_of(Category category) {
    switch (category) {
        case Category::storage:
            return Medium::storage;
        case Category::paste:
            return Medium::paste;
        case Category::webmail:
            return Medium::mail;
        case Category::none:
        case Category::lookups:
            break;
    }
    return Medium::web;
}

}  // namespace

// What is remembered.
struct Exfiltration::State {
    explicit State(const Settings& settings)
        : volumes(settings),
          chains(settings),
          tunnels(settings),
          protocols(settings),
          inputs(settings) {}

    template <class Archive>
    void transfer(Archive& archive) {
        archive(clock, clipped, volumes, chains, tunnels, protocols, inputs);
    }

    Clock clock;
    std::uint64_t clipped = 0;
    Volumes volumes;
    Chains chains;
    Tunnels tunnels;
    Protocols protocols;
    Inputs inputs;
};

// One activity on its way through the parts.
class Exfiltration::Look {
  public:
    Look(const Settings& settings, const NameList& names)
        : settings_(settings), namer_(settings, names) {}

    void take(const event::Activity& activity, State& state, Alerts& alerts);
    [[nodiscard]] std::uint64_t secret_check() { return namer_.hash("state"); }

  private:
    void sent(const event::Activity& activity, State& state, Alerts& alerts);
    void queried(const event::Activity& activity, State& state, Alerts& alerts);
    void written(const event::Activity& activity, State& state, Alerts& alerts);
    void mailed(const event::Activity& activity, State& state, Alerts& alerts);
    void typed(const event::Activity& activity, State& state, Alerts& alerts);
    void leaves(Medium medium, std::uint64_t amount, State& state, Alerts& alerts);

    const Settings& settings_;
    Namer namer_;
    Seen seen_;
};

// By way of a medium; the destination is set.
void Exfiltration::Look::leaves(Medium medium, std::uint64_t amount, State& state, Alerts& alerts) {
    seen_.medium = medium;
    seen_.amount = amount;
    const auto usual = state.volumes.usual(seen_);
    state.volumes.observe(seen_, alerts);
    const bool counted_in_bytes = medium != Medium::print && medium != Medium::capture;
    const bool everybodys = medium == Medium::web && state.volumes.is_common(seen_.destination);
    if (counted_in_bytes && amount > 0 && !everybodys) state.chains.sent(seen_, usual, alerts);
}

void Exfiltration::Look::sent(const event::Activity& activity, State& state, Alerts& alerts) {
    if (!namer_.name_destination(activity, seen_)) return;
    if (activity.kind == ActivityKind::icmp) {
        leaves(Medium::icmp, activity.bytes_out, state, alerts);
        return;
    }
    const auto medium = medium_of(seen_.category);
    leaves(medium, activity.bytes_out - std::min(activity.bytes_out, activity.bytes_in), state,
           alerts);
    if (activity.kind == ActivityKind::connection &&
        !is_usual_protocol(activity.port, activity.protocol)) {
        seen_.amount = activity.bytes_out;
        state.protocols.observe(seen_, namer_.hash(activity.protocol) + activity.port, alerts);
    }
}

void Exfiltration::Look::queried(const event::Activity& activity, State& state, Alerts& alerts) {
    if (!namer_.name_query(activity, seen_)) return;
    seen_.medium = Medium::web;
    state.tunnels.observe(seen_, namer_.name(), namer_.name_hash(), alerts);
}

void Exfiltration::Look::written(const event::Activity& activity, State& state, Alerts& alerts) {
    state.chains.written(seen_);
    const auto path = activity.path;
    if (begins_with(path, settings_.removable)) {
        namer_.name_place(path, 1, seen_);
        leaves(Medium::stick, activity.bytes_out, state, alerts);
    } else if (begins_with(path, settings_.shares) && !begins_with(path, settings_.classified)) {
        namer_.name_place(path, 2, seen_);
        leaves(Medium::share, activity.bytes_out, state, alerts);
    }
}

void Exfiltration::Look::mailed(const event::Activity& activity, State& state, Alerts& alerts) {
    if (!namer_.name_recipient(activity, seen_)) return;
    leaves(Medium::mail, activity.bytes_out, state, alerts);
}

void Exfiltration::Look::typed(const event::Activity& activity, State& state, Alerts& alerts) {
    namer_.name_session(activity, seen_);
    leaves(Medium::input, std::max<std::uint64_t>(activity.text.size(), activity.bytes_out), state,
           alerts);
    state.inputs.observe(seen_, activity.text, activity.my_numbers, alerts);
}

void Exfiltration::Look::take(const event::Activity& activity, State& state, Alerts& alerts) {
    // What was denied did not leave.
    if (activity.denied) return;
    namer_.name_subject(activity, state.clock.believe(activity.time), seen_);
    switch (activity.kind) {
        case ActivityKind::connection:
        case ActivityKind::transfer:
        case ActivityKind::request:
        case ActivityKind::icmp:
            sent(activity, state, alerts);
            break;
        case ActivityKind::query:
            queried(activity, state, alerts);
            break;
        case ActivityKind::file_read:
            if (begins_with(activity.path, settings_.classified)) state.chains.read(seen_);
            break;
        case ActivityKind::file_write:
            written(activity, state, alerts);
            break;
        case ActivityKind::process:
            if (is_archiver(activity.process)) state.chains.packed(seen_);
            break;
        case ActivityKind::mail:
            mailed(activity, state, alerts);
            break;
        case ActivityKind::print:
            leaves(Medium::print, activity.pages, state, alerts);
            break;
        case ActivityKind::capture:
            leaves(Medium::capture, 1, state, alerts);
            break;
        case ActivityKind::screen_input:
            typed(activity, state, alerts);
            break;
        case ActivityKind::file_rename:
        case ActivityKind::logon:
        case ActivityKind::service:
            break;
    }
    state.clipped += namer_.take_clipped();
}

Exfiltration::Exfiltration(Settings settings, NameList names)
    : settings_(std::move(settings)),
      names_(std::move(names)),
      state_(std::make_unique<State>(settings_)),
      look_(std::make_unique<Look>(settings_, names_)) {}

Exfiltration::~Exfiltration() = default;

void Exfiltration::observe(const event::Activity& activity, std::vector<Alert>& alerts) {
    look_->take(activity, *state_, alerts);
}

void Exfiltration::set_present(event::Time present) {
    state_->clock.set_present(present);
}

Exfiltration::Losses Exfiltration::losses() const {
    return {state_->clipped, state_->clock.untimely(),
            state_->volumes.displaced() + state_->chains.displaced() + state_->tunnels.displaced() +
                state_->protocols.displaced() + state_->inputs.displaced()};
}

std::size_t Exfiltration::memory_limit(const Settings& settings) {
    return sizeof(Exfiltration) + sizeof(State) + sizeof(Look) + Volumes::memory_limit(settings) +
           Chains::memory_limit(settings) + Tunnels::memory_limit(settings) +
           Protocols::memory_limit(settings) + Inputs::memory_limit(settings);
}

std::vector<std::uint8_t> Exfiltration::save() const {
    base::Saver saver(bounds);
    saver(magic, version, look_->secret_check(), *state_);
    return saver.take();
}

base::Result<void> Exfiltration::load(std::span<const std::uint8_t> bytes) {
    using base::ErrorKind;
    base::Loader loader(bytes, bounds);
    std::uint32_t read_magic = 0;
    std::uint32_t read_version = 0;
    std::uint64_t check = 0;
    loader(read_magic, read_version, check);
    if (!loader.ok() || read_magic != magic) {
        return base::because(ErrorKind::corrupt, "this is no state of the exfiltration detector");
    }
    if (read_version != version) {
        return base::because(ErrorKind::invalid,
                             "the state has version {}; this program reads version {}",
                             read_version, version);
    }
    if (check != look_->secret_check()) {
        return base::because(ErrorKind::invalid, "the state was made with another secret");
    }
    auto state = std::make_unique<State>(settings_);
    loader(*state);
    if (!loader.finished()) {
        return base::because(
            ErrorKind::corrupt,
            "the state is damaged, or its tables are larger than the settings allow");
    }
    state_ = std::move(state);
    return {};
}

}  // namespace shoji::exfiltration
