#include "screen/isolation/firewall.h"

#include "core/base/file_descriptor.h"
#include "screen/isolation/network.h"
#include "screen/isolation/spawn.h"

#include <cerrno>
#include <functional>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uid_t egress_user = 910012;
constexpr uid_t browser_user = 910011;
constexpr uid_t other_slots_user = 910016;

const FirewallGround ground{"0badcafe", {"10.99.0.0/16", "fd12::/32"}, {"10.53.0.1"}};

FirewallSlot slot(std::vector<std::uint16_t> internal_ports) {
    return {3, egress_user, {910010, browser_user}, {443, 80}, std::move(internal_ports)};
}

TEST(FirewallRules, PutTerminalNetworksFirst) {
    const std::string rules = add_slot_rules(ground, slot({8080}));
    EXPECT_LT(rules.find("@terminal_4"), rules.find("accept"));
    EXPECT_LT(rules.find("@terminal_6"), rules.find("accept"));
    EXPECT_THAT(rules, HasSubstr("910012 : goto slot_3, 910010 : goto silent"));
    EXPECT_TRUE(rules.rfind("counter drop") > rules.rfind("accept")) << "the last word is no";
}

TEST(FirewallRules, LeaveOutWhatIsNotAllowed) {
    EXPECT_THAT(add_slot_rules(ground, slot({})), Not(HasSubstr("@private_4 tcp dport")));
    EXPECT_THAT(add_slot_rules(ground, {1, 5, {}, {}, {}}), Not(HasSubstr("tcp dport {")));
}

TEST(FirewallRules, MakeTheTableAnew) {
    const std::string rules = table_rules(ground, {slot({})});
    EXPECT_THAT(rules, HasSubstr("delete table inet shoji_0badcafe"));
    EXPECT_THAT(rules, HasSubstr("10.99.0.0/16"));
    EXPECT_THAT(rules, HasSubstr("slot_3"));
}

// The rules in force, in a network namespace of the test's own in which every address is the
// loopback's, so that what passes arrives.
class FirewallTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    }

    static int in_child(const std::function<int()>& body) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(body());
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    static bool set_up(const std::string& rules) {
        if (::unshare(CLONE_NEWNET) != 0 || !raise_loopback()) return false;
        for (const char* network : {"10.0.0.0/8", "203.0.112.0/24", "100.100.100.200/32",
                                    "169.254.169.254/32", "192.168.7.0/24"}) {
            if (!run_and_read({"/usr/sbin/ip", "route", "add", "local", network, "dev", "lo"})) {
                return false;
            }
        }
        const auto applied = apply_rules(rules);
        if (!applied) fmt::print(stderr, "{}\n", applied.error().message);
        return applied.has_value();
    }

    // True when a connection gets an answer, be it a refusal: then it passed. Dropped packets get
    // none, and one waits for it in vain; where one is expected it may take its time.
    static bool passes(uid_t user, const char* address, std::uint16_t port, bool expected) {
        return in_child([&] {
                   if (::setresuid(user, user, user) != 0) return 2;
                   const base::FileDescriptor socket(
                       ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
                   sockaddr_in to{};
                   to.sin_family = AF_INET;
                   to.sin_port = htons(port);
                   inet_pton(AF_INET, address, &to.sin_addr);
                   const int result =
                       ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to);
                   if (result == 0 || errno == ECONNREFUSED) return 1;
                   if (errno == EPERM) return 0;
                   pollfd waiting{socket.get(), POLLOUT, 0};
                   return ::poll(&waiting, 1, expected ? 20000 : 300) == 1 ? 1 : 0;
               }) == 1;
    }
    static bool sends_datagram(uid_t user, const char* address, std::uint16_t port) {
        return in_child([&] {
                   if (::setresuid(user, user, user) != 0) return 2;
                   const base::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
                   sockaddr_in to{};
                   to.sin_family = AF_INET;
                   to.sin_port = htons(port);
                   inet_pton(AF_INET, address, &to.sin_addr);
                   return ::sendto(socket.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to),
                                   sizeof to) == 1
                              ? 1
                              : 0;
               }) == 1;
    }
};

struct Path {
    const char* address;
    std::uint16_t port;
    bool passes_with_internal;
    bool passes_without;
};

const Path paths[] = {
    {"203.0.112.5", 443, true, true},         // the destination
    {"203.0.112.5", 8080, false, false},      // another port of it
    {"10.99.0.7", 443, false, false},         // a terminal
    {"10.99.0.7", 8080, false, false},        // a terminal, at the port of an internal origin
    {"10.1.0.7", 443, false, false},          // private space
    {"10.1.0.7", 8080, true, false},          // an internal origin
    {"192.168.7.1", 8080, true, false},       // another
    {"127.0.0.1", 443, false, false},         // the machine itself
    {"127.0.0.1", 8080, true, false},         // an internal origin on it
    {"169.254.169.254", 8080, false, false},  // a cloud's metadata
    {"10.53.0.1", 53, true, true},            // the resolver
    {"203.0.112.5", 53, false, false},        // another resolver
};

TEST_F(FirewallTest, LetsThroughWhatIsAllowedAndNothingElse) {
    for (const bool internal : {true, false}) {
        const auto rules = table_rules(ground, {slot(internal ? std::vector<std::uint16_t>{8080}
                                                              : std::vector<std::uint16_t>{})});
        EXPECT_EQ(in_child([&] {
                      if (!set_up(rules)) return 100;
                      int wrong = 0;
                      for (const auto& path : paths) {
                          const bool expected =
                              internal ? path.passes_with_internal : path.passes_without;
                          if (passes(egress_user, path.address, path.port, expected) == expected)
                              continue;
                          fmt::print(stderr, "{}:{} is wrong\n", path.address, path.port);
                          ++wrong;
                      }
                      if (!sends_datagram(egress_user, "10.53.0.1", 53)) wrong += 20;
                      if (sends_datagram(egress_user, "203.0.112.5", 443)) wrong += 40;
                      return wrong;
                  }),
                  0);
    }
}

TEST_F(FirewallTest, SilencesTheOtherUsersOfASession) {
    EXPECT_EQ(in_child([] {
                  if (!set_up(table_rules(ground, {slot({8080})}))) return 100;
                  return (passes(browser_user, "203.0.112.5", 443, false) ? 1 : 0) +
                         (passes(browser_user, "127.0.0.1", 8080, false) ? 2 : 0) +
                         (sends_datagram(browser_user, "10.53.0.1", 53) ? 4 : 0) +
                         (passes(other_slots_user, "127.0.0.1", 443, true) ? 0 : 8) +
                         (passes(0, "10.99.0.7", 443, true) ? 0 : 16);
              }),
              0);
}

TEST_F(FirewallTest, WithoutTheRulesEverythingPasses) {
    EXPECT_EQ(in_child([] {
                  if (!set_up(table_rules(ground, {}))) return 100;
                  return passes(egress_user, "10.99.0.7", 443, true) &&
                                 passes(egress_user, "169.254.169.254", 8080, true) &&
                                 passes(browser_user, "127.0.0.1", 443, true)
                             ? 0
                             : 1;
              }),
              0);
}

TEST_F(FirewallTest, SlotsComeAndGo) {
    EXPECT_EQ(in_child([] {
                  if (!set_up(table_rules(ground, {}))) return 100;
                  const FirewallSlot other{4, other_slots_user, {}, {443}, {}};
                  if (!apply_rules(add_slot_rules(ground, slot({})))) return 1;
                  if (!apply_rules(add_slot_rules(ground, other))) return 2;
                  if (passes(egress_user, "10.99.0.7", 443, false)) return 3;
                  if (!apply_rules(remove_slot_rules(ground, slot({})))) return 4;
                  if (!passes(egress_user, "10.99.0.7", 443, true)) return 5;
                  if (passes(other_slots_user, "10.99.0.7", 443, false)) return 6;
                  if (!apply_rules(table_rules(ground, {slot({}), other}))) return 7;
                  if (!apply_rules(remove_table_rules(ground))) return 8;
                  if (!apply_rules(remove_table_rules(ground))) return 9;
                  return run_and_read({"/usr/sbin/nft", "list", "ruleset"})->empty() ? 0 : 10;
              }),
              0);
}

TEST_F(FirewallTest, WrongRulesAreAnErrorWithNftsWords) {
    EXPECT_EQ(in_child([] {
                  if (::unshare(CLONE_NEWNET) != 0) return 100;
                  const auto applied = apply_rules("add nonsense\n");
                  return !applied && applied.error().message.find("nonsense") != std::string::npos
                             ? 0
                             : 1;
              }),
              0);
}

}  // namespace
}  // namespace shoji::isolation
