#include "watch/response/traffic_test.h"

#include "watch/response/packet_rules.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {

using base::FileDescriptor;

namespace {

const sockaddr* raw(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address.bytes);
}

}  // namespace

bool run(const std::vector<std::string>& command) {
    std::vector<char*> words;
    for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t child = -1;
    if (::posix_spawn(&child, words[0], nullptr, nullptr, words.data(), nullptr) != 0) return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && status == 0;
}
bool ip(const std::string& words) {
    std::vector<std::string> command{"/usr/sbin/ip"};
    for (std::size_t at = 0; at < words.size();) {
        const auto end = std::min(words.find(' ', at), words.size());
        command.push_back(words.substr(at, end - at));
        at = end + 1;
    }
    return run(command);
}

Address address_of(const std::string& text, std::uint16_t port) {
    Address address;
    if (text.find(':') != std::string::npos) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        ::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr);
        std::memcpy(&address.bytes, &six, sizeof six);
        address.size = sizeof six;
    } else {
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        ::inet_pton(AF_INET, text.c_str(), &four.sin_addr);
        std::memcpy(&address.bytes, &four, sizeof four);
        address.size = sizeof four;
    }
    return address;
}
FileDescriptor bound(const std::string& text, std::uint16_t port, int type) {
    const Address address = address_of(text, port);
    FileDescriptor socket(
        ::socket(address.bytes.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address.bytes.ss_family == AF_INET6) {
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    }
    if (::bind(socket.get(), raw(address), address.size) != 0) return FileDescriptor();
    if (type == SOCK_STREAM && ::listen(socket.get(), 64) != 0) return FileDescriptor();
    return socket;
}
bool readable(int socket, bool expected) {
    pollfd waiting{socket, POLLIN, 0};
    return ::poll(&waiting, 1, expected ? answers_within : silent_for) == 1;
}

// A connection that gets one byte from the other end.
FileDescriptor connected(const std::string& to, std::uint16_t port, bool expected,
                         const std::string& from) {
    const Address address = address_of(to, port);
    FileDescriptor socket(
        ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!from.empty()) {
        const Address own = address_of(from, 0);
        if (::bind(socket.get(), raw(own), own.size) != 0) return FileDescriptor();
    }
    if (::connect(socket.get(), raw(address), address.size) != 0 && errno != EINPROGRESS)
        return FileDescriptor();
    char byte = 0;
    if (!readable(socket.get(), expected) || ::recv(socket.get(), &byte, 1, 0) != 1)
        return FileDescriptor();
    return socket;
}
bool by_datagram(const std::string& to, std::uint16_t port, bool expected) {
    const Address address = address_of(to, port);
    const FileDescriptor socket(::socket(address.bytes.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (::sendto(socket.get(), "x", 1, 0, raw(address), address.size) != 1) return false;
    char byte = 0;
    return readable(socket.get(), expected) && ::recv(socket.get(), &byte, 1, MSG_DONTWAIT) == 1;
}
bool by_echo(const std::string& to, bool expected) {
    const Address address = address_of(to, 0);
    const bool six = address.bytes.ss_family == AF_INET6;
    const FileDescriptor socket(::socket(address.bytes.ss_family, SOCK_RAW | SOCK_CLOEXEC,
                                         six ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP}));
    std::array<std::uint8_t, 8> request{};
    request[0] = six ? std::uint8_t{ICMP6_ECHO_REQUEST} : std::uint8_t{ICMP_ECHO};
    if (!six) {
        request[2] = 0xf7;  // the checksum of the rest
        request[3] = 0xff;
    }
    if (::sendto(socket.get(), request.data(), request.size(), 0, raw(address), address.size) != 8)
        return false;
    // Others' messages come by as well, neighbour discovery for one.
    while (readable(socket.get(), expected)) {
        std::array<std::uint8_t, 256> got{};
        const ssize_t count = ::recv(socket.get(), got.data(), got.size(), 0);
        if (six && count >= 1 && got[0] == ICMP6_ECHO_REPLY) return true;
        if (!six && count >= 21 && got[20] == ICMP_ECHOREPLY) return true;
    }
    return false;
}
// A protocol of no name: raw sockets carry whatever they like.
bool by_raw_protocol(const std::string& to) {
    const Address address = address_of(to, 0);
    constexpr int protocol = 253;
    const FileDescriptor socket(
        ::socket(address.bytes.ss_family, SOCK_RAW | SOCK_CLOEXEC, protocol));
    return ::sendto(socket.get(), "x", 1, 0, raw(address), address.size) == 1;
}

FileDescriptor packet_socket(const std::string& device, bool bypass) {
    FileDescriptor socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(frame_type)));
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(frame_type);
    where.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        return FileDescriptor();
    const int yes = bypass ? 1 : 0;
    ::setsockopt(socket.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
    return socket;
}
void send_frame(int socket, const std::string& device) {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(frame_type);
    to.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    to.sll_halen = ETH_ALEN;
    std::memset(to.sll_addr, 0xff, ETH_ALEN);
    (void)::sendto(socket, "frame", 5, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

Container::Container() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    const FileDescriptor reading(ends[0]);
    const FileDescriptor writing(ends[1]);
    process_ = ::fork();
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::unshare(CLONE_NEWNET) != 0 || ::write(writing.get(), "r", 1) != 1) ::_exit(1);
        while (true) ::pause();
    }
    char ready = 0;
    if (::read(reading.get(), &ready, 1) != 1) return;
    space_.reset(::open(fmt::format("/proc/{}/ns/net", process_).c_str(), O_RDONLY | O_CLOEXEC));
}
Container::~Container() {
    if (process_ <= 1) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}
bool Container::run(const std::function<bool()>& body) const {
    bool done = false;
    std::thread([&] { done = ::setns(space_.get(), CLONE_NEWNET) == 0 && body(); }).join();
    return done;
}
std::string Container::listed() const {
    std::string text;
    (void)run([&] {
        text = list_packet_rules().value();
        return true;
    });
    return text;
}

void expect_none_wrong(const std::function<int(const std::string& folder)>& body) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::string name = "/tmp/shoji-response-test.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body(name));
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    std::filesystem::remove_all(name);
}

void expect_none_wrong_alone(const std::function<int(const std::string& folder)>& body) {
    expect_none_wrong([&](const std::string& folder) {
        if (::unshare(CLONE_NEWNET) != 0) return 101;
        return run_as_first([&] { return body(folder); });
    });
}

void Checks::expect(bool truth, const std::string& what) {
    if (truth) return;
    fmt::print(stderr, "wrong: {}\n", what);
    ++wrong_;
}

int run_as_first(const std::function<int()>& body) {
    if (::unshare(CLONE_NEWNS) != 0 || ::unshare(CLONE_NEWPID) != 0) return 102;
    const pid_t first = ::fork();
    if (first == 0) {
        ::alarm(400);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("proc", "/proc", "proc", 0, nullptr) != 0) {
            ::_exit(103);
        }
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(first, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 104;
}

}  // namespace shoji::response
