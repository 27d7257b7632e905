// The real shoji-hub and the library that sensors deliver with, over TLS on the loopback.
#include "access/certificate.h"
#include "core/base/random.h"
#include "core/base/test_small_disk.h"
#include "core/base/unix_socket.h"
#include "core/journal/hex.h"
#include "hub/program_fixture_test.h"
#include "hub/sensors.h"
#include "hub/tables.h"
#include "watch/channel/channel.h"
#include "watch/delivery/delivery.h"
#include "watch/detect/incident/alert.h"
#include "watch/line/message.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <arpa/inet.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace shoji::hub {
namespace {

namespace json = boost::json;

TEST_F(HubProgramTest, TakesWhatASensorDelivers) {
    const auto credentials = enrol("srv-01");
    start();
    const auto sensor = deliver("srv-01", credentials);
    for (int i = 0; i < 5000; ++i) ASSERT_TRUE(sensor->put(spool::Class::event, event("event")));
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(sensor->put(spool::Class::alert, alert("rule " + std::to_string(i))));
    }
    ASSERT_TRUE(sensor->flush(30s));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    EXPECT_TRUE(sensor->status().connected);
    EXPECT_EQ(stored_rules().size(), 20U);
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), 5000);
    const auto list = json::parse(ask(R"({"command":"sensor.list"})"));
    const auto& row = list.at("result").at(0);
    EXPECT_EQ(row.at("name"), "srv-01");
    EXPECT_EQ(row.at("connected"), true);
    EXPECT_EQ(row.at("lost"), 0);
    const auto alerts = json::parse(ask(R"({"command":"alerts","host":"srv-01"})"));
    EXPECT_EQ(alerts.at("result").at("alerts").as_array().size(), 20U);
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_FALSE(fs::exists(settings_.hub_socket()));
}

// Each record once and in order, whatever is killed.
TEST_F(HubProgramTest, LosesNothingWhenItIsKilledInTheMiddle) {
    std::mt19937 random(31);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    const auto credentials = enrol("srv-01");
    start();
    const auto sensor = deliver("srv-01", credentials);
    int alerts = 0;
    int events = 0;
    for (int round = 0; round < 8; ++round) {
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(sensor->put(spool::Class::event, event(std::to_string(++events))));
            if (i % 10 != 0) continue;
            ASSERT_TRUE(sensor->put(spool::Class::alert, alert(std::to_string(++alerts))));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
        EXPECT_EQ(end(SIGKILL), -SIGKILL);
        start();
    }
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), events);
    EXPECT_EQ(number("SELECT count(DISTINCT first) FROM batch"),
              number("SELECT count(*) FROM batch"));
    std::vector<std::string> expected;
    for (int i = 1; i <= alerts; ++i) expected.push_back(std::to_string(i));
    EXPECT_EQ(stored_rules(), expected);
    EXPECT_EQ(number("SELECT lost FROM sensor"), 0);
}

// A sensor's process that is killed: what it flushed arrives with the next one.
TEST_F(HubProgramTest, TheNextSensorDeliversWhatAKilledOneHad) {
    const auto credentials = enrol("srv-01");
    const pid_t child = ::fork();
    if (child == 0) {
        auto sensor = delivery::Delivery::start(options("srv-01", credentials));
        if (!sensor) ::_exit(1);
        for (int i = 0; i < 100; ++i) {
            if (!(*sensor)->put(spool::Class::alert, alert(std::to_string(i)))) ::_exit(2);
        }
        if (!(*sensor)->flush(30s)) ::_exit(3);
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    start();
    const auto sensor = deliver("srv-01", credentials);
    ASSERT_TRUE(eventually([&] { return stored_rules().size() == 100; }));
}

TEST_F(HubProgramTest, RefusesCertificatesThatAreNoSensorsOfThisCity) {
    const auto other_city = access::make_authority("Sakura City", days(10));
    ASSERT_TRUE(other_city);
    const auto foreign = access::issue_part(*other_city, access::Part::sensor, "srv-01", days(10));
    const auto expired = enrol("old", true, days(-1));
    const auto unknown = enrol("nobody", false);
    const auto wrong_kind = access::issue_part(authority_, access::Part::hub, "srv-02", days(10));
    const auto terminal_like = access::issue_server(authority_, "srv-03", {}, days(10));
    add("srv-02", wrong_kind->certificate);
    add("srv-03", terminal_like->certificate);
    const auto good = enrol("good");
    start();
    struct Case {
        std::string name;
        channel::Credentials credentials;
    };
    const std::vector<Case> cases{
        {"foreign", {foreign->key, foreign->certificate, authority_.certificate}},
        {"expired", expired},
        {"unknown", unknown},
        {"kind", {wrong_kind->key, wrong_kind->certificate, authority_.certificate}},
        {"server", {terminal_like->key, terminal_like->certificate, authority_.certificate}}};
    for (const auto& one : cases) {
        const auto sensor = deliver(one.name, one.credentials);
        ASSERT_TRUE(sensor->put(spool::Class::alert, alert(one.name)));
        EXPECT_TRUE(eventually([&] { return !sensor->status().trouble.empty(); })) << one.name;
        EXPECT_FALSE(sensor->status().connected) << one.name;
        EXPECT_EQ(sensor->status().waiting[0], 1U) << one.name;
    }
    EXPECT_EQ(number("SELECT count(*) FROM alert WHERE sensor IS NOT NULL"), 0);
    // And a sensor does not take another city's hub, or anything else of its own city, for its own.
    channel::Credentials mistrusting = good;
    mistrusting.authority = other_city->certificate;
    const auto sensor = deliver("mistrusting", mistrusting);
    EXPECT_TRUE(eventually([&] {
        return sensor->status().trouble.find("certificate") != std::string::npos;
    })) << sensor->status().trouble;
}

TEST_F(HubProgramTest, ARevokedSensorIsCutOffAtOnce) {
    const auto credentials = enrol("srv-01");
    start();
    const auto sensor = deliver("srv-01", credentials);
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("one")));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); }));
    EXPECT_THAT(ask(R"({"command":"sensor.revoke","name":"srv-01"})"),
                testing::HasSubstr("\"ok\":true"));
    ASSERT_TRUE(eventually([&] { return !sensor->status().connected; }));
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("two")));
    ASSERT_TRUE(eventually([&] {
        return sensor->status().trouble.find("revoked") != std::string::npos;
    })) << sensor->status().trouble;
    EXPECT_EQ(stored_rules(), std::vector<std::string>{"one"});
}

// It connects, says Hello, and never reads what it is told.
TEST_F(HubProgramTest, ASlowReaderHoldsNobodyUp) {
    const auto slow_credentials = enrol("slow");
    const auto good_credentials = enrol("good");
    start();
    sigset_t pipe{};
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    const auto context = channel::Context::make(channel::End::sensor, slow_credentials);
    ASSERT_TRUE(context);
    base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.hub.sensor_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int little = 4096;  // bytes that the kernel keeps of what is not read
    ASSERT_EQ(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    ASSERT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::fcntl(socket.get(), F_SETFL, O_NONBLOCK), 0);
    auto slow = channel::Channel::make(*context, std::move(socket));
    ASSERT_TRUE(slow);
    ASSERT_TRUE(eventually([&] { return slow->advance().has_value() && slow->ready(); }));
    slow->pause(true);
    line::Hello hello;
    hello.spool.fill(1);
    slow->send(encode(hello));
    // Pulses ask for answers; as many as the hub and both kernels will hold, and more.
    for (int i = 0; i < 400'000; ++i) slow->send(encode(line::Pulse{}));
    for (int i = 0; i < 200 && slow->unsent() > 0; ++i) {
        if (!slow->advance()) break;
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_GT(slow->unsent(), 0U) << "the hub reads no more than it can answer";
    const auto sensor = deliver("good", good_credentials);
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("heard")));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    EXPECT_EQ(stored_rules(), std::vector<std::string>{"heard"});
}

TEST_F(HubProgramTest, ACrowdOfStrangersKeepsNobodyOut) {
    const auto credentials = enrol("srv-01");
    start();
    std::vector<base::FileDescriptor> crowd;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.hub.sensor_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 400; ++i) {
        base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_TRUE(socket.valid());
        static_cast<void>(
            ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        crowd.push_back(std::move(socket));
    }
    const auto sensor = deliver("srv-01", credentials);
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("heard")));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
}

// It says so, and acknowledges nothing that it has not stored.
TEST_F(HubProgramTest, OnAFullDiskItHoldsSensorsUntilThereIsRoom) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    const auto credentials = enrol("srv-01");
    const base::SmallDisk disk(settings_.hub_state(), std::uint64_t{4} << 20U);
    ASSERT_TRUE(disk.mounted());
    start();
    const auto sensor = deliver("srv-01", credentials);
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("before")));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    disk.fill();
    for (int i = 0; i < 300; ++i) {
        ASSERT_TRUE(sensor->put(spool::Class::event, event(base::random_hex(5000))));
        ASSERT_TRUE(sensor->put(spool::Class::alert, alert(std::to_string(i))));
    }
    const auto trouble = [&] {
        const auto status = json::parse(ask(R"({"command":"status"})"));
        return std::string(status.at("result").at("trouble").as_string());
    };
    ASSERT_TRUE(eventually([&] { return !trouble().empty(); }));
    const auto acknowledged = static_cast<std::int64_t>(301 - sensor->status().waiting[0]);
    EXPECT_GE(number("SELECT coalesce(max(sequence), 0) FROM alert WHERE sensor IS NOT NULL"),
              acknowledged)
        << "what is not stored is not acknowledged";
    EXPECT_LT(acknowledged, 301);
    disk.free();
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    EXPECT_EQ(trouble(), "");
    EXPECT_EQ(stored_rules().size(), 301U);
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), 300);
    EXPECT_EQ(number("SELECT lost FROM sensor"), 0);
}

TEST_F(HubProgramTest, AnswersNonsenseAtTheAdminSocketAndTakesNobodyElse) {
    start();
    for (const char* line :
         {"", "{", "[]", R"({"command":"sing"})", R"({"command":"status","x":1})",
          R"({"command":"incident"})", R"({"command":"incident","number":0})",
          R"({"command":"sensor.add","name":"a","fingerprint":"zz","expires":1})",
          R"({"command":"alerts","level":9})"}) {
        EXPECT_THAT(ask(line), testing::HasSubstr("\"ok\":false")) << line;
    }
    EXPECT_THAT(ask(R"({"command":"incident","number":7})"), testing::HasSubstr("not_found"));
    // Enrolling gives somebody something: without the journal it is not done.
    EXPECT_THAT(ask(R"({"command":"sensor.add","name":"a","expires":2000000000,"fingerprint":")" +
                    std::string(64, 'a') + "\"}"),
                testing::HasSubstr("unavailable"));
    if (::geteuid() != 0) return;
    fs::permissions(folder_, fs::perms::others_exec, fs::perm_options::add);
    fs::permissions(settings_.runtime, fs::perms::others_exec, fs::perm_options::add);
    const pid_t other = ::fork();
    if (other == 0) {
        ::_exit(::setresuid(64000, 64000, 64000) == 0 && ask(R"({"command":"status"})").empty()
                    ? 0
                    : 1);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace shoji::hub
