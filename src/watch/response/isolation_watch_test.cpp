// That an isolation which somebody undoes without releasing it is noticed and set in force again,
// with nftables itself, in a process with process ids and network of its own: a host with a device,
// and the namespace of another process.
#include "watch/response/isolation.h"
#include "watch/response/packet_rules.h"
#include "watch/response/small_file.h"
#include "watch/response/traffic_test.h"

#include <array>
#include <csignal>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;
using base::FileDescriptor;

class Undoing : Checks {
  public:
    explicit Undoing(fs::path state) : state_(std::move(state)) {}

    int play() {
        fs::create_directories(state_ / "units");
        if (!ip("link set lo up") || !ip("link add host0 type veth peer name outer") ||
            !ip("addr add 10.77.0.1/24 dev host0") || !ip("link set host0 up") ||
            !ip("link set outer up")) {
            return 100;
        }
        before_ = list_packet_rules().value();
        expect(goes_out(), "what is not isolated sends");
        expect(!isolation_.mend(request()).undone, "nothing is to hold yet");
        if (const auto outcome = isolation_.isolate(request()); !outcome) {
            fmt::print(stderr, "{}\n", outcome.error().message);
            return 50;
        }
        rules_ = list_packet_rules().value();
        expect_nothing("what nobody touched");
        rules_that_are_undone();
        files_that_are_undone();
        links_that_are_planted();
        elsewhere();
        devices();
        expect(isolation_.release().has_value(), "it is released");
        expect(!isolation_.mend(request()).undone, "then it is not to hold any more");
        expect(list_packet_rules().value() == before_, "nor does it");
        expect(goes_out(), "what is released sends");
        return wrong_;
    }

  private:
    // More than one of each, so that the order is nft's.
    static IsolationRequest request() {
        IsolationRequest request;
        for (const auto* one : {"10.77.0.9", "10.77.0.2", "fd77::9", "fd77::2"}) {
            request.policy.collectors.push_back({parse_network(one).value(), service});
            request.policy.resolvers.push_back(parse_network(one).value());
        }
        for (const auto* one : {"10.80.0.0/16", "10.77.0.3", "fd78::/64", "fd77::3"}) {
            request.policy.listed.push_back(parse_network(one).value());
        }
        // The guard of sockets, whose test is another, holds for no group that there is.
        request.cgroup = ~std::uint64_t{0};
        return request;
    }
    static bool goes_out() {
        const Address to = address_of("10.77.0.5", service);
        const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        return ::sendto(socket.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to.bytes),
                        to.size) == 1;
    }
    void expect_nothing(const std::string& what) {
        const auto mended = isolation_.mend(request());
        expect(!mended.undone, what + " is not undone");
        expect(mended.problem.empty(), what + ": " + mended.problem);
        expect(isolation_.holds(true).value_or(false), what + ": it holds");
    }
    void expect_mended(const std::string& what) {
        const auto mended = isolation_.mend(request());
        expect(mended.undone, what + " is noticed");
        expect(mended.problem.empty(), what + ": " + mended.problem);
        expect(list_packet_rules().value() == rules_, what + ": the rules are there again");
        expect(!goes_out(), what + ": nothing goes out again");
        expect_nothing("what was mended after " + what);
    }

    void rules_that_are_undone() {
        const std::vector<std::string> ways{
            "delete table inet shoji_isolation",
            "delete table netdev shoji_isolation",
            "delete table inet shoji_isolation\ndelete table netdev shoji_isolation",
            "flush ruleset",
            "delete table inet shoji_isolation\nadd table inet shoji_isolation",
            "flush chain inet shoji_isolation output",
            "flush chain netdev shoji_isolation out_0",
            "insert rule inet shoji_isolation output accept",
            "insert rule netdev shoji_isolation in_0 accept",
            "add element inet shoji_isolation listed_4 { 10.77.0.5 }",
            "add element netdev shoji_isolation listed_6 { fd77::5 }",
            "add chain inet shoji_isolation forward { policy accept; }",
            "add table inet shoji_isolation { flags dormant; }",
        };
        for (const auto& way : ways) {
            expect(apply_packet_rules(way + "\n").has_value(), way + " can be done");
            expect(!isolation_.holds(true).value_or(true), way + ": it does not hold");
            expect_mended(way);
        }
    }
    void files_that_are_undone() {
        const auto link = state_ / "units/sysinit.target.wants/shoji-isolation.service";
        for (const auto& path :
             {state_ / "isolation.nft", state_ / "units/shoji-isolation.service", link}) {
            expect(fs::remove(path), path.native() + " is there");
            expect(isolation_.in_force(), "it is to hold without " + path.native());
            expect_mended(path.native());
            expect(fs::exists(path), path.native() + " is there again");
        }
        expect(replace_file(state_ / "isolation.nft", "# nothing\n", 0600).has_value(),
               "its rules can be replaced");
        expect_mended("a file of other rules");
    }
    // What systemd would not start the unit by, or start otherwise.
    void links_that_are_planted() {
        const auto units = state_ / "units";
        const auto link = units / "sysinit.target.wants/shoji-isolation.service";
        for (const auto* target : {"/dev/null", "../other.service"}) {
            expect(fs::remove(link), "the link can be replaced");
            fs::create_symlink(target, link);
            expect_mended(std::string("a link to ") + target);
            expect(fs::read_symlink(link) == "../shoji-isolation.service", "it is the unit's");
        }
        const auto added = units / "shoji-isolation.service.d";
        fs::create_directory(added);
        expect(replace_file(added / "x.conf", "[Service]\nExecStart=\n", 0644).has_value(),
               "a part can be added to the unit");
        expect_mended("a drop-in");
        expect(!fs::exists(added), "it is gone");
        fs::create_directory(state_ / "elsewhere");
        expect(replace_file(state_ / "elsewhere/kept", "", 0644).has_value(), "a file elsewhere");
        fs::create_directory_symlink(state_ / "elsewhere", added);
        expect_mended("a link to drop-ins");
        expect(fs::exists(state_ / "elsewhere/kept"), "what is elsewhere stays");
    }
    void elsewhere() {
        const Container later;
        expect(!isolation_.holds(true).value_or(true), "a namespace without rules is not held");
        expect_nothing("a namespace that came later");
        const auto there = later.listed();
        expect(there.find("chain forward") != std::string::npos, "it has rules of its own");
        expect(later.run([] {
            return apply_packet_rules("delete table inet shoji_isolation\n").has_value();
        }),
               "they can be deleted");
        expect_mended("a deleted table of another namespace");
        expect(later.listed() == there, "they are there again");
    }
    void devices() {
        expect(ip("link add extra0 type veth peer name extra1"), "a device comes");
        expect(!isolation_.holds(true).value_or(true), "a device without rules is not held");
        expect_nothing("a device that came");
        expect(list_packet_rules()->find("\"extra0\"") != std::string::npos, "it has rules");
        rules_ = list_packet_rules().value();
        expect(apply_packet_rules("flush chain netdev shoji_isolation out_0\n").has_value() &&
                   ip("link del extra0"),
               "a device goes, and rules of another one with it");
        const auto mended = isolation_.mend(request());
        expect(mended.undone && mended.problem.empty(), "that is noticed");
        rules_ = list_packet_rules().value();
        expect(ip("link add extra2 type veth peer name extra3") && ip("link del extra2"),
               "a device comes and goes");
        expect_nothing("a device that came and went");
        expect(list_packet_rules().value() == rules_, "all is as it was");
    }

    fs::path state_;
    Isolation isolation_{{state_, state_ / "units"}};
    std::string before_;
    std::string rules_;
};

TEST(IsolationWatchTest, WhatSomebodyUndoesIsNoticedAndSetInForceAgain) {
    expect_none_wrong_alone([](const std::string& folder) { return Undoing(folder).play(); });
}

}  // namespace
}  // namespace shoji::response
