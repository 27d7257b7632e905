#include "watch/station/deliverer.h"

#include "core/base/privilege.h"
#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "core/confinement/confine.h"
#include "watch/delivery/delivery.h"
#include "watch/letters/letters.h"
#include "watch/response/small_file.h"
#include "watch/station/errands.h"
#include "watch/station/part.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <memory>
#include <numeric>

#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;

constexpr int tick_milliseconds = 1000;
constexpr std::chrono::milliseconds flush_limit = 2s;  // the keeper waits for longer
constexpr std::size_t most_taken = 256;                // packets between two looks at the rest

base::Result<void> confine(const Policy& policy) {
    constexpr std::uint64_t all_32_bits = 0xffffffff;
    constexpr std::uint64_t socket_type_bits = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC
    confinement::LandlockRules rules;
    rules.paths.push_back({policy.spool_folder(), true});
    rules.paths.push_back({"/proc/sys/kernel/random/boot_id"});
    rules.connect_ports.push_back(policy.delivery->port);
    auto filter = confinement::runtime_filter();
    filter.allow({"open",       "openat",    "stat",      "lstat",    "newfstatat", "access",
                  "getdents64", "mkdir",     "rename",    "renameat", "unlink",     "unlinkat",
                  "pwrite64",   "ftruncate", "fallocate", "fsync",    "fdatasync",  "flock",
                  "fchmod",     "statfs",    "connect"});
    for (const int family : {AF_INET, AF_INET6}) {
        filter.allow_when("socket", {{0, all_32_bits, static_cast<std::uint64_t>(family)},
                                     {1, socket_type_bits, std::uint64_t{SOCK_STREAM}}});
    }
    filter.allow_when("setsockopt", {{1, all_32_bits, IPPROTO_TCP}, {2, all_32_bits, TCP_NODELAY}});
    // Threads of this process, and nothing else.
    filter.allow_when("clone", {{0, CLONE_THREAD, CLONE_THREAD}});
    const auto missing =
        confinement::confine_self(filter, confinement::SyscallFilter::Otherwise::refuse, rules);
    if (!missing) return base::Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    return {};
}

class Deliverer {
  public:
    Deliverer(std::unique_ptr<delivery::Delivery> delivery, DelivererLinks links, bool answers)
        : delivery_(std::move(delivery)),
          analyst_(std::move(links.analyst)),
          keeper_(std::move(links.keeper)),
          errands_(answers, [this](line::Report report) { delivery_->report(std::move(report)); }) {
        errands_.connect(std::move(links.answerer));
    }

    base::Result<void> run() {
        while (true) {
            const char alive = 0;
            static_cast<void>(::send(keeper_.get(), &alive, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
            std::array<pollfd, 4> waited{pollfd{keeper_.get(), POLLIN, 0},
                                         pollfd{analyst_.get(), POLLIN, 0},
                                         pollfd{delivery_->orders_signal(), POLLIN, 0},
                                         pollfd{errands_.socket(), POLLIN, 0}};
            const int ready = ::poll(waited.data(), waited.size(), tick_milliseconds);
            if (ready < 0 && errno != EINTR) return base::fail_errno(errno, "waiting");
            const bool ends = waited[0].revents != 0 && !take_link();
            while (take_some()) continue;
            for (auto& order : delivery_->take_orders()) errands_.put(std::move(order));
            errands_.turn();
            report();
            if (ends) return {};
        }
    }

  private:
    // From the keeper: a new end of the link. False: the keeper is gone.
    bool take_link() {
        auto packet = base::receive_packet(keeper_.get(), 1);
        if (!packet || packet->bytes.empty()) return false;
        const auto whose = static_cast<LinkTo>(packet->bytes.front());
        if (packet->descriptors.size() == 1 && whose == LinkTo::answerer) {
            errands_.connect(std::move(packet->descriptors.front()));
        } else if (packet->descriptors.size() == 1) {
            while (take_some()) continue;
            analyst_ = std::move(packet->descriptors.front());
            // Another analyst counts anew.
            newest_ = alerts_ = 0;
            held_.clear();
        }
        return true;
    }

    // True: there may be more.
    bool take_some() {
        std::size_t taken = 0;
        while (taken < most_taken && put_held() && analyst_.valid() && take_one()) ++taken;
        // Only what is on disk is said to be kept; until then the analyst keeps it.
        if (newest_ > alerts_ && delivery_->flush(flush_limit)) {
            alerts_ = newest_;
            report();
        }
        return taken == most_taken;
    }

    // False: there is still no room for an alert that was taken.
    bool put_held() {
        if (held_.empty()) return true;
        const auto letter = letters::decode_consignment(held_);
        if (!letter || !delivery_->put(letter->kind, letter->record)) return false;
        newest_ = letter->number;
        held_.clear();
        return true;
    }

    bool take_one() {
        const auto count = ::recv(analyst_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT);
        if (count < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) analyst_.reset();
            return errno == EINTR;
        }
        if (count == 0) {
            analyst_.reset();
            return false;
        }
        const auto letter = letters::decode_consignment(
            letters::View(packet_).first(static_cast<std::size_t>(count)));
        if (!letter) {
            // An analyst that breaks the form is not to be trusted with what follows.
            spdlog::error("{}", letter.error().message);
            analyst_.reset();
            return false;
        }
        if (letter->kind == spool::Class::alert) {
            held_.assign(packet_.begin(), packet_.begin() + count);
            return put_held();
        }
        // What finds no room is counted there.
        static_cast<void>(delivery_->put(letter->kind, letter->record));
        return true;
    }

    void report() {
        const auto status = delivery_->status();
        letters::Receipt receipt;
        receipt.alerts = alerts_;
        receipt.connected = status.connected;
        receipt.waiting = status.waiting;
        receipt.spool_bytes = status.spool_bytes;
        const auto sum = [](const auto& counts) {
            return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
        };
        receipt.lost = sum(status.losses.dropped) + sum(status.losses.damaged) +
                       status.losses.alerts_refused + status.losses.detail_refused +
                       status.overrun + status.alerts_overrun;
        receipt.room_missed = status.room_missed;
        receipt.trouble = status.trouble;
        const auto bytes = encode(receipt);
        if (!analyst_.valid()) return;
        static_cast<void>(
            ::send(analyst_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    std::unique_ptr<delivery::Delivery> delivery_;
    base::FileDescriptor analyst_;
    base::FileDescriptor keeper_;
    Errands errands_;
    // One more byte than a letter may have: what is longer is refused, not cut.
    std::vector<std::uint8_t> packet_ = std::vector<std::uint8_t>(letters::most_consignment + 1);
    letters::Bytes held_;       // an alert that finds no room yet
    std::uint64_t newest_ = 0;  // alert that was put
    std::uint64_t alerts_ = 0;  // up to which all are on disk
};

}  // namespace

base::Result<channel::Credentials> read_identity(const DeliveryPolicy& policy) {
    constexpr std::size_t most = 1 << 18;
    const auto bundle = response::read_small_file(policy.identity, most);
    if (!bundle) return base::Failure(bundle.error());
    return channel::credentials_from_bundle(*bundle);
}

base::Result<void> run_deliverer(const Policy& policy, channel::Credentials credentials,
                                 DelivererLinks links) {
    if (auto limited = confinement::limit_capabilities(confinement::to_become_another); !limited) {
        return limited;
    }
    if (auto dropped = base::drop_privileges(policy.delivery->user); !dropped) return dropped;
    // What reads its settings from the system does so while it may: the log's clock, OpenSSL.
    ::tzset();
    if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
        return base::fail(base::ErrorKind::system, "OpenSSL does not accept the system's settings");
    }
    if (auto confined = confine(policy); !confined) return confined;
    delivery::Options options;
    options.folder = policy.spool_folder();
    options.limits.bytes = std::uint64_t{policy.delivery->spool_megabytes} << 20U;
    options.limits.reserve = std::min(options.limits.reserve, options.limits.bytes / 4);
    options.limits.segment = std::min(options.limits.segment, options.limits.bytes / 8);
    options.address = policy.delivery->address;
    options.port = policy.delivery->port;
    options.pulse = std::chrono::seconds(policy.delivery->pulse_seconds);
    options.credentials = std::move(credentials);
    auto started = delivery::Delivery::start(std::move(options));
    if (!started) return base::Failure(started.error());
    return Deliverer(std::move(*started), std::move(links), policy.response.has_value()).run();
}

}  // namespace shoji::station
