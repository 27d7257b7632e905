#include "watch/delivery/delivery.h"

#include "core/base/random.h"
#include "watch/channel/channel.h"
#include "watch/delivery/courier.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace shoji::delivery {
namespace {

using base::ErrorKind;
using base::Failure;
using base::FileDescriptor;
using base::Result;
using spool::Class;
using spool::Clock;
using namespace std::chrono_literals;

constexpr Clock::duration connect_limit = 15s;  // until TLS is ready
constexpr std::size_t most_unsent = 512 << 10;  // bytes

Moment moment_now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {Clock::now(), std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()};
}

// Zeros where the kernel does not say.
spool::SpoolId boot_id() {
    spool::SpoolId id{};
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(file, text);
    std::erase(text, '-');
    for (std::size_t i = 0; i < id.size() && text.size() == 2 * id.size(); ++i) {
        id[i] = static_cast<std::uint8_t>(std::strtoul(text.substr(2 * i, 2).c_str(), nullptr, 16));
    }
    return id;
}

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

Result<Address> address_from(const std::string& text, std::uint16_t port) {
    Address address;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.bytes);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.bytes);
    if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        address.size = sizeof *v4;
    } else if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        address.size = sizeof *v6;
    } else {
        return base::fail(ErrorKind::invalid, "'{}' is no IP address of a collector", text);
    }
    return address;
}

Result<FileDescriptor> begin_connect(const Address& address) {
    FileDescriptor socket(
        ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return base::fail_errno(errno, "making a socket");
    const int on = 1;
    static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (::connect(socket.get(), generic, address.size) != 0 && errno != EINPROGRESS) {
        return base::fail_errno(errno, "connecting to the collector");
    }
    return socket;
}

class Worker : public Delivery {
  public:
    Worker(Options options, Address address, channel::Context context, spool::Spool spool,
           FileDescriptor wake, FileDescriptor orders_signal)
        : options_(std::move(options)),
          address_(address),
          context_(std::move(context)),
          wake_(std::move(wake)),
          orders_signal_(std::move(orders_signal)),
          spool_(std::move(spool)),
          courier_(spool_, introduction(options_.program), chance(), options_.pulse) {
        thread_ = std::thread([this] { work(); });
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() override {
        {
            const std::scoped_lock lock(mutex_);
            ends_ = true;
        }
        raise(wake_);
        thread_.join();
    }

    bool put(Class kind, std::span<const std::uint8_t> record) override {
        if (record.empty() || record.size() > spool::maximum_record) return false;
        {
            const std::scoped_lock lock(mutex_);
            Queue& queue = kind == Class::alert ? alerts_ : detail_;
            if (queue.bytes + record.size() > options_.queue_bytes) {
                ++queue.overrun;
                return false;
            }
            queue.bytes += record.size();
            queue.records.push_back({kind, {record.begin(), record.end()}});
            ++put_;
            ++queued_.at(static_cast<std::size_t>(kind));
            if (std::exchange(awake_, true)) return true;
        }
        raise(wake_);
        return true;
    }

    bool flush(std::chrono::milliseconds limit) override {
        std::unique_lock lock(mutex_);
        const std::uint64_t wanted = put_;
        wants_flush_ = true;
        awake_ = true;
        raise(wake_);
        return flushed_.wait_for(lock, limit, [&] { return durable_ >= wanted; });
    }

    Status status() const override {
        const std::scoped_lock lock(mutex_);
        Status copy = status_;
        copy.overrun = detail_.overrun;
        copy.alerts_overrun = alerts_.overrun;
        for (std::size_t i = 0; i < spool::classes; ++i) copy.waiting.at(i) += queued_.at(i);
        return copy;
    }

    std::vector<line::Order> take_orders() override {
        lower(orders_signal_);
        const std::scoped_lock lock(mutex_);
        return std::exchange(orders_, {});
    }
    int orders_signal() const override { return orders_signal_.get(); }
    void report(line::Report report) override {
        {
            const std::scoped_lock lock(mutex_);
            reports_.push_back(std::move(report));
        }
        raise(wake_);
    }

  private:
    struct Entry {
        Class kind;
        std::vector<std::uint8_t> record;
    };
    struct Queue {
        std::deque<Entry> records;
        std::size_t bytes = 0;
        std::uint64_t overrun = 0;
    };

    static Introduction introduction(std::string program) {
        Introduction introduction;
        introduction.boot = boot_id();
        base::fill_random(introduction.start);
        introduction.program = std::move(program);
        return introduction;
    }
    static std::function<double()> chance() {
        std::uint64_t seed = 0;
        base::fill_random({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
        return [random = std::mt19937_64(seed)]() mutable {
            return std::uniform_real_distribution<double>(0, 1)(random);
        };
    }

    static void raise(const FileDescriptor& signal) {
        const std::uint64_t one = 1;
        static_cast<void>(!::write(signal.get(), &one, sizeof one));
    }
    static void lower(const FileDescriptor& signal) {
        std::uint64_t count = 0;
        static_cast<void>(!::read(signal.get(), &count, sizeof count));
    }

    void work() {
        // A collector that goes away is an error of the connection, not this process's end.
        sigset_t pipe{};
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        while (take_in()) {
            const Moment now = moment_now();
            if (auto ticked = spool_.tick(now.steady); !ticked) complain(ticked.error().message);
            if (!channel_ && now.steady >= courier_.next_attempt()) connect(now);
            if (channel_) converse(now);
            tell();
            wait();
        }
        if (auto synced = spool_.sync(); !synced) complain(synced.error().message);
        if (channel_) channel_->close();
    }

    // From the queues into the spool. False: the end was asked for, and nothing is left.
    bool take_in() {
        std::deque<Entry> alerts;
        std::deque<Entry> detail;
        bool flush = false;
        std::uint64_t upto = 0;
        bool ends = false;
        std::vector<line::Report> reports;
        {
            const std::scoped_lock lock(mutex_);
            reports.swap(reports_);
            awake_ = false;
            alerts.swap(alerts_.records);
            detail.swap(detail_.records);
            alerts_.bytes = detail_.bytes = 0;
            flush = std::exchange(wants_flush_, false);
            upto = put_;
            ends = ends_;
            courier_.set_overrun(detail_.overrun);
        }
        for (auto& report : reports) courier_.report(std::move(report));
        for (auto* queue : {&alerts, &detail}) {
            for (const auto& entry : *queue) {
                ++taken_.at(static_cast<std::size_t>(entry.kind));
                const auto kept = spool_.append(entry.kind, entry.record, Clock::now());
                if (!kept) complain(kept.error().message);
            }
        }
        if (flush) {
            auto synced = spool_.sync();
            if (!synced) complain(synced.error().message);
            const std::scoped_lock lock(mutex_);
            if (synced && spool_.alerts_in_memory() == 0) durable_ = upto;
            flushed_.notify_all();
        }
        return !ends;
    }

    void connect(const Moment& now) {
        auto socket = begin_connect(address_);
        if (!socket) return lose(now, socket.error());
        auto channel = channel::Channel::make(context_, std::move(*socket));
        if (!channel) return lose(now, channel.error());
        channel_.emplace(std::move(*channel));
        splitter_ = {};
        was_ready_ = false;
        connect_until_ = now.steady + connect_limit;
    }

    void converse(const Moment& now) {
        if (auto done = converse_once(now); !done) lose(now, done.error());
    }

    Result<void> converse_once(const Moment& now) {
        if (auto advanced = channel_->advance(); !advanced) return advanced;
        if (!channel_->ready()) {
            if (now.steady < connect_until_) return {};
            return base::because(ErrorKind::unavailable, "the collector does not answer");
        }
        if (!std::exchange(was_ready_, true)) {
            spdlog::info("delivery: connected to {}", channel_->peer().name);
            courier_.connected(now);
        }
        splitter_.add(channel_->take_received());
        for (;;) {
            const auto message = splitter_.next();
            if (!message) return Failure(message.error());
            if (!*message) break;
            if (auto received = courier_.receive(**message, now); !received) return received;
        }
        hand_on(courier_.take_orders());
        if (channel_->unsent() >= most_unsent) return {};
        const auto bytes = courier_.send(now, most_unsent - channel_->unsent());
        if (!bytes) return Failure(bytes.error());
        if (bytes->empty()) return {};
        channel_->send(*bytes);
        return channel_->advance();
    }

    void hand_on(std::vector<line::Order> orders) {
        if (orders.empty()) return;
        {
            const std::scoped_lock lock(mutex_);
            orders_.insert(orders_.end(), std::make_move_iterator(orders.begin()),
                           std::make_move_iterator(orders.end()));
        }
        raise(orders_signal_);
    }

    void lose(const Moment& now, const base::Error& error) {
        if (channel_) channel_->close();
        channel_.reset();
        courier_.disconnected(now);
        complain(error.message);
    }

    // The same is logged once a minute, not at each attempt.
    void complain(const std::string& trouble) {
        const auto now = Clock::now();
        if (trouble != logged_ || now - logged_at_ >= 60s) {
            spdlog::warn("delivery: {}", trouble);
            logged_ = trouble;
            logged_at_ = now;
        }
        trouble_ = trouble;
    }

    void tell() {
        if (courier_.welcome() && !courier_.refusal() && spool_.alerts_in_memory() == 0) {
            trouble_.clear();
        }
        const std::scoped_lock lock(mutex_);
        status_.connected = courier_.welcome();
        status_.trouble = trouble_;
        status_.losses = spool_.losses();
        status_.spool_bytes = spool_.bytes();
        status_.alerts_in_memory = spool_.alerts_in_memory();
        status_.room_missed = spool_.room_missed();
        status_.clock_difference = courier_.clock_difference();
        for (std::size_t i = 0; i < spool::classes; ++i) {
            const auto kind = static_cast<Class>(i);
            status_.waiting.at(i) = spool_.next(kind) - 1 - spool_.acknowledged(kind);
            queued_.at(i) -= std::exchange(taken_.at(i), 0);
        }
        status_.waiting[0] += spool_.alerts_in_memory();
    }

    void wait() {
        auto until = channel_ ? (channel_->ready() ? courier_.due() : connect_until_)
                              : courier_.next_attempt();
        if (const auto due = spool_.due()) until = std::min(until, *due);
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        // What sending brought along is looked at now: the socket does not tell of it again.
        const bool has_news = channel_ && channel_->has_received();
        const auto patience = has_news ? 0 : std::clamp<std::int64_t>(rest.count(), 0, 60'000);
        std::array<pollfd, 2> waits{pollfd{wake_.get(), POLLIN, 0}, pollfd{-1, 0, 0}};
        if (channel_) waits[1] = {channel_->socket(), channel_->wants(), 0};
        static_cast<void>(::poll(waits.data(), waits.size(), static_cast<int>(patience)));
        if (waits[0].revents != 0) lower(wake_);
    }

    const Options options_;
    const Address address_;
    const channel::Context context_;
    const FileDescriptor wake_;
    const FileDescriptor orders_signal_;

    // The thread's own.
    spool::Spool spool_;
    Courier courier_;
    std::optional<channel::Channel> channel_;
    line::Splitter splitter_;
    bool was_ready_ = false;
    Clock::time_point connect_until_{};
    std::string trouble_;
    std::string logged_;
    Clock::time_point logged_at_{};
    std::array<std::uint64_t, spool::classes> taken_{};  // from the queues, since the last tell()

    mutable std::mutex mutex_;  // of all below
    std::condition_variable flushed_;
    Queue alerts_;
    Queue detail_;
    std::array<std::uint64_t, spool::classes> queued_{};  // records that are not in status_ yet
    std::uint64_t put_ = 0;                               // records
    std::uint64_t durable_ = 0;                           // of them, known to be on disk
    bool wants_flush_ = false;
    bool awake_ = false;
    bool ends_ = false;
    Status status_;
    std::vector<line::Order> orders_;    // not taken yet
    std::vector<line::Report> reports_;  // not with the courier yet

    std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Delivery>> Delivery::start(Options options) {
    auto address = address_from(options.address, options.port);
    if (!address) return Failure(address.error());
    auto context = channel::Context::make(channel::End::sensor, options.credentials);
    if (!context) return Failure(context.error());
    auto spool = spool::Spool::open(options.folder, options.limits);
    if (!spool) return Failure(spool.error());
    FileDescriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    FileDescriptor orders(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.valid() || !orders.valid()) return base::fail_errno(errno, "making an eventfd");
    return std::make_unique<Worker>(std::move(options), *address, std::move(*context),
                                    std::move(*spool), std::move(wake), std::move(orders));
}

}  // namespace shoji::delivery
