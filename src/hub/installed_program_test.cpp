// The real shoji, shoji-audit and shoji-hub in an installation that `shoji init` made: what an
// administrator does there, and what the journal knows of it.
#include "hub/program_fixture_test.h"
#include "hub/programs_test.h"
#include "watch/channel/context.h"
#include "watch/event/stream_writer.h"

#include <algorithm>
#include <optional>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace shoji::hub {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr event::Time second = 1'000'000'000;
constexpr event::Time noon = 1'790'000'000 * second;

class InstalledTest : public HubProgramTest {
  protected:
    // As root with users of their own for the programs, otherwise without.
    void SetUp() override {
        fs::create_directories(folder_);
        // The programs' users pass through it.
        fs::permissions(folder_, fs::perms(0711));
        settings_.hub.sensor_port = free_port();
        const auto made =
            shoji({"init", "--listen", fmt::format("127.0.0.1:{}", free_port()), "--hub-listen",
                   fmt::format("127.0.0.1:{}", settings_.hub.sensor_port)});
        ASSERT_EQ(made.code, 0) << made.output;
        const auto settings = base::load_settings(folder_ / "state");
        ASSERT_TRUE(settings) << settings.error().message;
        settings_ = *settings;
    }
    void TearDown() override {
        program_.reset();
        audit_.reset();
        fs::remove_all(folder_);
    }

    [[nodiscard]] Ended shoji(const std::vector<std::string>& words) const {
        std::vector<std::string> all{SHOJI_PROGRAM, "--state", folder_ / "state"};
        all.insert(all.end(), words.begin(), words.end());
        return output_of(all);
    }
    [[nodiscard]] Ended enrol_by_command(const std::string& name) const {
        return shoji({"sensor", "enrol", name, "--file", folder_ / (name + ".pem")});
    }
    void start_audit() {
        audit_.emplace(std::vector<std::string>{SHOJI_AUDIT_PROGRAM, "--state", folder_ / "state"});
        ASSERT_TRUE(eventually([&] {
            return base::connect_unix(settings_.audit_socket(), base::SocketKind::packet)
                .has_value();
        }));
    }
    // A sensor of the host, enrolled, and connected.
    std::unique_ptr<delivery::Delivery> sensor_of(const std::string& host) {
        EXPECT_EQ(enrol_by_command(host).code, 0);
        const auto credentials = channel::credentials_from_bundle(bundle(host));
        EXPECT_TRUE(credentials);
        return credentials ? deliver(host, *credentials) : nullptr;
    }
    // That needs a person at once, about a process.
    static std::vector<std::uint8_t> grave(const std::string& rule, std::uint64_t process) {
        incident::Alert alert;
        alert.time = noon;
        alert.rule = rule;
        alert.what = "sigma.hit";
        alert.level = incident::Level::critical;
        alert.process = "/usr/bin/nc";
        alert.process_id = process;
        return incident::to_bytes(alert);
    }
    struct Start {
        std::string guid;
        std::string parent;
        std::string image;
        int process = 0;
    };
    // As a sensor's block, each a second after the one before.
    std::vector<std::uint8_t> started(const std::vector<Start>& starts) const {
        event::Names names;
        event::StreamWriter writer(names, 7);
        event::Time time = noon - 60 * second;
        for (const auto& one : starts) {
            event::Event event;
            event.time = time += second;
            event.source.categories[0] = names.add_source("process_creation");
            const auto put = [&](std::string_view name, std::string_view value) {
                event.add({names.add_field(name), event::Type::text, name, event.keep(value)});
            };
            put("ProcessGuid", one.guid);
            put("ParentProcessGuid", one.parent);
            put("ProcessId", std::to_string(one.process));
            put("ParentProcessId", std::to_string(one.process - 1));
            put("Image", one.image);
            put("ParentImage", "/sbin/parent-of-" + one.guid);
            put("CommandLine", one.image + " --word");
            EXPECT_TRUE(writer.add(event));
        }
        const auto block = writer.take();
        return {block.begin(), block.end()};
    }
    [[nodiscard]] std::string bundle(const std::string& name) const {
        std::ifstream file(folder_ / (name + ".pem"));
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::optional<RunningProgram> audit_;
};

TEST_F(InstalledTest, AnEnrolledSensorDeliversAndTheJournalKnows) {
    start_audit();
    start();
    const auto enrolled = enrol_by_command("host-1");
    ASSERT_EQ(enrolled.code, 0) << enrolled.output;
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "host-1.pem").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << "there is a key in it";
    const auto credentials = channel::credentials_from_bundle(bundle("host-1"));
    ASSERT_TRUE(credentials) << credentials.error().message;
    const auto sensor = deliver("host-1", *credentials);
    ASSERT_TRUE(sensor);
    ASSERT_TRUE(sensor->put(spool::Class::alert, alert("one")));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    EXPECT_THAT(shoji({"--json", "alerts"}).output, HasSubstr(R"("rule":"one")"));
    EXPECT_EQ(enrol_by_command("host-1").code, 5) << "a name is one sensor's";
    ASSERT_EQ(shoji({"sensor", "revoke", "host-1"}).code, 0);
    ASSERT_TRUE(eventually([&] { return !sensor->status().connected; }));
    EXPECT_EQ(shoji({"audit", "verify"}).code, 0);
    const auto journal = shoji({"audit", "export"}).output;
    EXPECT_THAT(journal, HasSubstr("certificate for sensor host-1"));
    EXPECT_THAT(journal, HasSubstr("sensor host-1 enrolled"));
    EXPECT_THAT(journal, HasSubstr("sensor host-1 revoked"));
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_EQ(audit_->end(SIGTERM), 0);
}

TEST_F(InstalledTest, WithoutTheJournalNobodyIsEnrolled) {
    start_audit();
    start();
    ASSERT_EQ(audit_->end(SIGTERM), 0);
    EXPECT_NE(enrol_by_command("host-2").code, 0);
    EXPECT_FALSE(fs::exists(folder_ / "host-2.pem"));
    EXPECT_THAT(shoji({"--json", "sensor", "list"}).output, Not(HasSubstr("host-2")));
    // It finds its way back to a journal that is there again.
    start_audit();
    EXPECT_EQ(enrol_by_command("host-2").code, 0);
    EXPECT_THAT(shoji({"--json", "sensor", "list"}).output, HasSubstr("host-2"));
}

TEST_F(InstalledTest, StoredEventsAreReadAndShowWhoStartedWhat) {
    start_audit();
    start();
    const auto sensor = sensor_of("host-1");
    ASSERT_TRUE(sensor);
    ASSERT_TRUE(sensor->put(spool::Class::event, started({{"g1", "g0", "/usr/sbin/sshd", 11},
                                                          {"g2", "g1", "/bin/bash", 12},
                                                          {"g3", "g2", "/usr/bin/nc", 13},
                                                          {"g4", "g2", "/bin/ls", 14}})));
    ASSERT_TRUE(sensor->put(spool::Class::event, event("no block of a stream")));
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); })) << sensor->status().trouble;
    const auto all = shoji({"--json", "events", "--host", "HOST-1"});
    EXPECT_EQ(all.code, 1) << "a record that is no event is told, and the rest is shown";
    for (const auto* image : {"/usr/sbin/sshd", "/bin/bash", "/usr/bin/nc", "/bin/ls"}) {
        EXPECT_THAT(all.output, HasSubstr(image));
    }
    const auto some = shoji({"--json", "events", "--host", "host-1", "--guid", "g2"}).output;
    EXPECT_THAT(some, HasSubstr(R"("ProcessGuid":"g3")"));
    EXPECT_THAT(some, Not(HasSubstr(R"("ProcessGuid":"g1")")));
    const auto first = shoji({"--json", "events", "--host", "host-1", "--most", "1"});
    EXPECT_EQ(first.code, 0);
    EXPECT_EQ(std::ranges::count(first.output, '\n'), 1);
    EXPECT_EQ(shoji({"events", "--host", "nobody"}).code, 4);
    // The incident's tree has the ancestors, and what else they started is not in it.
    const auto page = shoji({"--language", "en", "incident", "1"}).output;
    EXPECT_THAT(page, HasSubstr("      - /bin/bash (12)"));
    EXPECT_THAT(page, HasSubstr("        ! /usr/bin/nc (13)"));
    EXPECT_THAT(page, HasSubstr("/sbin/parent-of-g1 (10)"));
    EXPECT_THAT(page, Not(HasSubstr("/bin/ls")));
}

TEST_F(InstalledTest, AClosedIncidentStaysClosedAndWhatFollowsIsAnother) {
    start_audit();
    start();
    const auto sensor = sensor_of("host-1");
    ASSERT_TRUE(sensor);
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); }));
    EXPECT_THAT(shoji({"--json", "incidents"}).output, HasSubstr(R"("number":1)"));
    EXPECT_EQ(shoji({"incident", "1", "--close"}).code, 2) << "somebody answers for it";
    EXPECT_EQ(shoji({"incident", "9", "--close", "--by", "Hanako", "--reason", "x"}).code, 4);
    ASSERT_EQ(audit_->end(SIGTERM), 0);
    EXPECT_EQ(shoji({"incident", "1", "--close", "--by", "Hanako", "--reason", "x"}).code, 3)
        << "nor without the journal";
    EXPECT_THAT(shoji({"--json", "incidents"}).output, HasSubstr(R"("number":1)"));
    start_audit();
    EXPECT_EQ(shoji({"incident", "1", "--close", "--by", "Hanako", "--reason", "a drill"}).code, 0);
    EXPECT_THAT(shoji({"audit", "export"}).output, HasSubstr("incident 1 closed"));
    EXPECT_THAT(shoji({"audit", "export"}).output, HasSubstr("Hanako: a drill"));
    EXPECT_EQ(shoji({"incident", "1", "--close", "--by", "Hanako", "--reason", "x"}).code, 4);
    // What stays: its page, which says that it is over, and the alerts.
    EXPECT_THAT(shoji({"--json", "incident", "1"}).output, HasSubstr(R"("state":"over")"));
    EXPECT_THAT(shoji({"--json", "alerts"}).output, HasSubstr(R"("rule":"one")"));
    // Also for the next hub.
    EXPECT_EQ(end(SIGKILL), -SIGKILL);
    start();
    EXPECT_THAT(shoji({"--json", "incidents"}).output, Not(HasSubstr("number")));
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] {
        return shoji({"--json", "incidents"}).output.find(R"("number":2)") != std::string::npos;
    }));
}

TEST_F(InstalledTest, WhatTheHubIsToldNotToTellIsStoredButNoIncident) {
    start_audit();
    start();
    const auto sensor = sensor_of("host-1");
    ASSERT_TRUE(sensor);
    const auto list = folder_ / "suppressions.toml";
    const auto set = [&](const std::string& text) {
        std::ofstream(list) << text;
        return shoji({"suppressions", "set", list, "--by", "Hanako", "--reason", "a drill"}).code;
    };
    const std::string entry =
        "[[suppression]]\nrule = 'one'\nhost = 'HOST-1'\nowner = 'Taro'\n"
        "reason = 'every night'\nexpires = 2100-01-01\n";
    ASSERT_EQ(set(entry), 0);
    EXPECT_NE(set(entry + "[[suppression]]\nrule = 'two'\n"), 0) << "nobody answers for it";
    EXPECT_NE(set("no TOML"), 0);
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] { return is_empty(*sensor); }));
    // A hub that starts again has them still.
    EXPECT_EQ(end(SIGTERM), 0);
    start();
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] { return stored_rules().size() == 2; }));
    EXPECT_THAT(shoji({"--json", "incidents"}).output, Not(HasSubstr("number")));
    const auto told = shoji({"--json", "suppressions", "list"}).output;
    EXPECT_THAT(told, HasSubstr(R"("owner":"Taro")"));
    EXPECT_THAT(told, HasSubstr(R"("held":2)"));
    EXPECT_THAT(shoji({"audit", "export"}).output, HasSubstr("1 suppressions set"));
    ASSERT_EQ(set(""), 0);
    ASSERT_TRUE(sensor->put(spool::Class::alert, grave("one", 13)));
    ASSERT_TRUE(eventually([&] {
        return shoji({"--json", "incidents"}).output.find("number") != std::string::npos;
    }));
}

// Asked of the programs themselves, by nobody in particular.
TEST(ProgramsTest, EachExplainsItselfInTheLanguageOfTheEnvironment) {
    const auto error_of = [](const char* language, const char* program) {
        return output_of({"/usr/bin/env", language, "/bin/sh", "-c", "exec \"$0\" --nonsense 2>&1",
                          program})
            .output;
    };
    for (const char* program :
         {SHOJI_HUB_PROGRAM, SHOJI_SENSOR_PROGRAM, SHOJI_AUDIT_PROGRAM, SHOJI_GATEWAY_PROGRAM}) {
        const auto english = output_of({"/usr/bin/env", "LC_ALL=en_GB.UTF-8", program, "--help"});
        EXPECT_EQ(english.code, 0) << program;
        EXPECT_THAT(english.output, HasSubstr("Usage: shoji-"));
        const auto japanese = output_of({"/usr/bin/env", "LC_ALL=ja_JP.UTF-8", program, "--help"});
        EXPECT_EQ(japanese.code, 0) << program;
        EXPECT_THAT(japanese.output, HasSubstr("使い方: shoji-"));
        EXPECT_THAT(japanese.output, Not(HasSubstr("Usage")));
        EXPECT_EQ(output_of({program, "--nonsense"}).code, 2) << program;
        EXPECT_THAT(error_of("LC_ALL=en_GB.UTF-8", program), HasSubstr("See --help."));
        EXPECT_THAT(error_of("LC_ALL=ja_JP.UTF-8", program),
                    HasSubstr("使い方は --help で確認できます"));
    }
}

}  // namespace
}  // namespace shoji::hub
