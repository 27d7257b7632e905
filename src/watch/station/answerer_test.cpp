// The process that responds, while its host is isolated and somebody undoes that, or ends it: with
// nftables itself, in a process with process ids and network of its own.
#include "watch/station/answerer.h"

#include "core/base/unix_socket.h"
#include "watch/response/freezer.h"
#include "watch/response/packet_rules.h"
#include "watch/response/small_file.h"
#include "watch/response/traffic_test.h"
#include "watch/station/part.h"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace shoji::station {
namespace {

response::ResponsePolicy policy_here() {
    response::ResponsePolicy policy;
    policy.host = "here";
    policy.isolation.listed.push_back(response::parse_network("10.77.0.3").value());
    return policy;
}

class Undone : response::Checks {
  public:
    explicit Undone(std::filesystem::path folder) : folder_(std::move(folder)) {}

    int play() {
        auto responder = response::Responder::start(policy_here(), settings());
        auto link = base::unix_socket_pair(base::SocketKind::packet);
        if (!responder || !link || !response::ip("link set lo up") ||
            !response::ip("link add host0 type veth peer name outer")) {
            return 100;
        }
        const auto isolated =
            responder->respond({{.kind = response::ActionKind::isolate}, "a test", "me", false});
        expect(isolated && isolated->done, "it is isolated");
        const auto rules = response::list_packet_rules().value();
        const timeval patience{60, 0};
        ::setsockopt(link->first.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        AnswererLinks links;
        links.keeper = std::move(link->second);
        std::thread answerer([&] {
            expect(answer_links(*responder, std::move(links)).has_value(), "it ends by itself");
        });
        expect(hear(link->first.get()) == PartSays::alive, "it says that it is alive");
        expect(response::apply_packet_rules(response::release_rules()).has_value(),
               "its rules can be taken away");
        expect(until_undone(link->first.get()), "that is told");
        expect(response::list_packet_rules().value() == rules, "and they are there again");
        link->first.reset();
        answerer.join();
        return wrong_;
    }

  private:
    [[nodiscard]] response::ResponderSettings settings() const {
        response::ResponderSettings settings;
        settings.state = folder_ / "state";
        // The guard of sockets holds for no group that there is.
        settings.socket_cgroup = ~std::uint64_t{0};
        settings.now = [] { return std::int64_t{1'800'000'000}; };
        return settings;
    }
    static std::optional<PartSays> hear(int socket) {
        char byte = 0;
        if (::recv(socket, &byte, 1, 0) != 1) return std::nullopt;
        return static_cast<PartSays>(byte);
    }
    // Within some looks; it says every second that it is alive meanwhile.
    static bool until_undone(int socket) {
        constexpr int most = 30;
        for (int said = 0; said < most; ++said) {
            const auto heard = hear(socket);
            if (!heard || *heard == PartSays::isolation_undone) return heard.has_value();
        }
        return false;
    }

    std::filesystem::path folder_;
};

// Processes that respond, one after another, and whoever holds their guards; and a process of a
// control group that asks for a packet socket.
class Replaced : response::Checks {
  public:
    explicit Replaced(std::filesystem::path folder)
        : folder_(std::move(folder)),
          group_(response::unified_mount(
                     response::read_small_file("/proc/self/mountinfo", 1U << 20U).value()) /
                 ("shoji-answerer-test-" + folder_.filename().native())) {}
    ~Replaced() { ::rmdir(group_.c_str()); }
    Replaced(const Replaced&) = delete;
    Replaced& operator=(const Replaced&) = delete;

    int play() {
        auto link = base::unix_socket_pair(base::SocketKind::packet);
        struct stat state {};
        if (!link || !response::ip("link set lo up") || ::mkdir(group_.c_str(), 0755) != 0 ||
            ::stat(group_.c_str(), &state) != 0) {
            return 100;
        }
        cgroup_ = state.st_ino;
        answerers_end_ = std::move(link->second);
        keeper_.name = PartName::answerer;
        keeper_.socket = std::move(link->first);
        expect(makes_socket(), "as long as nothing is isolated they are made");
        const pid_t first = begin(response::ActionKind::isolate);
        expect(hears_of(first), "the guard is handed over");
        end(first);
        for (int i = 0; i < tries; ++i) expect(!makes_socket(), "it holds without its process");
        const pid_t second = begin(std::nullopt);
        expect(hears_of(second, true), "another one is");
        end(second);
        expect(!makes_socket(), "it holds too");
        const pid_t third = begin(response::ActionKind::release);
        expect(hears_of(third) && keeper_.guards.back().empty(), "it is taken back");
        expect(makes_socket(), "they are made again");
        end(third);
        const pid_t alone = begin(response::ActionKind::isolate);
        expect(hears_of(alone), "a guard again");
        keeper_.guards = {};
        end(alone);
        expect(makes_socket(), "which holds no longer than somebody has it");
        return wrong_;
    }

  private:
    static constexpr int tries = 50;

    // Goes on with what there is, does this, and waits to be ended.
    pid_t begin(std::optional<response::ActionKind> action) {
        const pid_t process = ::fork();
        if (process != 0) return process;
        response::ResponderSettings settings;
        settings.state = folder_ / "state";
        settings.socket_cgroup = cgroup_;
        settings.now = [] { return std::int64_t{1'800'000'000}; };
        settings.hand_over = [this](response::GuardPart part, std::span<const int> files) {
            const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(PartSays::guards),
                                                    static_cast<std::uint8_t>(part)};
            if (!base::send_packet(answerers_end_.get(), bytes, files)) ::_exit(1);
        };
        auto responder = response::Responder::start(policy_here(), std::move(settings),
                                                    std::move(keeper_.guards));
        if (!responder) ::_exit(2);
        if (action && !responder->respond({{.kind = *action}, "a test", "me", false})) ::_exit(3);
        say_alive();
        while (true) ::pause();
    }
    void say_alive() {
        const auto alive = static_cast<std::uint8_t>(PartSays::alive);
        if (!base::send_packet(answerers_end_.get(), {&alive, 1})) ::_exit(4);
    }
    // Until it has done all.
    bool hears_of(pid_t process, bool guarded = false) {
        keeper_.ready = false;
        while (::waitpid(process, nullptr, WNOHANG) == 0) {
            if (guarded) expect(!makes_socket(), "there is no moment without a guard");
            keeper_.hear(Clock::now());
            if (keeper_.ready) return true;
            ::usleep(1000);
        }
        return false;
    }
    static void end(pid_t process) {
        if (process <= 1) return;
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    [[nodiscard]] bool makes_socket() const {
        const pid_t child = ::fork();
        if (child == 0) {
            if (!response::write_control_file(group_ / "cgroup.procs", "0")) ::_exit(99);
            ::_exit(::socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    std::filesystem::path folder_;
    std::filesystem::path group_;
    std::uint64_t cgroup_ = 0;
    base::FileDescriptor answerers_end_;
    Part keeper_;
};

TEST(AnswererTest, SocketsAreGuardedFromOneProcessThatRespondsToTheNext) {
    response::expect_none_wrong_alone(
        [](const std::string& folder) { return Replaced(folder).play(); });
}

TEST(AnswererTest, AnIsolationThatSomebodyUndoesIsToldAndSetInForceAgain) {
    response::expect_none_wrong_alone(
        [](const std::string& folder) { return Undone(folder).play(); });
}

}  // namespace
}  // namespace shoji::station
