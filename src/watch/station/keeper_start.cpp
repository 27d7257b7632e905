// How the keeper starts the parts, and starts them anew with another policy.
#include "core/base/unix_socket.h"
#include "watch/response/control_server.h"
#include "watch/sensor/json_sink.h"
#include "watch/sensor/opener.h"
#include "watch/station/answerer.h"
#include "watch/station/deliverer.h"
#include "watch/station/journal.h"
#include "watch/station/keeper.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;
using Pair = std::pair<base::FileDescriptor, base::FileDescriptor>;

// A folder of `owner`'s alone.
base::Result<void> need_folder(const std::filesystem::path& folder, uid_t owner, mode_t mode) {
    if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + folder.native());
    }
    const base::FileDescriptor held(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!held.valid() || ::fchown(held.get(), owner, owner) != 0 ||
        ::fchmod(held.get(), mode) != 0) {
        return base::fail_errno(errno, "preparing " + folder.native());
    }
    return {};
}

base::Result<Pair> make_link() {
    return base::unix_socket_pair(base::SocketKind::packet);
}

base::FileDescriptor duplicate(const base::FileDescriptor& descriptor) {
    return base::FileDescriptor(descriptor.valid() ? ::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0)
                                                   : -1);
}

base::Result<void> set_non_blocking(const base::FileDescriptor& descriptor) {
    if (::fcntl(descriptor.get(), F_SETFL, O_RDWR | O_NONBLOCK) != 0) {
        return base::fail_errno(errno, "setting up a link");
    }
    return {};
}

base::Result<void> work_as_analyst(const Policy& policy, OutletInputs inputs,
                                   sensor::AnalystInputs kernel) {
    if (policy.response) {
        const auto rules = read_response_policy(*policy.response);
        if (!rules) return base::Failure(rules.error());
        inputs.rules_with_response = rules_of(*rules);
    }
    auto outlet = Outlet::make(policy, std::move(inputs));
    if (!outlet) return base::Failure(outlet.error());
    auto done = sensor::run_analyst(std::move(kernel), policy.watch, (*outlet)->names(), **outlet,
                                    (*outlet)->rights());
    (*outlet)->finish();
    return done;
}

bool write_text(const std::filesystem::path& path, const std::string& text) {
    const auto fresh = path.native() + ".new";
    std::ofstream stream(fresh, std::ios::trunc);
    stream << text << std::flush;
    std::error_code failed;
    if (stream) std::filesystem::rename(fresh, path, failed);
    return stream && !failed;
}

// For root, and for the members of `group` where it is not root's.
bool let_in(const std::filesystem::path& path, gid_t group, mode_t for_root, mode_t for_group) {
    return ::chown(path.c_str(), 0, group) == 0 &&
           ::chmod(path.c_str(), group == 0 ? for_root : for_group) == 0;
}

// Not 0: what is allowed to root's group is allowed to nobody who asks for a group of his own.
base::Result<gid_t> find_group(const std::string& name) {
    std::array<char, 16384> buffer{};
    ::group entry{};
    ::group* found = nullptr;
    ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr || found->gr_gid == 0) {
        return base::fail(base::ErrorKind::not_found, "there is no group '{}' beside root's", name);
    }
    return found->gr_gid;
}

}  // namespace

base::Result<void> Keeper::make_folders() {
    const auto& policy = *policy_;
    if (policy.state.empty()) return {};
    constexpr mode_t passable = 0711;
    constexpr mode_t closed = 0700;
    std::error_code problem;
    std::filesystem::create_directories(policy.state.parent_path(), problem);
    auto made = need_folder(policy.state, 0, passable);
    if (made) made = need_folder(policy.analyst_folder(), policy.watch.analyst_user, closed);
    if (made && policy.delivery) {
        made = need_folder(policy.spool_folder(), policy.delivery->user, closed);
    }
    return made;
}

base::Result<void> Keeper::listen() {
    const auto& policy = *policy_;
    if (policy.runtime.empty()) return {};
    std::error_code problem;
    std::filesystem::create_directories(policy.runtime, problem);
    auto local = base::listen_unix(policy.local_socket(), base::SocketKind::packet, 0600, true);
    if (!local) return base::Failure(local.error());
    listener_ = std::move(*local);
    if (auto let = let_group_in(); !let) return let;
    if (!policy.response) return {};
    auto respond = response::listen_for_commands(policy.respond_socket());
    if (!respond) return base::Failure(respond.error());
    respond_listener_ = std::move(*respond);
    return {};
}

base::Result<void> Keeper::let_group_in() {
    const auto& policy = *policy_;
    if (policy.local.group.empty()) return {};
    const auto found = find_group(policy.local.group);
    if (!found) return base::Failure(found.error());
    group_ = *found;
    if (let_in(policy.local_socket(), group_, 0600, 0660) &&
        ::chmod(policy.runtime.c_str(), 0711) == 0) {
        return {};
    }
    return base::fail_errno(errno, "letting the group '" + policy.local.group + "' in");
}

// In a part's process: what is not its own is closed, files are left to the keeper.
void Keeper::forget() {
    forgets_ = true;
    manager_ = {};
    signals_.reset();
    listener_.reset();
    respond_listener_.reset();
    for (auto& one : parts_) {
        one.socket.reset();
        one.guards = {};
    }
    // Links and maps are the keeper's alone.
    side_.reset();
    shield_.reset();
    left_.reset();
    own_files_.reset();
    for (auto* one : {&journal_link_, &journal_channel_, &log_positions_}) one->reset();
}

template <class Work>
base::Result<void> Keeper::start(Part& part, Work&& work) {
    auto sockets = make_link();
    if (!sockets) return base::Failure(sockets.error());
    // The keeper waits for nobody.
    if (auto set = set_non_blocking(sockets->first); !set) return set;
    const pid_t process = ::fork();
    if (process < 0) return base::fail_errno(errno, "starting a part");
    if (process == 0) {
        forget();
        sockets->first.reset();
        const base::Result<void> done = work(std::move(sockets->second));
        if (!done) spdlog::error("{}: {}", name_of(part.name), done.error().message);
        ::_exit(done ? 0 : 1);
    }
    part.process = process;
    part.socket = std::move(sockets->first);
    part.began = part.heard = Clock::now();
    part.ready = part.silent = false;
    return {};
}

base::Result<void> Keeper::start_due(Clock::time_point now) {
    const auto is_due = [&](PartName name) {
        const auto& one = part(name);
        return one.wanted && !one.runs() && one.start_at <= now;
    };
    base::Result<void> started;
    bool any = false;
    if (is_due(PartName::answerer)) {
        any = true;
        started = start_answerer();
    }
    if (started && is_due(PartName::deliverer)) {
        any = true;
        started = start_deliverer();
    }
    if (started && is_due(PartName::analyst) && is_due(PartName::opener)) {
        any = true;
        started = start_watching();
    }
    if (started && is_due(PartName::journal) && can_start_journal()) {
        any = true;
        started = start_journal();
    }
    if (any && started) write_state();
    return started;
}

// Where the part runs already it gets the other end.
void Keeper::send_link(Part& part, LinkTo whose, base::FileDescriptor end) {
    letters::Bytes bytes{static_cast<std::uint8_t>(whose)};
    if (part.name == PartName::analyst) {
        const auto note = whose == LinkTo::deliverer ? letters::Note::link_deliverer
                                                     : letters::Note::link_answerer;
        bytes = encode(letters::Notice{note, {}, 0});
    }
    if (part.runs() && part.socket.valid()) part.give({whose, std::move(bytes), std::move(end)});
}

base::Result<void> Keeper::start_deliverer() {
    auto link = make_link();
    auto ordering = make_link();
    for (const auto* one : {&link, &ordering}) {
        if (!*one) return base::Failure(one->error());
    }
    auto started = start(part(PartName::deliverer), [&](base::FileDescriptor keeper) {
        link->first.reset();
        ordering->first.reset();
        auto credentials = read_identity(*policy_->delivery);
        if (!credentials) return base::Result<void>(base::Failure(credentials.error()));
        return run_deliverer(
            *policy_, std::move(*credentials),
            {std::move(link->second), std::move(ordering->second), std::move(keeper)});
    });
    if (started) {
        send_link(part(PartName::analyst), LinkTo::deliverer, std::move(link->first));
        send_link(part(PartName::answerer), LinkTo::deliverer, std::move(ordering->first));
    }
    return started;
}

base::Result<void> Keeper::start_answerer() {
    auto link = make_link();
    auto ordering = make_link();
    for (const auto* one : {&link, &ordering}) {
        if (!*one) return base::Failure(one->error());
    }
    auto listener = duplicate(respond_listener_);
    auto guards = response::duplicates_of(part(PartName::answerer).guards);
    auto started = start(part(PartName::answerer), [&](base::FileDescriptor keeper) {
        link->first.reset();
        ordering->first.reset();
        return run_answerer(*policy_,
                            {std::move(listener), std::move(link->second),
                             std::move(ordering->second), std::move(keeper)},
                            std::move(guards));
    });
    if (started) {
        send_link(part(PartName::analyst), LinkTo::answerer, std::move(link->first));
        send_link(part(PartName::deliverer), LinkTo::answerer, std::move(ordering->first));
    }
    return started;
}

// A channel is of sockets: a pipe can be opened anew, by /proc/PID/fd, and read empty by whoever
// may look at a process that has it.
base::Result<void> Keeper::start_journal() {
    auto channel = base::unix_socket_pair(base::SocketKind::stream);
    if (!channel) return base::Failure(channel.error());
    const auto place = next_place();
    auto output = duplicate(channel->first);
    auto started = start(part(PartName::journal), [&](base::FileDescriptor keeper) {
        *channel = {};
        return run_journal(policy_->watch.logons, std::move(output), std::move(keeper), place);
    });
    if (!started) return started;
    journal_channel_ = std::move(channel->first);
    // The cursor that the channel begins with; a zero where it begins with what is new.
    std::vector<std::uint8_t> begin(place.cursor.begin(), place.cursor.end());
    if (begin.empty()) begin.push_back(0);
    const std::array<int, 1> end{channel->second.get()};
    // Where the analyst has ended another one gets another channel.
    static_cast<void>(base::send_packet(journal_link_.get(), begin, end));
    return started;
}

base::Result<void> Keeper::start_watching() {
    auto outputs = side_->outputs();
    if (!outputs) return base::Failure(outputs.error());
    if (left_) {
        outputs->left = sensor::LeftRing{duplicate(left_->ring), duplicate(left_->losses),
                                         duplicate(left_->told)};
    }
    auto asking = make_link();
    auto delivering = make_link();
    auto answering = make_link();
    auto journal = make_link();
    for (const auto* one : {&asking, &delivering, &answering, &journal}) {
        if (!*one) return base::Failure(one->error());
    }
    for (const auto* end : {&journal->first, &journal->second}) {
        if (auto set = set_non_blocking(*end); !set) return set;
    }
    const bool reads_journal = part(PartName::journal).wanted;
    const bool delivers = part(PartName::deliverer).wanted;
    const bool answers = part(PartName::answerer).wanted;
    auto listener = duplicate(listener_);
    auto positions = duplicate(log_positions_);
    const auto state = to_tell();
    auto started = start(part(PartName::opener), [&](base::FileDescriptor keeper) {
        *delivering = {};
        *answering = {};
        *journal = {};
        *outputs = {};
        for (auto* one : {&listener, &positions, &asking->second}) one->reset();
        return sensor::run_opener(std::move(asking->first), std::move(keeper),
                                  policy_->watch.logons.files);
    });
    if (!started) return started;
    started = start(part(PartName::analyst), [&](base::FileDescriptor keeper) {
        asking->first.reset();
        journal->first.reset();
        if (!reads_journal) journal->second.reset();
        if (auto set = set_non_blocking(keeper); !set) return set;
        OutletInputs inputs;
        inputs.keeper = std::move(keeper);
        if (delivers) inputs.deliverer = std::move(delivering->first);
        if (answers) inputs.answerer = std::move(answering->first);
        *delivering = {};
        *answering = {};
        inputs.listener = std::move(listener);
        inputs.notices = notices_;
        inputs.output = settings_.output;
        return work_as_analyst(*policy_, std::move(inputs),
                               {std::move(*outputs), std::move(asking->second),
                                std::move(journal->second), std::move(positions), state});
    });
    if (!started) return started;
    if (reads_journal) journal_link_ = std::move(journal->first);
    notices_.clear();
    if (delivers)
        send_link(part(PartName::deliverer), LinkTo::analyst, std::move(delivering->second));
    if (answers) send_link(part(PartName::answerer), LinkTo::analyst, std::move(answering->second));
    return started;
}

// In a process of its own, as the parts will: whether they could work with it.
base::Result<Policy> Keeper::try_policy() const {
    auto loaded = settings_.policy_file.empty() ? base::Result<Policy>(Policy{})
                                                : load_policy(settings_.policy_file);
    if (!loaded) return loaded;
    if (loaded->state != policy_->state || loaded->runtime != policy_->runtime ||
        loaded->local.group != policy_->local.group ||
        loaded->keeper.shield != policy_->keeper.shield ||
        loaded->response.has_value() != policy_->response.has_value()) {
        return base::fail(
            base::ErrorKind::invalid,
            "state, runtime, local.group, keeper.shield and whether there are responses need a "
            "restart");
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return base::fail_errno(errno, "trying a policy");
    const base::FileDescriptor reading(ends[0]);
    base::FileDescriptor writing(ends[1]);
    const pid_t process = ::fork();
    if (process < 0) return base::fail_errno(errno, "trying a policy");
    if (process == 0) {
        base::Result<void> good;
        if (loaded->detection) {
            if (auto made = Detection::make(*loaded->detection); !made) {
                good = base::Failure(made.error());
            }
        }
        if (good && loaded->delivery) {
            if (auto read = read_identity(*loaded->delivery); !read) {
                good = base::Failure(read.error());
            }
        }
        if (good && loaded->response) {
            if (auto read = read_response_policy(*loaded->response); !read) {
                good = base::Failure(read.error());
            }
        }
        const auto text = good ? std::string() : good.error().message.substr(0, 1000);
        static_cast<void>(!::write(writing.get(), text.data(), text.size()));
        ::_exit(good ? 0 : 1);
    }
    writing.reset();
    std::array<char, 1024> text{};
    const auto count = ::read(reading.get(), text.data(), text.size());
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return loaded;
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    return base::fail(base::ErrorKind::invalid, "{}", std::string_view(text.data(), size));
}

// The new programs in the kernel see before the old ones go: an event may come twice, none is
// missed.
void Keeper::reload() {
    // To load programs takes long where the machine is emulated.
    say_alive(120s);
    auto tried = try_policy();
    std::unique_ptr<Policy> fresh;
    std::optional<sensor::KernelSide> side;
    if (tried) {
        fresh = std::make_unique<Policy>(std::move(*tried));
        auto loaded = sensor::KernelSide::load(fresh->watch);
        if (loaded) {
            side.emplace(std::move(*loaded));
            ::malloc_trim(0);
        } else {
            tried = base::Failure(loaded.error());
        }
    }
    if (!tried) {
        spdlog::error("the policy stays as it was: {}", tried.error().message);
        return tell(letters::Note::policy_refused, tried.error().message, 0);
    }
    stop(true);
    side_.emplace(std::move(*side));
    if (fresh->watch.logons.files != policy_->watch.logons.files) log_positions_.reset();
    if (fresh->watch.logons.journal != policy_->watch.logons.journal) journal_place_ = {};
    policy_ = std::move(fresh);
    pin_programs();
    told_state_ = false;
    if (auto ready = prepare_logons(); !ready) spdlog::error("{}", ready.error().message);
    own_files_.emplace(*policy_, settings_.policy_file);
    part(PartName::deliverer).wanted = policy_->delivery.has_value();
    part(PartName::answerer).wanted = policy_->response.has_value();
    for (auto& one : parts_) one.start_at = {};
    if (auto ready = make_folders(); !ready) spdlog::error("{}", ready.error().message);
    tell(letters::Note::policy_changed, settings_.policy_file.native(), 0);
    spdlog::info("the policy is another now");
}

void Keeper::write_state() {
    Protection protection;
    if (!policy_->keeper.pins.empty()) protection.pinned = side_->is_pinned();
    protection.wants_shield = policy_->keeper.shield;
    protection.no_shield = no_shield_;
    const auto text = state_json(seen(), protection, parts_);
    if (!settings_.state_file.empty() && !write_text(settings_.state_file, text)) {
        spdlog::error("{} cannot be written", settings_.state_file.native());
    }
    if (!policy_->runtime.empty() && (!write_text(policy_->state_file(), text) ||
                                      !let_in(policy_->state_file(), group_, 0600, 0640))) {
        spdlog::error("{} cannot be written", policy_->state_file().native());
    }
}

std::string state_json(const std::vector<sensor::FamilyState>& state, const Protection& protection,
                       std::span<const Part> running) {
    const auto list = [](const std::vector<std::string>& texts) {
        std::string joined;
        for (const auto& text : texts) {
            if (!joined.empty()) joined += ',';
            sensor::append_json_text(text, joined);
        }
        return joined;
    };
    std::string families;
    for (const auto& one : state) {
        std::string backend = "null";
        if (!one.backend.empty()) {
            backend.clear();
            sensor::append_json_text(one.backend, backend);
        }
        if (!families.empty()) families += ',';
        families += fmt::format(R"({{"family":"{}","backend":{},"refused":[{}],"absent":[{}]}})",
                                one.family, backend, list(one.refused), list(one.absent));
    }
    std::string processes =
        fmt::format(R"({{"part":"keeper","process":{},"restarts":0}})", ::getpid());
    for (const auto& one : running) {
        if (!one.wanted) continue;
        processes += fmt::format(R"(,{{"part":"{}","process":{},"restarts":{}}})",
                                 name_of(one.name), one.process, one.restarts);
    }
    std::string why;
    sensor::append_json_text(protection.no_shield, why);
    const auto& pinned = protection.pinned;
    return fmt::format(
        R"({{"families":[{}],"pinned":{},"shield":{{"wanted":{},"up":{},"why":{}}},"parts":[{}]}})"
        "\n",
        families, pinned ? (*pinned ? "true" : "false") : "null", protection.wants_shield,
        protection.wants_shield && protection.no_shield.empty(), why, processes);
}

}  // namespace shoji::station
