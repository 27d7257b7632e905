#include "hub/server.h"

#include "core/base/unix_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace shoji::hub {
namespace {

using base::ErrorKind;
using base::FileDescriptor;
using base::Result;
using namespace std::chrono_literals;

constexpr auto handshake_limit = 10s;
constexpr auto answer_limit = 60s;  // for taking what it is told; nothing is unsent for longer
constexpr auto admin_limit = 60s;
constexpr std::size_t most_unsent = std::size_t{1} << 20U;
constexpr std::size_t accepts_of_turn = 16;
constexpr int longest_wait = 500;  // milliseconds; silence and due work are looked for as often

}  // namespace

Moment moment_now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::steady_clock::now(),
            std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()};
}

Result<FileDescriptor> listen_tcp(const std::string& address, std::uint16_t port) {
    sockaddr_storage bytes{};
    socklen_t size = 0;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&bytes);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&bytes);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        size = sizeof *v4;
    } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        size = sizeof *v6;
    } else {
        return base::fail(ErrorKind::invalid, "'{}' is no IP address to listen at", address);
    }
    FileDescriptor socket(::socket(bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return base::fail_errno(errno, "making a socket");
    const int on = 1;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&bytes), size) != 0 ||
        ::listen(socket.get(), 256) != 0) {
        return base::fail_errno(errno, fmt::format("listening at {} port {}", address, port));
    }
    return socket;
}

Server::Server(Collector& collector, Admin& admin, channel::Context context, FileDescriptor sensors,
               FileDescriptor administrators, std::vector<uid_t> users, int end)
    : collector_(collector),
      admin_(admin),
      context_(std::move(context)),
      sensor_listener_(std::move(sensors)),
      admin_listener_(std::move(administrators)),
      users_(std::move(users)),
      end_(end) {}

void Server::accept_sensors(const Moment& now) {
    for (std::size_t i = 0; i < accepts_of_turn; ++i) {
        FileDescriptor socket(
            ::accept4(sensor_listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket.valid()) return;
        // Whoever comes first may be a crowd of strangers that never finish: the oldest goes.
        if (strangers_ >= maximum_strangers) {
            const auto oldest =
                std::ranges::find(sensors_, Collector::LinkId{0}, &SensorConnection::link);
            if (oldest != sensors_.end()) sensors_.erase(oldest);
            --strangers_;
        }
        if (sensors_.size() >= maximum_sensors) {
            spdlog::warn("a connection is turned away: {} are there", maximum_sensors);
            return;
        }
        const int on = 1;
        static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
        auto channel = channel::Channel::make(context_, std::move(socket));
        if (!channel) return spdlog::error("{}", channel.error().message);
        sensors_.push_back({std::move(*channel), {}, 0, now.steady + handshake_limit, false});
        ++strangers_;
    }
}

void Server::accept_administrators(const Moment& now) {
    auto socket = base::accept_unix(admin_listener_.get(), true);
    if (!socket) return;
    const auto peer = base::peer_credentials(socket->get());
    if (!peer || std::ranges::find(users_, peer->user) == users_.end()) {
        return spdlog::warn("admin: user id {} was turned away", peer ? peer->user : uid_t(-1));
    }
    if (administrators_.size() >= maximum_administrators) administrators_.pop_front();
    administrators_.push_back(
        {std::move(*socket), fmt::format("uid:{}", peer->user), {}, {}, now.steady + admin_limit});
}

// What it has said, as far as the collector takes it.
bool Server::listen_to(SensorConnection& connection, const Moment& now) {
    auto& channel = connection.channel;
    if (connection.link == 0) {
        const auto& peer = channel.peer();
        const auto admission = collector_.admit(peer.name, peer.fingerprint, now);
        --strangers_;
        connection.link = admission.link;
        if (admission.refused) {
            spdlog::warn("{}: its certificate is {}", peer.name, name_of(*admission.refused));
            channel.send(encode(line::Bye{*admission.refused}));
            connection.link = ~Collector::LinkId{0};
            connection.closes = true;
        }
        connection.until = now.steady + answer_limit;
    }
    if (connection.closes) {
        static_cast<void>(channel.take_received());
        return true;
    }
    if (channel.has_received()) connection.splitter.add(channel.take_received());
    while (!collector_.is_full(connection.link)) {
        auto message = connection.splitter.next();
        if (!message) {
            spdlog::warn("{}: {}", channel.peer().name, message.error().message);
            channel.send(encode(line::Bye{line::Reason::broken_rule}));
            connection.closes = true;
            return true;
        }
        if (!*message) break;
        collector_.receive(connection.link, std::move(**message), now);
    }
    // The rest waits in the splitter and in the sensor.
    channel.pause(collector_.is_full(connection.link) || channel.unsent() > most_unsent);
    return true;
}

void Server::answer(SensorConnection& connection, const Moment& now) {
    auto& channel = connection.channel;
    if (channel.unsent() == 0) connection.until = now.steady + answer_limit;
    if (connection.link == 0 || connection.closes) return;
    for (const auto& message : collector_.take_answers(connection.link)) {
        channel.send(encode(message));
    }
    if (collector_.ends(connection.link)) connection.closes = true;
}

bool Server::serve(SensorConnection& connection, const Moment& now) {
    auto& channel = connection.channel;
    if (auto advanced = channel.advance(); !advanced) {
        if (advanced.error().kind == ErrorKind::denied) {
            spdlog::warn("a connection is refused: {}", advanced.error().message);
        }
        return false;
    }
    if (!channel.ready()) return now.steady < connection.until;
    if (!listen_to(connection, now)) return false;
    answer(connection, now);
    if (auto advanced = channel.advance(); !advanced) return false;
    // What sending brought along: the socket does not tell of it again.
    has_news_ = has_news_ || channel.has_received();
    if (connection.closes && channel.unsent() == 0) {
        channel.close();
        return false;
    }
    return now.steady < connection.until;
}

bool Server::serve(AdminConnection& connection, const Moment& now) {
    std::array<char, 16384> part{};
    while (connection.answer.empty()) {
        const ssize_t got = ::recv(connection.socket.get(), part.data(), part.size(), 0);
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0) return false;
        connection.received.append(part.data(), static_cast<std::size_t>(got));
        const auto end = connection.received.find('\n');
        if (end == std::string::npos && connection.received.size() <= maximum_request) continue;
        connection.answer = admin_.answer(connection.received.substr(0, end), connection.who, now);
        connection.received.erase(0, end == std::string::npos ? end : end + 1);
        connection.until = now.steady + admin_limit;
    }
    while (!connection.answer.empty()) {
        const ssize_t sent = ::send(connection.socket.get(), connection.answer.data(),
                                    connection.answer.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) break;
        if (sent <= 0) return false;
        connection.answer.erase(0, static_cast<std::size_t>(sent));
    }
    return now.steady < connection.until;
}

std::vector<pollfd> Server::waits() const {
    std::vector<pollfd> waits{
        {end_, POLLIN, 0}, {sensor_listener_.get(), POLLIN, 0}, {admin_listener_.get(), POLLIN, 0}};
    for (const auto& one : administrators_) {
        const short events = one.answer.empty() ? POLLIN : POLLOUT;
        waits.push_back({one.socket.get(), events, 0});
    }
    for (const auto& one : sensors_) {
        waits.push_back({one.channel.socket(), one.channel.wants(), 0});
    }
    return waits;
}

void Server::serve_all(const Moment& now) {
    for (auto one = sensors_.begin(); one != sensors_.end();) {
        if (serve(*one, now)) {
            ++one;
            continue;
        }
        if (one->link == 0) --strangers_;
        collector_.leave(one->link);
        one = sensors_.erase(one);
    }
    std::erase_if(administrators_, [&](AdminConnection& one) { return !serve(one, now); });
}

Result<void> Server::run() {
    for (bool busy = false;;) {
        auto waiting = waits();
        const int limit = busy || has_news_ ? 0 : longest_wait;
        if (::poll(waiting.data(), waiting.size(), limit) < 0 && errno != EINTR) {
            return base::fail_errno(errno, "waiting for sensors");
        }
        const Moment now = moment_now();
        if (waiting[0].revents != 0) break;
        has_news_ = false;
        if (waiting[1].revents != 0) accept_sensors(now);
        if (waiting[2].revents != 0) accept_administrators(now);
        serve_all(now);
        busy = collector_.turn(now);
        collector_.tick(now);
        // What the turn has answered goes out now, and what it made room for comes in.
        if (busy) serve_all(now);
    }
    const Moment now = moment_now();
    for (auto& one : sensors_) {
        if (one.link != 0 && !one.closes) one.channel.send(encode(line::Bye{line::Reason::ending}));
        one.channel.close();
    }
    collector_.turn(now);
    collector_.save(now);
    return {};
}

}  // namespace shoji::hub
