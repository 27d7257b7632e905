#include "screen/egress/resolver.h"

#include <cstring>
#include <memory>
#include <unordered_map>

#include <ares.h>
#include <arpa/inet.h>
#include <boost/asio/this_coro.hpp>
#include <netinet/in.h>

namespace shoji::egress {
namespace {

constexpr int try_milliseconds = 1500;
constexpr int tries = 2;

std::optional<Address> address_of(const sockaddr* socket_address) {
    if (socket_address->sa_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, socket_address, sizeof four);
        Address::Version4 bytes{};
        std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
        return Address(bytes);
    }
    if (socket_address->sa_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, socket_address, sizeof six);
        Address::Version6 bytes{};
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return Address(bytes);
    }
    return std::nullopt;
}

// One look-up. A channel of its own gives it a socket, and so a source port, that no earlier answer
// has shown to anybody.
class Query : public std::enable_shared_from_this<Query> {
  public:
    explicit Query(const asio::any_io_executor& executor)
        : executor_(executor), retry_(executor), finish_(executor) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() {
        if (channel_ != nullptr) ares_destroy(channel_);
    }

    bool open(const std::string& servers);
    Awaitable<std::vector<Address>> run(const std::string& name, std::chrono::milliseconds limit);

  private:
    struct Interest {
        asio::posix::descriptor_base::wait_type what;
        bool wanted = false;
        bool waiting = false;
    };
    struct Watch {
        explicit Watch(const asio::any_io_executor& executor, int socket)
            : descriptor(executor, socket) {}
        asio::posix::stream_descriptor descriptor;
        Interest read{asio::posix::descriptor_base::wait_read};
        Interest write{asio::posix::descriptor_base::wait_write};
    };

    static void on_socket(void* self, int socket, int readable, int writable);
    static void on_answer(void* self, int status, int timeouts, ares_addrinfo* answer);
    void watch(int socket, bool readable, bool writable);
    void wait(int socket, Interest Watch::*member);
    void wait_for_retry();

    asio::any_io_executor executor_;
    ares_channel channel_ = nullptr;
    std::unordered_map<int, std::unique_ptr<Watch>> watches_;
    asio::steady_timer retry_;
    asio::steady_timer finish_;  // cancelled by the answer, expires at the limit
    bool answered_ = false;
    std::vector<Address> addresses_;
};

bool Query::open(const std::string& servers) {
    ares_options options{};
    char lookups[] = "fb";  // files, then DNS
    options.flags = ARES_FLAG_NOSEARCH;
    options.timeout = try_milliseconds;
    options.tries = tries;
    options.ndots = 1;
    options.lookups = lookups;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = this;
    // With all of these given, c-ares has no reason to read the system's configuration.
    const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                      ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SERVERS |
                      ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE;
    return ares_init_options(&channel_, &options, given) == ARES_SUCCESS &&
           ares_set_servers_ports_csv(channel_, servers.c_str()) == ARES_SUCCESS;
}

void Query::on_socket(void* self, int socket, int readable, int writable) {
    static_cast<Query*>(self)->watch(socket, readable != 0, writable != 0);
}

void Query::on_answer(void* self, int status, int /*timeouts*/, ares_addrinfo* answer) {
    auto* query = static_cast<Query*>(self);
    if (status == ARES_SUCCESS) {
        for (const auto* node = answer->nodes; node != nullptr; node = node->ai_next) {
            if (const auto address = address_of(node->ai_addr)) {
                query->addresses_.push_back(*address);
            }
        }
        ares_freeaddrinfo(answer);
    }
    query->answered_ = true;
    query->finish_.cancel();
}

void Query::watch(int socket, bool readable, bool writable) {
    const auto known = watches_.find(socket);
    if (!readable && !writable) {
        // c-ares is about to close it itself.
        if (known != watches_.end()) {
            known->second->descriptor.release();
            watches_.erase(known);
        }
        return;
    }
    if (known == watches_.end()) {
        watches_.emplace(socket, std::make_unique<Watch>(executor_, socket));
    }
    watches_[socket]->read.wanted = readable;
    watches_[socket]->write.wanted = writable;
    wait(socket, &Watch::read);
    wait(socket, &Watch::write);
}

void Query::wait(int socket, Interest Watch::*member) {
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    Interest& interest = (*found->second).*member;
    if (!interest.wanted || interest.waiting) return;
    interest.waiting = true;
    found->second->descriptor.async_wait(
        interest.what, [self = weak_from_this(), socket, member](const ErrorCode& error) {
            const auto query = self.lock();
            if (error || !query || query->answered_) return;
            const auto watch = query->watches_.find(socket);
            if (watch == query->watches_.end()) return;
            ((*watch->second).*member).waiting = false;
            const bool reads = member == &Watch::read;
            ares_process_fd(query->channel_, reads ? socket : ARES_SOCKET_BAD,
                            reads ? ARES_SOCKET_BAD : socket);
            query->wait(socket, member);
            query->wait_for_retry();
        });
}

void Query::wait_for_retry() {
    timeval left{};
    if (answered_ || ares_timeout(channel_, nullptr, &left) == nullptr) return;
    retry_.expires_after(std::chrono::seconds(left.tv_sec) +
                         std::chrono::microseconds(left.tv_usec));
    retry_.async_wait([self = weak_from_this()](const ErrorCode& error) {
        const auto query = self.lock();
        if (error || !query) return;
        ares_process_fd(query->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        query->wait_for_retry();
    });
}

Awaitable<std::vector<Address>> Query::run(const std::string& name,
                                           std::chrono::milliseconds limit) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    finish_.expires_after(limit);
    ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, on_answer, this);
    wait_for_retry();
    while (!answered_) {
        co_await finish_.async_wait(as_result);
        if (!answered_) ares_cancel(channel_);
    }
    retry_.cancel();
    co_return std::move(addresses_);
}

}  // namespace

base::Result<Resolver> Resolver::make(const std::vector<std::string>& servers, std::uint16_t port,
                                      const Limits& limits) {
    std::string list;
    const auto add = [&](const std::string& server) {
        const bool version6 = server.find(':') != std::string::npos;
        if (!list.empty()) list += ',';
        list += (version6 ? "[" + server + "]" : server) + ":" + std::to_string(port);
    };
    if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) {
        return base::fail(base::ErrorKind::system, "starting the resolver: {}",
                          ares_strerror(status));
    }
    for (const auto& server : servers) add(server);
    if (servers.empty()) {
        ares_channel channel = nullptr;
        ares_addr_port_node* nodes = nullptr;
        if (ares_init(&channel) != ARES_SUCCESS) {
            return base::fail(base::ErrorKind::system, "reading /etc/resolv.conf");
        }
        ares_get_servers_ports(channel, &nodes);
        for (const auto* node = nodes; node != nullptr; node = node->next) {
            std::array<char, INET6_ADDRSTRLEN> text{};
            inet_ntop(node->family, &node->addr, text.data(), text.size());
            add(text.data());
        }
        ares_free_data(nodes);
        ares_destroy(channel);
    }
    return Resolver(list, limits);
}

Awaitable<std::vector<Address>> Resolver::resolve(std::string name) {
    const auto now = std::chrono::steady_clock::now();
    if (const auto pin = pins_.find(name); pin != pins_.end() && now < pin->second.until) {
        co_return pin->second.addresses;
    }
    if (name == "localhost" || name.ends_with(".localhost")) {  // RFC 6761, 6.3
        co_return std::vector<Address>{Address(Address::Version4{127, 0, 0, 1}),
                                       Address::from_text("::1").value()};
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto query = std::make_shared<Query>(executor);
    if (!query->open(servers_)) co_return std::vector<Address>{};
    auto addresses = co_await query->run(name, limits_.name);
    // Of two look-ups at once the first answer holds.
    const auto pin = pins_.find(name);
    if (pin != pins_.end() && std::chrono::steady_clock::now() < pin->second.until) {
        co_return pin->second.addresses;
    }
    if (!addresses.empty()) {
        pins_[name] = {addresses, std::chrono::steady_clock::now() + limits_.pin};
    }
    co_return addresses;
}

}  // namespace shoji::egress
