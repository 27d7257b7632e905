// The admin socket, against the real program.
#include "core/text/text.h"
#include "screen/gateway/testing/installation.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::gateway::testing {
namespace {

class AdminFlow : public ::testing::Test {
  protected:
    AdminFlow() { installation_.start(); }

    std::string kind_of_error(const boost::json::object& request) {
        const auto answer = installation_.admin(request);
        if (answer.at("ok").as_bool()) return "none";
        const auto& error = answer.at("error");
        const std::string key(error.at("key").as_string());
        EXPECT_TRUE(text::knows(key)) << boost::json::serialize(error) << ": no words for people";
        for (const auto& [name, value] : error.at("values").as_object()) {
            const std::string english = text::say(text::Language::en, key);
            EXPECT_NE(english.find("{" + std::string(name) + "}"), std::string::npos) << english;
        }
        return std::string(error.at("kind").as_string());
    }

    boost::json::object status() { return installation_.done({{"command", "status"}}).as_object(); }

    Installation installation_;
};

TEST_F(AdminFlow, KeepsUsers) {
    installation_.apply(example_policy());
    EXPECT_EQ(kind_of_error({{"command", "user.add"}, {"name", "h"}, {"role", "unknown"}}),
              "not_found");
    installation_.done({{"command", "user.add"}, {"name", "h"}, {"role", "staff"}});
    EXPECT_EQ(kind_of_error({{"command", "user.add"}, {"name", "h"}, {"role", "staff"}}), "exists");
    const auto list = installation_.done({{"command", "user.list"}}).as_array();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list.at(0).at("name"), "h");
    EXPECT_FALSE(list.at(0).at("enrolled").as_bool());
    installation_.done({{"command", "user.remove"}, {"name", "h"}});
    EXPECT_EQ(kind_of_error({{"command", "user.remove"}, {"name", "h"}}), "not_found");
    EXPECT_EQ(kind_of_error({{"command", "user.reset"}, {"name", "h"}}), "not_found");
    EXPECT_EQ(kind_of_error({{"command", "user.unlock"}, {"name", "h"}}), "not_found");
    EXPECT_EQ(kind_of_error({{"command", "user.add"}, {"name", "H"}, {"role", "staff"}}),
              "invalid");
}

TEST_F(AdminFlow, NamesWhatIsNotThere) {
    installation_.apply(example_policy());
    EXPECT_EQ(kind_of_error({{"command", "destination.refused"}, {"destination", "none"}}),
              "not_found");
    EXPECT_EQ(kind_of_error({{"command", "destination.refused"}, {"destination", "demo"}}), "none");
    const std::string fingerprint(64, 'a');
    EXPECT_EQ(kind_of_error({{"command", "terminal.add"},
                             {"name", "desk"},
                             {"zone", "nowhere"},
                             {"fingerprint", fingerprint},
                             {"expires", 1900000000}}),
              "not_found");
    EXPECT_EQ(kind_of_error({{"command", "terminal.revoke"}, {"name", "desk"}}), "not_found");
    EXPECT_EQ(kind_of_error({{"command", "session.kill"}, {"id", std::string(32, '0')}}),
              "not_found");
    EXPECT_EQ(kind_of_error({{"command", "session.kill"}, {"id", "zz"}}), "invalid");
}

TEST_F(AdminFlow, AppliesAConfigurationToItsRevisionOnly) {
    const auto first = installation_.done({{"command", "configuration.get"}}).as_object();
    EXPECT_EQ(first.at("revision").as_int64(), 0);
    const boost::json::object request{{"command", "configuration.apply"},
                                      {"revision", 0},
                                      {"configuration", first.at("configuration")}};
    EXPECT_EQ(installation_.done(request).as_object().at("revision").as_int64(), 1);
    EXPECT_EQ(kind_of_error(request), "denied");
    installation_.journal().wait_for([](const journal::Record& record) {
        return record.action == journal::Action::configuration && record.who.starts_with("uid:");
    });
}

TEST_F(AdminFlow, KeepsTheConfigurationAcrossARestart) {
    installation_.apply(example_policy());
    installation_.kill();
    installation_.start();
    const auto kept = installation_.done({{"command", "configuration.get"}}).as_object();
    EXPECT_EQ(kept.at("revision").as_int64(), 1);
    EXPECT_EQ(kept.at("configuration").at("destinations").as_array().size(), 2U);
}

TEST_F(AdminFlow, WarnsWhileTheTerminalsNetworksAreNotSet) {
    EXPECT_NE(installation_.log().find("terminals' networks are not set"), std::string::npos);
    EXPECT_TRUE(status().at("terminalNetworks").as_array().empty());
    installation_.kill();
    installation_.change_settings(
        [](base::Settings& settings) { settings.terminal_networks = {"10.1.0.0/16"}; });
    installation_.start();
    EXPECT_EQ(status().at("terminalNetworks"), boost::json::array{"10.1.0.0/16"});
    const auto log = installation_.log();
    EXPECT_EQ(log.find("terminals' networks are not set"),
              log.rfind("terminals' networks are not set"))
        << "the second start warned";
}

TEST_F(AdminFlow, AnswersMalformedAndOversizedLines) {
    for (const std::string& line :
         {std::string("nonsense\n"), std::string("\n"), std::string("{\"command\":\"no\"}\n"),
          std::string((std::size_t{1} << 20U) + 10, 'x')}) {
        const auto answer = boost::json::parse(installation_.admin_line(line)).as_object();
        EXPECT_FALSE(answer.at("ok").as_bool());
        EXPECT_EQ(answer.at("error").at("kind"), "invalid");
    }
    EXPECT_EQ(kind_of_error({{"command", "status"}}), "none");
}

TEST_F(AdminFlow, IsNotHeldByConnectionsThatSayNothing) {
    std::vector<base::FileDescriptor> idle;
    for (int i = 0; i < 200; ++i) {
        auto socket =
            base::connect_unix(installation_.settings().admin_socket(), base::SocketKind::stream);
        ASSERT_TRUE(socket) << socket.error().message;
        // Half a line is no line.
        ASSERT_EQ(::send(socket->get(), "{", 1, MSG_NOSIGNAL), 1);
        idle.push_back(std::move(*socket));
    }
    EXPECT_EQ(kind_of_error({{"command", "status"}}), "none");
}

TEST_F(AdminFlow, TurnsOtherUsersAway) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        if (::setresuid(nobody, nobody, nobody) != 0) ::_exit(2);
        const auto socket =
            base::connect_unix(installation_.settings().admin_socket(), base::SocketKind::stream);
        if (!socket) ::_exit(3);
        const std::string line = "{\"command\":\"status\"}\n";
        std::array<char, 100> answer{};
        // It may be closed already, which is a signal to write(2).
        const bool sent = ::send(socket->get(), line.data(), line.size(), MSG_NOSIGNAL) > 0;
        const bool answered = sent && ::read(socket->get(), answer.data(), answer.size()) > 0;
        ::_exit(answered ? 1 : 0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "somebody else was answered, or could not even ask";
}

}  // namespace
}  // namespace shoji::gateway::testing
