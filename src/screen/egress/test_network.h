// A small network for tests: origins, a DNS server, a gateway, and the proxy between them, all on
// loopback, each on a thread of its own.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/random.h"
#include "core/base/unix_socket.h"
#include "screen/control/control.h"

#include <atomic>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace shoji::egress::test {

constexpr int patience_milliseconds = 20000;  // far longer than anything that works takes

inline sockaddr_in loopback(std::uint16_t port, std::uint32_t host = INADDR_LOOPBACK) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(host);
    return address;
}

inline bool bind_to(int socket, sockaddr_in address) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

inline std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

// Port 0: the system chooses.
inline base::FileDescriptor listen_on(std::uint16_t port = 0,
                                      std::uint32_t host = INADDR_LOOPBACK) {
    base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!bind_to(socket.get(), loopback(port, host)) || ::listen(socket.get(), 512) != 0) {
        socket.reset();
    }
    return socket;
}

inline bool readable(int socket, int milliseconds = patience_milliseconds) {
    pollfd wait{socket, POLLIN, 0};
    return ::poll(&wait, 1, milliseconds) > 0;
}

// One end of a TCP connection.
class Stream {
  public:
    Stream() = default;  // connected to nothing
    explicit Stream(base::FileDescriptor socket) : socket_(std::move(socket)) {}
    static Stream to(std::uint16_t port) {
        base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const auto address = loopback(port);
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0) {
            socket.reset();
        }
        return Stream(std::move(socket));
    }

    [[nodiscard]] int get() const { return socket_.get(); }
    bool send(std::string_view text) const {
        return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(text.size());
    }
    bool send(const std::vector<std::uint8_t>& bytes) const {
        return send({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    // What comes next; empty at the end.
    [[nodiscard]] std::string receive() const {
        std::string text(65536, '\0');
        if (!readable(socket_.get())) return "timed out";
        const auto count = ::recv(socket_.get(), text.data(), text.size(), 0);
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return text;
    }
    // Until `end` has come, or the connection's end.
    [[nodiscard]] std::string receive_until(std::string_view end) const {
        std::string text;
        while (text.find(end) == std::string::npos) {
            const auto more = receive();
            if (more.empty() || more == "timed out") break;
            text += more;
        }
        return text;
    }
    [[nodiscard]] std::string receive_all() const {
        std::string text;
        for (auto more = receive(); !more.empty() && more != "timed out"; more = receive()) {
            text += more;
        }
        return text;
    }
    // The other side has ended the connection, in order or not.
    [[nodiscard]] bool ended() const { return receive().empty(); }
    void finish() const { ::shutdown(socket_.get(), SHUT_WR); }
    void close() { socket_.reset(); }

  private:
    base::FileDescriptor socket_;
};

// Serves each connection on a thread.
class Origin {
  public:
    using Serve = std::function<void(Stream&)>;
    explicit Origin(Serve serve, std::uint16_t port = 0, std::uint32_t host = INADDR_LOOPBACK)
        : listener_(listen_on(port, host)),
          port_(port_of(listener_.get())),
          serve_(std::move(serve)),
          acceptor_([this](const std::stop_token& stop) { accept(stop); }) {}
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;
    ~Origin() {
        acceptor_.request_stop();
        acceptor_.join();
        for (auto& server : servers_) server.join();
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    void accept(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (!readable(listener_.get(), 20)) continue;
            base::FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket.valid()) continue;
            ++connections_;
            servers_.emplace_back(
                [this, stream = Stream(std::move(socket))]() mutable { serve_(stream); });
        }
    }

    base::FileDescriptor listener_;
    std::uint16_t port_;
    Serve serve_;
    std::atomic<int> connections_ = 0;
    std::vector<std::thread> servers_;
    std::jthread acceptor_;
};

// Answers A questions as told and every other question with nothing.
class NameServer {
  public:
    // The n-th question for a name gets the n-th list of addresses, and the last one ever after.
    using Answers = std::map<std::string, std::vector<std::vector<std::string>>>;
    explicit NameServer(Answers answers)
        : answers_(std::move(answers)),
          socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
          bound_(bind_to(socket_.get(), loopback(0))),
          server_([this](const std::stop_token& stop) { serve(stop); }) {}

    [[nodiscard]] std::uint16_t port() const { return port_of(socket_.get()); }
    int questions(const std::string& name) {
        const std::lock_guard lock(mutex_);
        return asked_[name];
    }

  private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (!readable(socket_.get(), 20)) continue;
            std::string packet(512, '\0');
            sockaddr_in peer{};
            socklen_t size = sizeof peer;
            const auto count = ::recvfrom(socket_.get(), packet.data(), packet.size(), 0,
                                          reinterpret_cast<sockaddr*>(&peer), &size);
            if (count < 17) continue;
            packet.resize(static_cast<std::size_t>(count));
            const auto reply = answer(packet);
            ::sendto(socket_.get(), reply.data(), reply.size(), 0,
                     reinterpret_cast<sockaddr*>(&peer), size);
        }
    }
    // RFC 1035, section 4.
    std::string answer(const std::string& packet) {
        std::string name;
        std::size_t position = 12;
        while (packet.at(position) != 0) {
            const auto length = static_cast<std::size_t>(packet[position]);
            name += (name.empty() ? "" : ".") + packet.substr(position + 1, length);
            position += length + 1;
        }
        const bool address_wanted = packet.at(position + 2) == 1;
        const std::lock_guard lock(mutex_);
        const auto known = answers_.find(name);
        std::vector<std::string> addresses;
        if (known != answers_.end() && address_wanted) {
            const auto turn = static_cast<std::size_t>(asked_[name]);
            addresses = known->second.at(std::min(turn, known->second.size() - 1));
        }
        if (address_wanted) ++asked_[name];
        const char code = known == answers_.end() ? '\x83' : '\x80';
        std::string reply = packet.substr(0, 2) + '\x81' + code + std::string("\0\1\0", 3) +
                            static_cast<char>(addresses.size()) + std::string(4, '\0') +
                            packet.substr(12, position + 5 - 12);
        for (const auto& text : addresses) {
            in_addr bytes{};
            ::inet_pton(AF_INET, text.c_str(), &bytes);
            reply += std::string("\xc0\x0c\0\1\0\1\0\0\0\0\0\4", 12);  // time to live: 0
            reply += std::string(reinterpret_cast<const char*>(&bytes), 4);
        }
        return reply;
    }

    Answers answers_;
    base::FileDescriptor socket_;
    bool bound_;
    std::mutex mutex_;
    std::map<std::string, int> asked_;
    std::jthread server_;
};

// The gateway's end of the reports.
class Gateway {
  public:
    explicit Gateway(const std::filesystem::path& path)
        : socket_(base::connect_unix(path, base::SocketKind::packet).value()) {}

    // The next report of that kind; the other kind is passed over.
    template <class Report>
    std::optional<Report> next() {
        while (readable(socket_.get())) {
            const auto packet = base::receive_packet(socket_.get(), control::maximum_packet);
            if (!packet || packet->bytes.empty()) return std::nullopt;
            const auto message = control::decode_from_egress(packet->bytes);
            if (!message) return std::nullopt;
            if (const auto* report = std::get_if<Report>(&*message)) return *report;
        }
        return std::nullopt;
    }
    // Refusals until `times` of them have been told, merged or not.
    std::vector<control::Refused> refusals(std::uint32_t times) {
        std::vector<control::Refused> all;
        for (std::uint32_t count = 0; count < times;) {
            const auto refused = next<control::Refused>();
            if (!refused) break;
            count += refused->times;
            all.push_back(*refused);
        }
        return all;
    }
    [[nodiscard]] int get() const { return socket_.get(); }

  private:
    base::FileDescriptor socket_;
};

// A folder that goes with its owner.
class Folder {
  public:
    Folder() {
        std::string path = "/tmp/egress-test-XXXXXX";
        path_ = ::mkdtemp(path.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace shoji::egress::test
