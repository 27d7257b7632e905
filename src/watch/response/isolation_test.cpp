// The rules in force, with real traffic: a host, its neighbour outside and a container behind the
// host, each a network namespace, joined by veth pairs. All of it in a process of its own with its
// own process ids, so that 'every namespace' is those of the test alone.
#include "watch/response/isolation.h"

#include "core/base/file_descriptor.h"
#include "watch/response/packet_rules.h"
#include "watch/response/small_file.h"
#include "watch/response/traffic_test.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;

using base::FileDescriptor;

// Who is outside, besides what each is in the policy.
const std::vector<std::string> outside{"10.77.0.2", "10.77.0.3", "10.77.0.4", "10.77.0.5",
                                       "fd77::2",   "fd77::3",   "fd77::4",   "fd77::5"};
std::string collector(bool six) {
    return six ? "fd77::2" : "10.77.0.2";
}
std::string listed(bool six) {
    return six ? "fd77::3" : "10.77.0.3";
}
std::string resolver(bool six) {
    return six ? "fd77::4" : "10.77.0.4";
}
std::string stranger(bool six) {
    return six ? "fd77::5" : "10.77.0.5";
}

// The neighbour: everything that comes is answered. On each word of `commands` it does what it says
// and answers.
[[noreturn]] void be_outside(int commands) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::unshare(CLONE_NEWNET) != 0 || ::write(commands, "r", 1) != 1) ::_exit(1);
    std::vector<FileDescriptor> streams;
    std::vector<FileDescriptor> datagrams;
    std::vector<FileDescriptor> open;
    FileDescriptor frames;
    while (true) {
        std::vector<pollfd> waiting{{commands, POLLIN, 0}};
        for (const auto& one : streams) waiting.push_back({one.get(), POLLIN, 0});
        for (const auto& one : datagrams) waiting.push_back({one.get(), POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), -1);
        for (const auto& one : streams) {
            FileDescriptor taken(::accept4(one.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (taken.valid() && ::send(taken.get(), "y", 1, MSG_NOSIGNAL) == 1)
                open.push_back(std::move(taken));
        }
        for (const auto& one : datagrams) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            char byte = 0;
            if (::recvfrom(one.get(), &byte, 1, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from),
                           &size) == 1) {
                ::sendto(one.get(), &byte, 1, 0, reinterpret_cast<const sockaddr*>(&from), size);
            }
        }
        if ((waiting[0].revents & (POLLIN | POLLHUP)) == 0) continue;
        std::array<char, 64> word{};
        if (::recv(commands, word.data(), word.size() - 1, 0) <= 0) ::_exit(0);
        bool answer = true;
        const std::string_view wish(word.data());
        if (wish == "set up") {
            answer = ip("link set lo up") && ip("link set outer up");
            for (const auto& one : outside) {
                const bool six = one.find(':') != std::string::npos;
                answer = answer &&
                         ip("addr add " + one + (six ? "/64 dev outer nodad" : "/24 dev outer"));
                for (const std::uint16_t port : {service, dns}) {
                    streams.push_back(bound(one, port, SOCK_STREAM));
                    datagrams.push_back(bound(one, port, SOCK_DGRAM));
                    answer = answer && streams.back().valid() && datagrams.back().valid();
                }
            }
            answer = answer && ip("route add 10.78.0.0/24 via 10.77.0.1");
            frames = packet_socket("outer", false);
        } else if (wish == "frames") {
            std::array<char, 16> frame{};
            answer = readable(frames.get(), true) &&
                     ::recv(frames.get(), frame.data(), frame.size(), 0) == 5;
        } else if (wish == "no frames") {
            answer = !readable(frames.get(), false);
        } else {  // "in <listed|not> from": connect to the host
            const bool expected = wish.starts_with("in listed ");
            const std::string from(wish.substr(wish.rfind(' ') + 1));
            const bool six = from.find(':') != std::string::npos;
            answer = connected(six ? "fd77::1" : "10.77.0.1", service, expected, from).valid();
        }
        if (::send(commands, answer ? "y" : "n", 1, 0) != 1) ::_exit(1);
    }
}

class Scene : Checks {
  public:
    Scene(fs::path state, int outside_commands)
        : state_(std::move(state)), outside_(outside_commands) {}

    // Everything true that is to be: the number of what is not, each told.
    int play() {
        if (!set_up()) return 100;
        check("before", true);
        open_connections();
        const auto before = list_packet_rules().value();
        Isolation isolation({state_, state_ / "units"});
        expect(!isolation.in_force(), "it is not isolated at first");
        const auto plan = Isolation::plan(request());
        expect(
            plan && list_packet_rules().value() == before && !fs::exists(state_ / "isolation.nft"),
            "a plan does nothing");
        for (int again = 0; again < 2; ++again) {
            const auto outcome = isolation.isolate(request());
            if (!outcome) {
                fmt::print(stderr, "{}\n", outcome.error().message);
                return 50;
            }
            expect(outcome->namespaces == 2, "the host's namespace and the container's");
            expect(outcome->sockets.has_value(), "sockets are guarded: " + outcome->problem);
            expect(isolation.in_force(), "it is isolated");
            check("isolated", false);
            if (again == 0) check_connections(outcome->connections_cut);
        }
        // As after a reboot: nothing but what the unit runs.
        expect(apply_packet_rules(release_rules()).has_value(), "the rules are gone");
        expect(run({"/usr/sbin/nft", "-f", (state_ / "isolation.nft").native()}),
               "the file of the boot is applied");
        check_addresses("booted", false);
        expect(isolation.isolate(request()).has_value(), "and all the rest again");
        expect(isolation.release().has_value(), "it is released");
        expect(list_packet_rules().value() == before, "the rules are as before");
        expect(!isolation.in_force() && fs::is_empty(state_ / "units"), "no file is left");
        expect(!isolation.release(), "there is nothing to release any more");
        check("released", true);
        return wrong_;
    }

  private:
    bool ask_outside(const std::string& wish) {
        char answer = 'n';
        return ::send(outside_.get(), wish.data(), wish.size(), 0) > 0 &&
               ::recv(outside_.get(), &answer, 1, 0) == 1 && answer == 'y';
    }
    static IsolationRequest request() {
        IsolationRequest request;
        for (const bool six : {false, true}) {
            request.policy.collectors.push_back({parse_network(collector(six)).value(), service});
            request.policy.listed.push_back(parse_network(listed(six)).value());
            request.policy.resolvers.push_back(parse_network(resolver(six)).value());
        }
        // The guard of sockets, whose test is another, holds for no group that there is.
        request.cgroup = ~std::uint64_t{0};
        return request;
    }

    bool set_up() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        const pid_t container = ::fork();
        if (container == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::unshare(CLONE_NEWNET) != 0 || ::write(ends[1], "r", 1) != 1) ::_exit(1);
            while (true) ::pause();
        }
        char ready = 0;
        if (::read(ends[0], &ready, 1) != 1) return false;
        inner_.reset(
            ::open(fmt::format("/proc/{}/ns/net", container).c_str(), O_RDONLY | O_CLOEXEC));
        fs::create_directories(state_ / "units");
        const bool host =
            ip("link set lo up") && ip("addr add 10.77.0.1/24 dev host0") &&
            ip("addr add fd77::1/64 dev host0 nodad") && ip("link set host0 up") &&
            ip("link add host1 type veth peer name inner netns " + std::to_string(container)) &&
            ip("addr add 10.78.0.1/24 dev host1") && ip("link set host1 up") &&
            write_control_file("/proc/sys/net/ipv4/ip_forward", "1").has_value();
        return host && ask_outside("set up") && in_container([] {
                   return ip("link set lo up") && ip("addr add 10.78.0.2/24 dev inner") &&
                          ip("link set inner up") && ip("route add default via 10.78.0.1");
               }) &&
               start_services();
    }
    bool in_container(const std::function<bool()>& body) {
        bool done = false;
        std::thread([&] { done = ::setns(inner_.get(), CLONE_NEWNET) == 0 && body(); }).join();
        return done;
    }
    bool start_services() {
        for (const bool six : {false, true})
            services_.push_back(bound(six ? "::" : "0.0.0.0", service, SOCK_STREAM));
        if (!services_[0].valid()) return false;
        std::thread([&] {
            while (true) {
                for (const auto& one : services_) {
                    FileDescriptor taken(::accept4(one.get(), nullptr, nullptr, SOCK_CLOEXEC));
                    if (taken.valid()) (void)::send(taken.get(), "y", 1, MSG_NOSIGNAL);
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
        }).detach();
        frames_ = packet_socket("host0", false);
        direct_frames_ = packet_socket("host0", true);
        return frames_.valid() && direct_frames_.valid();
    }

    void check_addresses(const std::string& when, bool all) {
        for (const bool six : {false, true}) {
            for (const std::uint16_t port : {service, dns}) {
                const auto one = [&](const std::string& to, bool open) {
                    const std::string what = fmt::format("{}: TCP to {} port {}", when, to, port);
                    expect(connected(to, port, all || open).valid() == (all || open), what);
                };
                const auto datagram = [&](const std::string& to, bool open) {
                    const std::string what = fmt::format("{}: UDP to {} port {}", when, to, port);
                    expect(by_datagram(to, port, all || open) == (all || open), what);
                };
                one(collector(six), port == service);
                datagram(collector(six), false);
                one(listed(six), true);
                datagram(listed(six), true);
                one(resolver(six), port == dns);
                datagram(resolver(six), port == dns);
                one(stranger(six), false);
                datagram(stranger(six), false);
            }
            expect(connected(six ? "::1" : "127.0.0.1", service, true).valid(),
                   when + ": the loopback");
        }
    }
    void check(const std::string& when, bool all) {
        check_addresses(when, all);
        for (const bool six : {false, true}) {
            expect(by_echo(stranger(six), all) == all, when + ": echo to " + stranger(six));
            expect(by_echo(collector(six), all) == all, when + ": echo to " + collector(six));
            expect(by_echo(listed(six), true), when + ": echo to " + listed(six));
            expect(by_raw_protocol(stranger(six)) == all,
                   when + ": a raw socket to " + stranger(six));
            for (const auto& from : {stranger(six), collector(six), resolver(six)}) {
                expect(ask_outside((all ? "in listed " : "in not ") + from) == all,
                       when + ": TCP from " + from);
            }
            expect(ask_outside("in listed " + listed(six)), when + ": TCP from " + listed(six));
        }
        expect(
            in_container([&] { return connected(stranger(false), service, all).valid(); }) == all,
            when + ": through the host");
        for (const auto* socket : {&frames_, &direct_frames_}) {
            send_frame(socket->get(), "host0");
            expect(ask_outside(all ? "frames" : "no frames"), when + ": frames of a packet socket");
        }
    }

    void open_connections() {
        for (const bool six : {false, true}) {
            kept_.push_back(connected(collector(six), service, true));
            cut_.push_back(connected(stranger(six), service, true));
        }
        kept_.push_back(connected("127.0.0.1", service, true));
        kept_.push_back(connected("10.77.0.1", service, true));
    }
    void check_connections(std::size_t count) {
        expect(count >= cut_.size(), "connections are counted as cut");
        char byte = 0;
        for (const auto& one : cut_) {
            expect(readable(one.get(), true) && ::recv(one.get(), &byte, 1, 0) < 0 &&
                       errno == ECONNABORTED,
                   "a connection to a stranger is cut");
        }
        for (const auto& one : kept_) {
            // The other end of those to itself has closed: no error either.
            expect(::send(one.get(), "x", 1, MSG_NOSIGNAL) == 1 || errno == EPIPE ||
                       errno == ECONNRESET,
                   "a connection that may be stays");
        }
    }

    fs::path state_;
    FileDescriptor outside_;
    FileDescriptor inner_;
    std::vector<FileDescriptor> services_;
    FileDescriptor frames_;
    FileDescriptor direct_frames_;
    std::vector<FileDescriptor> kept_;
    std::vector<FileDescriptor> cut_;
};

// The neighbour is another machine: the host's process ids do not have it.
int play_apart(const std::string& state) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return 101;
    const pid_t neighbour = ::fork();
    if (neighbour == 0) be_outside(ends[1]);
    const timeval patience{60, 0};
    ::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char ready = 0;
    if (::recv(ends[0], &ready, 1, 0) != 1 || ::unshare(CLONE_NEWNET) != 0 ||
        !ip("link add host0 type veth peer name outer netns " + std::to_string(neighbour))) {
        return 102;
    }
    return run_as_first([&] { return Scene(state, ends[0]).play(); });
}

TEST(IsolationTest, LetsThroughWhatIsListedAndNothingElse) {
    expect_none_wrong(play_apart);
}

}  // namespace
}  // namespace shoji::response
