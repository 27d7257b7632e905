// One packet of every kind that a host may send, isolated and not: a neighbour listens to the wire
// itself, and knows each packet by a word in it. The host, the neighbour, and two more that have no
// way but through the host's device, by macvlan and by a bridge, are network namespaces of one
// process.
#include "watch/response/isolation.h"
#include "watch/response/traffic_test.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;
using base::FileDescriptor;
using Bytes = std::vector<std::uint8_t>;

// A thread in a network namespace of its own, which does what it is told there.
class Elsewhere {
  public:
    Elsewhere() : thread_([this] { work(); }) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return number_ != 0; });
    }
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;
    ~Elsewhere() {
        {
            const std::scoped_lock lock(mutex_);
            ends_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    bool run(const std::function<bool()>& body) {
        std::unique_lock lock(mutex_);
        body_ = &body;
        changed_.notify_all();
        changed_.wait(lock, [this] { return body_ == nullptr; });
        return result_;
    }
    // As `ip link set … netns` takes it.
    [[nodiscard]] std::string number() const { return std::to_string(number_); }

  private:
    void work() {
        const bool apart = ::unshare(CLONE_NEWNET) == 0;
        std::unique_lock lock(mutex_);
        number_ = apart ? ::gettid() : -1;
        while (!ends_) {
            changed_.notify_all();
            changed_.wait(lock, [this] { return ends_ || body_ != nullptr; });
            if (body_ == nullptr) continue;
            result_ = (*body_)();
            body_ = nullptr;
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    const std::function<bool()>* body_ = nullptr;
    bool result_ = false;
    bool ends_ = false;
    pid_t number_ = 0;
    std::thread thread_;
};

const sockaddr* raw(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address.bytes);
}

// From a socket of this kind; false where it is refused.
bool send_by(int type, int protocol, const std::string& to, std::uint16_t port, const Bytes& bytes,
             const std::string& from = "", std::uint16_t from_port = 0) {
    const Address address = address_of(to, port);
    const int family = address.bytes.ss_family;
    const FileDescriptor socket(::socket(family, type | SOCK_CLOEXEC, protocol));
    if (!socket.valid()) return false;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (to.starts_with("ff") || to.starts_with("224.") || to.starts_with("255.")) {
        constexpr std::string_view device = "host0";
        ::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, device.data(), device.size());
    }
    if (!from.empty() || from_port != 0) {
        const Address own = address_of(!from.empty()        ? from
                                       : family == AF_INET6 ? "::"
                                                            : "0.0.0.0",
                                       from_port);
        if (::bind(socket.get(), raw(own), own.size) != 0) return false;
    }
    return ::sendto(socket.get(), bytes.data(), bytes.size(), 0, raw(address), address.size) ==
           static_cast<ssize_t>(bytes.size());
}

Bytes bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}
// The text behind a header.
Bytes behind(Bytes header, const std::string& text) {
    header.insert(header.end(), text.begin(), text.end());
    return header;
}

// A whole packet of IP, version 4, with UDP in it; the kernel fills the sums in.
Bytes ip_packet(const std::string& from, const std::string& to, const std::string& text) {
    iphdr head{};
    head.version = 4;
    head.ihl = 5;
    head.ttl = 64;
    head.protocol = IPPROTO_UDP;
    head.tot_len = htons(static_cast<std::uint16_t>(sizeof head + sizeof(udphdr) + text.size()));
    head.saddr = reinterpret_cast<const sockaddr_in*>(raw(address_of(from, 0)))->sin_addr.s_addr;
    const auto target = address_of(to, 0);
    head.daddr = reinterpret_cast<const sockaddr_in*>(raw(target))->sin_addr.s_addr;
    udphdr udp{};
    udp.source = htons(service);
    udp.dest = htons(service);
    udp.len = htons(static_cast<std::uint16_t>(sizeof udp + text.size()));
    Bytes bytes(sizeof head + sizeof udp);
    std::memcpy(bytes.data(), &head, sizeof head);
    std::memcpy(bytes.data() + sizeof head, &udp, sizeof udp);
    return behind(std::move(bytes), text);
}

// A whole frame of host0 by a packet socket, to everybody on the link.
bool send_whole_frame(std::uint16_t type, const Bytes& body) {
    const FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex("host0"));
    to.sll_halen = ETH_ALEN;
    std::memset(to.sll_addr, 0xff, ETH_ALEN);
    Bytes frame(ETH_HLEN + body.size(), 0xff);
    std::fill(frame.begin() + ETH_ALEN, frame.begin() + 2 * ETH_ALEN, 0x02);
    frame[2 * ETH_ALEN] = static_cast<std::uint8_t>(type >> 8U);
    frame[2 * ETH_ALEN + 1] = static_cast<std::uint8_t>(type);
    std::copy(body.begin(), body.end(), frame.begin() + ETH_HLEN);
    return socket.valid() && ::sendto(socket.get(), frame.data(), frame.size(), 0,
                                      reinterpret_cast<const sockaddr*>(&to), sizeof to) > 0;
}

constexpr const char* listed = "10.77.0.3";
constexpr const char* listed_six = "fd77::3";
constexpr const char* resolver = "10.77.0.4";
constexpr const char* stranger = "10.77.0.5";
constexpr const char* stranger_six = "fd77::5";

struct Probe {
    std::string name;
    bool stays_open = false;                       // while the host is isolated
    std::function<void(const std::string&)> send;  // a packet with this word in it
};

class Families : Checks {
  public:
    explicit Families(fs::path state) : state_(std::move(state)) {}

    // The number of what is not as it is to be, each told.
    int play() {
        if (!set_up()) return 100;
        add_probes();
        check("before", true);
        Isolation isolation({state_, {}});
        const auto outcome = isolation.isolate(request());
        if (!outcome) {
            fmt::print(stderr, "{}\n", outcome.error().message);
            return 50;
        }
        check("isolated", false);
        expect(isolation.release(false).has_value(), "it is released");
        check("released", true);
        return wrong_;
    }

  private:
    static IsolationRequest request() {
        IsolationRequest request;
        for (const auto* one : {listed, listed_six})
            request.policy.listed.push_back(parse_network(one).value());
        request.policy.resolvers.push_back(parse_network(resolver).value());
        // The guard of sockets, whose test is another, holds for no group that there is.
        request.cgroup = ~std::uint64_t{0};
        request.every_namespace = false;
        return request;
    }

    bool set_up() {
        const auto host = [](const std::string& words) { return ip(words); };
        bool good = host("link set lo up") && host("link add host0 type veth peer name outer") &&
                    host("link set outer netns " + outside_.number()) &&
                    host("addr add 10.77.0.1/24 dev host0") &&
                    host("addr add fd77::1/64 dev host0 nodad") && host("link set host0 up") &&
                    host("link add mv0 link host0 type macvlan mode bridge") &&
                    host("link set mv0 netns " + by_macvlan_.number()) &&
                    host("link add host2 type veth peer name outer2") &&
                    host("link set outer2 netns " + outside_.number()) &&
                    host("link add host3 type veth peer name inner") &&
                    host("link set inner netns " + by_bridge_.number()) &&
                    host("link add br0 type bridge") && host("link set host2 master br0 up") &&
                    host("link set host3 master br0 up") && host("link set br0 up");
        good = good && outside_.run([&] {
            bool up = ip("link set lo up") && ip("link set outer up") && ip("link set outer2 up") &&
                      ip("addr add 10.79.0.2/24 dev outer2");
            for (const auto* one : {listed, resolver, stranger})
                up = up && ip(std::string("addr add ") + one + "/24 dev outer");
            for (const auto* one : {listed_six, stranger_six})
                up = up && ip(std::string("addr add ") + one + "/64 dev outer nodad");
            wire_ = FileDescriptor(
                ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL)));
            return up && wire_.valid();
        });
        good = good && by_macvlan_.run([] {
            return ip("link set mv0 up") && ip("addr add 10.77.0.9/24 dev mv0");
        });
        good = good && by_bridge_.run([] {
            return ip("link set inner up") && ip("addr add 10.79.0.9/24 dev inner");
        });
        for (const bool six : {false, true}) {
            services_.push_back(bound(six ? "fd77::1" : "10.77.0.1", service, SOCK_DGRAM));
            good = good && services_.back().valid();
        }
        return good;
    }

    void add(std::string name, bool stays_open, std::function<void(const std::string&)> send) {
        probes_.push_back({std::move(name), stays_open, std::move(send)});
    }
    void add_probes() {
        for (const bool six : {false, true}) {
            const std::string far = six ? stranger_six : stranger;
            const std::string near = six ? listed_six : listed;
            const std::string kind = six ? "IPv6 " : "IPv4 ";
            add(kind + "UDP", false, [=](const std::string& word) {
                send_by(SOCK_DGRAM, 0, far, service, bytes_of(word));
            });
            add(kind + "UDP to a listed address", true, [=](const std::string& word) {
                send_by(SOCK_DGRAM, 0, near, service, bytes_of(word));
            });
            add(kind + "UDP-Lite", false, [=](const std::string& word) {
                send_by(SOCK_DGRAM, IPPROTO_UDPLITE, far, service, bytes_of(word));
            });
            add(kind + "UDP in fragments", false, [=](const std::string& word) {
                std::string text;
                while (text.size() < 6000) text += word;
                send_by(SOCK_DGRAM, 0, far, service, bytes_of(text));
            });
            add(kind + "DNS to another resolver", false,
                [=](const std::string& word) { send_by(SOCK_DGRAM, 0, far, dns, bytes_of(word)); });
            add(kind + "multicast", false, [=](const std::string& word) {
                send_by(SOCK_DGRAM, 0, six ? "ff02::fb" : "224.0.0.251", 5353, bytes_of(word));
            });
            // The header of an echo request; nobody has to answer.
            add(kind + "echo with something in it", false, [=](const std::string& word) {
                const std::uint8_t type = six ? ICMP6_ECHO_REQUEST : 8;
                send_by(SOCK_RAW, six ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP}, far, 0,
                        behind({type, 0, 0, 0, 0, 0, 0, 0}, word));
            });
            // By raw sockets whatever has a number: TCP, IP in IP, 6in4, GRE, ESP, SCTP, none.
            for (const int protocol : {6, 4, 41, 47, 50, 132, 253}) {
                add(fmt::format("{}protocol {}", kind, protocol), false,
                    [=](const std::string& word) {
                        send_by(SOCK_RAW, protocol, far, 0, behind(Bytes(20, 0x50), word));
                    });
            }
            add(kind + "GRE to a listed address", true, [=](const std::string& word) {
                send_by(SOCK_RAW, 47, near, 0, behind({0, 0, 8, 0}, word));
            });
            const auto from = six ? std::uint16_t{546} : std::uint16_t{68};
            const auto to = six ? std::uint16_t{547} : std::uint16_t{67};
            add(kind + "DHCP asked of the link", true, [=](const std::string& word) {
                send_by(SOCK_DGRAM, 0, six ? "ff02::1:2" : "255.255.255.255", to, bytes_of(word),
                        "", from);
            });
            add(kind + "DHCP's ports to a stranger", false, [=](const std::string& word) {
                send_by(SOCK_DGRAM, 0, far, to, bytes_of(word), "", from);
            });
        }
        add_probes_of_one_version();
    }
    void add_probes_of_one_version() {
        add("DNS to the listed resolver", true,
            [](const std::string& word) { send_by(SOCK_DGRAM, 0, resolver, dns, bytes_of(word)); });
        add("another port of the listed resolver", false, [](const std::string& word) {
            send_by(SOCK_DGRAM, 0, resolver, service, bytes_of(word));
        });
        add("broadcast", false, [](const std::string& word) {
            send_by(SOCK_DGRAM, 0, "255.255.255.255", service, bytes_of(word));
        });
        add("a whole packet with a listed address as its source", false,
            [](const std::string& word) {
                send_by(SOCK_RAW, IPPROTO_RAW, stranger, 0, ip_packet(listed, stranger, word));
            });
        add("a frame with IP in it by a packet socket", false, [](const std::string& word) {
            send_whole_frame(ETH_P_IP, ip_packet("10.77.0.1", stranger, word));
        });
        add("a frame of a type of its own", false,
            [](const std::string& word) { send_whole_frame(frame_type, bytes_of(word)); });
        add("a frame with a VLAN's tag", false, [](const std::string& word) {
            send_whole_frame(ETH_P_8021Q, behind({0, 7, 0x88, 0xb5}, word));
        });
        // Without it nobody is reached; it ends at the next router.
        add("address resolution", true, [](const std::string& word) {
            send_whole_frame(ETH_P_ARP, behind({0, 1, 8, 0, 6, 4, 0, 1}, word));
        });
        add("another namespace by macvlan", false, [this](const std::string& word) {
            by_macvlan_.run(
                [&] { return send_by(SOCK_DGRAM, 0, stranger, service, bytes_of(word)); });
        });
        add("another namespace by a bridge", false, [this](const std::string& word) {
            by_bridge_.run(
                [&] { return send_by(SOCK_DGRAM, 0, "10.79.0.2", service, bytes_of(word)); });
        });
        add_tunnel("vxlan", "id 7 remote 10.77.0.5 dstport 4789 dev host0");
        add_tunnel("ipip", "remote 10.77.0.5 local 10.77.0.1");
        add_tunnel("gre", "remote 10.77.0.5 local 10.77.0.1");
    }
    void add_tunnel(const std::string& type, const std::string& how) {
        const auto number = std::to_string(++tunnels_);
        if (!ip("link add tunnel" + number + " type " + type + " " + how)) {
            fmt::print(stderr, "skipped: this kernel has no {} devices\n", type);
            return;
        }
        const auto net = "10.9" + number + ".0.";
        const bool ready = ip("addr add " + net + "1/24 dev tunnel" + number) &&
                           ip("link set tunnel" + number + " up");
        expect(ready, type + ": the tunnel stands");
        if (type == "vxlan") {
            ip("neigh add " + net + "2 lladdr 02:00:00:00:00:02 dev tunnel" + number);
        }
        add("a tunnel: " + type, false, [=](const std::string& word) {
            send_by(SOCK_DGRAM, 0, net + "2", service, bytes_of(word));
        });
    }

    // The word is on the wire.
    bool seen(const std::string& word, bool expected) {
        Bytes frame(65536);
        while (readable(wire_.get(), expected)) {
            const auto count = ::recv(wire_.get(), frame.data(), frame.size(), 0);
            if (count <= 0) continue;
            const auto end = frame.begin() + count;
            if (std::search(frame.begin(), end, word.begin(), word.end()) != end) return true;
        }
        return false;
    }
    void check(const std::string& when, bool all) {
        for (const auto& probe : probes_) {
            const bool open = all || probe.stays_open;
            const auto word = fmt::format("shoji-probe-{:06}", ++words_);
            probe.send(word);
            expect(seen(word, open) == open, when + ": " + probe.name);
        }
        for (const bool six : {false, true}) {
            check_incoming(when, six, six ? stranger_six : stranger, all);
            check_incoming(when, six, six ? listed_six : listed, true);
        }
    }
    void check_incoming(const std::string& when, bool six, const std::string& from, bool open) {
        outside_.run([&] {
            return send_by(SOCK_DGRAM, 0, six ? "fd77::1" : "10.77.0.1", service, bytes_of("x"),
                           from, service);
        });
        const int socket = services_[six ? 1 : 0].get();
        char byte = 0;
        const bool came = readable(socket, open) && ::recv(socket, &byte, 1, MSG_DONTWAIT) == 1;
        expect(came == open, when + ": UDP from " + from);
    }

    fs::path state_;
    unsigned words_ = 0;
    unsigned tunnels_ = 0;
    Elsewhere outside_;
    Elsewhere by_macvlan_;
    Elsewhere by_bridge_;
    FileDescriptor wire_;  // all frames that come to the neighbour
    std::vector<FileDescriptor> services_;
    std::vector<Probe> probes_;
};

TEST(IsolationFamiliesTest, NoPacketOfAnyKindLeavesButWhatIsListed) {
    expect_none_wrong_alone([](const std::string& folder) { return Families(folder).play(); });
}

}  // namespace
}  // namespace shoji::response
