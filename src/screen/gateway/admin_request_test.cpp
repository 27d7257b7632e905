#include "screen/gateway/admin_request.h"

#include "core/text/text.h"

#include <gtest/gtest.h>

namespace shoji::gateway::admin {
namespace {

template <class T>
T parsed(std::string_view line) {
    auto request = parse(line);
    EXPECT_TRUE(request) << line << ": " << request.error().message;
    return std::get<T>(request.value());
}

TEST(AdminRequest, IsReadForEachCommand) {
    const auto user = parsed<UserAdd>(R"({"command":"user.add","name":"hanako","role":"staff"})");
    EXPECT_EQ(user.name, "hanako");
    EXPECT_EQ(user.role, "staff");
    parsed<UserList>(R"({"command":"user.list"})");
    EXPECT_EQ(parsed<UserRemove>(R"({"command":"user.remove","name":"h"})").name, "h");
    EXPECT_EQ(parsed<UserReset>(R"({"command":"user.reset","name":"h"})").name, "h");
    EXPECT_EQ(parsed<UserUnlock>(R"({"command":"user.unlock","name":"h"})").name, "h");
    parsed<TerminalList>(R"({"command":"terminal.list"})");
    EXPECT_EQ(parsed<TerminalRevoke>(R"({"command":"terminal.revoke","name":"d"})").name, "d");
    parsed<SessionList>(R"({"command":"session.list"})");
    EXPECT_EQ(
        parsed<SessionKill>(R"({"command":"session.kill","id":"000102030405060708090a0b0c0d0e0f"})")
            .id.at(15),
        15);
    EXPECT_FALSE(parsed<DestinationRefused>(R"({"command":"destination.refused"})").destination);
    parsed<ConfigurationGet>(R"({"command":"configuration.get"})");
    parsed<Status>(R"({"command":"status"})");
}

TEST(AdminRequest, ReadsATerminal) {
    const std::string fingerprint(64, 'a');
    const auto terminal = parsed<TerminalAdd>(
        R"({"command":"terminal.add","name":"desk-1","zone":"counter","expires":1900000000,"fingerprint":")" +
        fingerprint + "\"}");
    EXPECT_EQ(terminal.fingerprint.at(31), 0xaa);
    EXPECT_EQ(terminal.expires, 1900000000);
}

TEST(AdminRequest, ReadsASoundConfigurationOnly) {
    const auto apply = [](std::string_view configuration) {
        return fmt::format(R"({{"command":"configuration.apply","revision":3,"configuration":{}}})",
                           configuration);
    };
    const auto good = parsed<ConfigurationApply>(
        apply(R"({"zones":[{"id":"counter","name":{"ja":"窓口","en":"Counter"}}]})"));
    EXPECT_EQ(good.revision, 3);
    EXPECT_EQ(good.configuration.zones.size(), 1U);
    const auto unsound = parse(apply(
        R"({"routes":[{"id":"r","from_zone":"nowhere","role":"nobody","destination":"nothing"}]})"));
    ASSERT_FALSE(unsound);
    EXPECT_EQ(unsound.error().kind, base::ErrorKind::invalid);
    EXPECT_NE(unsound.error().message.find("nowhere"), std::string::npos)
        << "each problem is named";
    EXPECT_NE(unsound.error().message.find("nobody"), std::string::npos);
    EXPECT_FALSE(parse(apply("[]")));
    EXPECT_FALSE(parse(apply(R"({"unknown":[]})")));
}

TEST(AdminRequest, IsRefusedWhenMalformed) {
    for (
        const std::string_view line :
        {"", "{}", "[]", "status", R"({"command":"no.such"})", R"({"command":7})",
         R"({"command":"status","more":1})", R"({"command":"user.add","name":"h"})",
         R"({"command":"user.add","name":"Hanako","role":"staff"})",
         R"({"command":"user.remove","name":"h","name":"taro"})",
         R"({"command":"status","command":"user.list"})",
         R"({"command":"configuration.apply","revision":1,"configuration":{"zones":[],"zones":[]}})",
         R"({"command":"user.add","name":"../x","role":"staff"})",
         R"({"command":"user.add","name":"h","role":"s","administrator":true})",
         R"({"command":"session.kill","id":"00"})", R"({"command":"session.kill"})",
         R"({"command":"terminal.add","name":"d","zone":"z","fingerprint":"aa","expires":1})",
         R"({"command":"configuration.apply","revision":-1,"configuration":{}})",
         R"({"command":"configuration.apply","revision":1})"}) {
        const auto request = parse(line);
        ASSERT_FALSE(request) << line;
        EXPECT_EQ(request.error().kind, base::ErrorKind::invalid);
        EXPECT_TRUE(text::knows(request.error().key)) << line << ": no words for people";
    }
}

TEST(AdminRequest, IsRefusedWhenTooLong) {
    EXPECT_FALSE(parse(std::string(maximum_line + 1, ' ')));
}

}  // namespace
}  // namespace shoji::gateway::admin
