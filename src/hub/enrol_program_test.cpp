// The real shoji, shoji-audit and shoji-hub in an installation that `shoji init` made: a sensor is
// enrolled, and the journal knows who was given what.
#include "hub/program_fixture_test.h"
#include "hub/programs_test.h"
#include "watch/channel/context.h"

#include <optional>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace shoji::hub {
namespace {

using testing::HasSubstr;
using testing::Not;

class EnrolTest : public HubProgramTest {
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
    [[nodiscard]] std::string bundle(const std::string& name) const {
        std::ifstream file(folder_ / (name + ".pem"));
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::optional<RunningProgram> audit_;
};

TEST_F(EnrolTest, AnEnrolledSensorDeliversAndTheJournalKnows) {
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

TEST_F(EnrolTest, WithoutTheJournalNobodyIsEnrolled) {
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

}  // namespace
}  // namespace shoji::hub
