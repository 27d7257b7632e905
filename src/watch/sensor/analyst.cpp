#include "watch/sensor/analyst.h"

#include "core/base/privilege.h"
#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "core/confinement/confine.h"
#include "watch/sensor/boot_time.h"
#include "watch/sensor/counters.h"
#include "watch/sensor/journal_reader.h"
#include "watch/sensor/log_files.h"
#include "watch/sensor/logons.h"
#include "watch/sensor/program_files.h"
#include "watch/sensor/ring.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <optional>

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::size_t batch = 1024;
constexpr int priority = -10;
// Of a rest; whoever asks at the local socket waits as long at most.
constexpr int rest_milliseconds = 250;

std::uint64_t clock_now(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * second +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// Written to where Value is not constant.
template <class Value>
base::Result<std::span<Value>> map_array(const base::FileDescriptor& map, std::size_t count) {
    const int access = std::is_const_v<Value> ? PROT_READ : PROT_READ | PROT_WRITE;
    void* at = ::mmap(nullptr, count * sizeof(Value), access, MAP_SHARED, map.get(), 0);
    if (at == MAP_FAILED) return base::fail_errno(errno, "mapping what the kernel counts");
    return std::span<Value>(static_cast<Value*>(at), count);
}

base::Result<LossWatch> watch_losses(const base::FileDescriptor& losses,
                                     const base::FileDescriptor& told, unsigned processors) {
    const std::size_t count = std::size_t{processors} * SENSOR_LOSSES;
    auto counts = map_array<const std::uint64_t>(losses, count);
    if (!counts) return base::Failure(counts.error());
    auto known = map_array<std::uint64_t>(told, count);
    if (!known) return base::Failure(known.error());
    return LossWatch(*counts, *known);
}

std::string read_small(const char* path) {
    std::ifstream stream(path);
    std::string text;
    char c = 0;
    while (text.size() < (1 << 20) && stream.get(c)) text += c;
    return text;
}

class Analyst {
  public:
    Analyst(AnalystInputs inputs, const Policy& policy, event::Names& names, Sink& sink)
        : inputs_(std::move(inputs)),
          policy_(policy),
          words_(names),
          scene_(words_),
          hasher_(inputs_.opener.get(), std::uint64_t{policy.hash_megabytes} << 20),
          logons_(names, scene_),
          journal_(std::move(inputs_.journal)),
          sink_(sink) {}

    base::Result<void> run(const AnalystRights& rights);

  private:
    base::Result<void> prepare();
    base::Result<void> confine(const AnalystRights& rights) const;
    void read_running();
    base::Result<void> map_left();
    base::Result<void> read_left();
    base::Result<std::size_t> read_ring(const RingView& ring);
    void take(Record record);
    void look_around();
    base::Result<void> prepare_logs();
    void read_logons();
    void hand_on();
    void report(const Loss& loss);
    void report(const Flood& flood);
    void report_more(std::string_view cause, std::uint64_t count, std::uint64_t& told);
    void report_state();
    [[nodiscard]] bool opener_is_gone() const;
    EventWriter begin_report(std::string_view type);

    AnalystInputs inputs_;
    const Policy& policy_;
    Words words_;
    Scene scene_;
    FileHasher hasher_;
    LogonReader logons_;
    JournalReader journal_;
    std::optional<LogFiles> logs_;
    Sink& sink_;
    std::optional<LossWatch> losses_;
    std::span<const sensor_throttle> throttles_;
    std::optional<Ring> left_;  // of a sensor that was killed
    std::optional<LossWatch> left_losses_;
    event::Event event_;
    std::uint64_t corrupt_ = 0;
    std::uint64_t left_out_told_ = 0;
    std::uint64_t unreadable_told_ = 0;
    std::uint64_t gaps_told_ = 0;
};

base::Result<void> Analyst::prepare() {
    scene_.processes = ProcessTable(policy_.most_processes);
    scene_.users = parse_users(read_small("/etc/passwd"));
    std::string boot = read_small("/proc/sys/kernel/random/boot_id");
    std::erase_if(boot, [](char c) { return c == '-' || c == '\n'; });
    scene_.boot = std::move(boot);
    utsname machine{};
    if (::uname(&machine) == 0) scene_.computer = std::string(name_in(machine.nodename));
    auto losses =
        watch_losses(inputs_.kernel.losses, inputs_.kernel.told, inputs_.kernel.processors);
    if (!losses) return base::Failure(losses.error());
    losses_ = *losses;
    auto throttles = map_array<const sensor_throttle>(inputs_.kernel.throttles, SENSOR_THROTTLES);
    if (!throttles) return base::Failure(throttles.error());
    throttles_ = *throttles;
    if (auto ready = FileHasher::prepare(); !ready) return ready;
    scene_.hasher = &hasher_;
    if (auto ready = prepare_logs(); !ready) return ready;
    // A reader that gets no processor loses what it should read (facts of the ring's size).
    if (::setpriority(PRIO_PROCESS, 0, priority) != 0) {
        spdlog::warn("the analyst keeps the usual priority");
    }
    return {};
}

base::Result<void> Analyst::prepare_logs() {
    ::tzset();  // lines of logs are in local time
    if (!inputs_.log_positions.valid()) return {};
    auto positions = map_log_positions(inputs_.log_positions.get());
    if (!positions) return base::Failure(positions.error());
    logs_.emplace(policy_.logons.files.size(), **positions,
                  [this](std::size_t place) { return ask_for_log(inputs_.opener.get(), place); });
    return {};
}

base::Result<void> Analyst::confine(const AnalystRights& rights) const {
    // Of what a program could be given at most, only what becoming another user takes is left.
    if (auto limited = confinement::limit_capabilities(confinement::to_become_another); !limited) {
        return limited;
    }
    if (auto dropped = base::drop_privileges(policy_.analyst_user); !dropped) return dropped;
    const auto missing = confinement::confine_self(
        rights.filter, confinement::SyscallFilter::Otherwise::refuse, rights.rules);
    if (!missing) return base::Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    return {};
}

void Analyst::take(Record record) {
    const auto told = read_record(record, scene_, event_);
    if (!told) {
        // Kernel and reader are of one build: this does not happen but by a fault of theirs.
        if (corrupt_++ == 0) spdlog::error("{}", told.error().message);
        return;
    }
    if (*told) sink_.take(event_);
}

// The iterator gives whole records, one after another.
void Analyst::read_running() {
    if (!inputs_.kernel.running.valid()) return;
    std::vector<std::uint8_t> bytes;
    std::array<std::uint8_t, 65536> piece{};
    while (true) {
        const auto count = ::read(inputs_.kernel.running.get(), piece.data(), piece.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) spdlog::error("walking over the processes: {}", errno);
        if (count <= 0) break;
        bytes.insert(bytes.end(), piece.data(), piece.data() + count);
        std::size_t at = 0;
        while (bytes.size() - at >= sizeof(sensor_head)) {
            sensor_head head{};
            std::memcpy(&head, bytes.data() + at, sizeof head);
            if (head.size < sizeof head || head.size > bytes.size() - at) break;
            take(Record(bytes).subspan(at, head.size));
            at += head.size;
        }
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
    inputs_.kernel.running.reset();
}

base::Result<std::size_t> Analyst::read_ring(const RingView& ring) {
    RingView view = ring;
    return view.drain(batch, [this](Record record) { take(record); });
}

base::Result<void> Analyst::map_left() {
    if (!inputs_.kernel.left) return {};
    auto ring = Ring::map(inputs_.kernel.left->ring.get(), SENSOR_RING_BYTES);
    if (!ring) return base::Failure(ring.error());
    left_.emplace(std::move(*ring));
    auto losses = watch_losses(inputs_.kernel.left->losses, inputs_.kernel.left->told,
                               inputs_.kernel.processors);
    if (!losses) return base::Failure(losses.error());
    left_losses_ = *losses;
    return {};
}

// Its programs have ended before this process began: what is there is all.
base::Result<void> Analyst::read_left() {
    if (!left_) return {};
    std::size_t all = 0;
    base::Result<std::size_t> count = batch;
    while (count && *count == batch) {
        count = read_ring(left_->view());
        if (count) all += *count;
        sink_.pause();
    }
    left_losses_->look([this](const Loss& loss) { report(loss); });
    spdlog::info("{} records of the sensor before this one were read", all);
    left_.reset();
    inputs_.kernel.left.reset();
    return count ? base::Result<void>() : base::Failure(count.error());
}

// What comes unasked is an answer that was waited for too long.
bool Analyst::opener_is_gone() const {
    const auto packet = base::receive_packet(inputs_.opener.get(), 1);
    return !packet || packet->bytes.empty();
}

void Analyst::look_around() {
    const std::array readings{read_clocks(), read_clocks(), read_clocks()};
    scene_.boot_time = boot_time_by(readings, scene_.boot_time);
}

// What is in the journal may come twice when this process is killed, but is not missed.
void Analyst::hand_on() {
    sink_.pause();
    journal_.tell();
}

// After the ring, so that who wrote it is known.
void Analyst::read_logons() {
    journal_.look([this](const JournalEntry& entry) {
        logons_.read(entry, event_);
        sink_.take(event_);
    });
    if (!logs_) return;
    const auto now = static_cast<event::Time>(clock_now(CLOCK_REALTIME));
    const std::time_t seconds = now / static_cast<event::Time>(second);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const event::SyslogDefaults defaults{
        now, event::Time{local.tm_gmtoff} * static_cast<event::Time>(second)};
    logs_->look([&](std::string_view line) {
        if (logons_.read(line, defaults, event_)) sink_.take(event_);
    });
}

EventWriter Analyst::begin_report(std::string_view type) {
    sensor_head head{};
    head.time = clock_now(CLOCK_BOOTTIME);
    scene_.begin(event_, head, words_.sensor_report);
    EventWriter writer(event_);
    writer.text(words_.event_type, type);
    return writer;
}

void Analyst::report(const Loss& loss) {
    auto writer = begin_report("loss");
    writer.text(words_.cause, name_of(loss.cause));
    writer.number(words_.count, loss.count);
    sink_.take(event_);
}

// Of a count that only grows, what was not told yet.
void Analyst::report_more(std::string_view cause, std::uint64_t count, std::uint64_t& told) {
    if (count == told) return;
    auto writer = begin_report("loss");
    writer.text(words_.cause, cause);
    writer.number(words_.count, count - told);
    sink_.take(event_);
    told = count;
}

void Analyst::report(const Flood& flood) {
    static constexpr std::array<std::string_view, 3> types{"flood_begins", "flood_goes_on",
                                                           "flood_ends"};
    auto writer = begin_report(types[static_cast<std::size_t>(flood.phase)]);
    writer.number(words_.count, flood.held);
    scene_.add_cgroup(writer, flood.cgroup);
    sink_.take(event_);
}

void Analyst::report_state() {
    for (const auto& family : inputs_.state) {
        auto writer = begin_report(family.backend.empty() ? "not_seen" : "seen");
        writer.text(words_.family, family.family);
        writer.text(words_.backend, family.backend);
        for (const auto& why : family.refused) writer.text(words_.cause, why);
        sink_.take(event_);
    }
}

base::Result<void> Analyst::run(const AnalystRights& rights) {
    auto ring = Ring::map(inputs_.kernel.ring.get(), SENSOR_RING_BYTES);
    if (!ring) return base::Failure(ring.error());
    if (auto prepared = prepare(); !prepared) return prepared;
    if (auto mapped = map_left(); !mapped) return mapped;
    if (auto confined = confine(rights); !confined) return confined;
    FloodWatch floods(throttles_);
    look_around();
    read_running();
    read_logons();  // what is said from now on is told
    report_state();
    hand_on();
    if (auto read = read_left(); !read) return read;
    std::array<pollfd, 2> waited{pollfd{inputs_.kernel.ring.get(), POLLIN, 0},
                                 pollfd{inputs_.opener.get(), POLLIN, 0}};
    std::uint64_t looked = 0;
    bool last = false;
    while (true) {
        const auto count = read_ring(ring->view());
        if (!count) return base::Failure(count.error());
        const std::uint64_t now = clock_now(CLOCK_BOOTTIME);
        if (now - looked >= second || last) {
            looked = now;
            look_around();
            read_logons();
            losses_->look([this](const Loss& loss) { report(loss); });
            floods.look(now, [this](const Flood& flood) { report(flood); });
            // What such processes do is told, without who they are.
            report_more("process_table", scene_.processes.left_out(), left_out_told_);
            report_more("journal_entries", journal_.damages(), unreadable_told_);
            report_more("journal_gap", journal_.gaps(), gaps_told_);
        }
        hand_on();
        // However much there is, between two batches the keeper hears that this process lives.
        const bool more = *count == batch;
        if (last && !more) return {};
        // The ring says that it is readable while anything is in it. While something comes it is
        // asked by the clock; after that the first record wakes (wakes() in shared_maps.bpf.h).
        const bool rests = *count == 0;
        waited[0].fd = rests ? inputs_.kernel.ring.get() : -1;
        const auto moment = static_cast<int>(policy_.poll_milliseconds);
        const int ready = ::poll(waited.data(), waited.size(),
                                 more    ? 0
                                 : rests ? std::max(moment, rest_milliseconds)
                                         : moment);
        if (ready < 0 && errno != EINTR) return base::fail_errno(errno, "waiting for the kernel");
        last |= ready > 0 && waited[1].revents != 0 && opener_is_gone();
    }
}

}  // namespace

base::Result<void> run_analyst(AnalystInputs inputs, const Policy& policy, event::Names& names,
                               Sink& sink, const AnalystRights& rights) {
    return Analyst(std::move(inputs), policy, names, sink).run(rights);
}

}  // namespace shoji::sensor
