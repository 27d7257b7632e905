#include "watch/response/response_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::response {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(ResponsePolicy, IsReadFromTheAdministratorsFile) {
    const auto key = journal::SigningKey::generate().public_key();
    auto key_text = journal::to_text(key);
    key_text.pop_back();
    const auto policy = parse_response_policy(R"(
host = "terminal-1"
protected_programs = ["/usr/sbin/sshd"]
protected_units = ["postgresql.service"]
collect_memory = true
[isolation]
collectors = ["10.0.0.2:8443", "[fd00::2]:8443"]
listed = ["10.5.0.0/16"]
resolvers = ["10.0.0.4"]
packet_programs = ["/usr/sbin/dhclient"]
[quarantine]
file_megabytes = 2
[orders]
two_persons = ["isolate"]
[[orders.signers]]
name = "hanako"
key = ")" + key_text + R"("
[[rules]]
id = "a"
response = "kill"
ask = false
[[rules]]
id = "b"
response = "isolate"
)");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(policy->orders.host, "terminal-1");
    EXPECT_THAT(policy->protected_programs, Contains("/usr/sbin/sshd"));
    EXPECT_THAT(policy->protected_programs, Contains("/lib/systemd/systemd"));
    EXPECT_THAT(policy->protected_units, Contains("postgresql.service"));
    EXPECT_THAT(policy->protected_units, Contains("shoji-gateway.service"));
    EXPECT_TRUE(policy->memory_may_be_collected);
    EXPECT_EQ(policy->vault.file_bytes, 2U << 20U);
    EXPECT_EQ(policy->vault.free_bytes, VaultLimits().free_bytes);
    EXPECT_EQ(policy->isolation.collectors.size(), 2U);
    EXPECT_EQ(policy->isolation.collectors[1].port, 8443);
    EXPECT_TRUE(policy->isolation.collectors[1].address.version_6);
    EXPECT_EQ(policy->orders.signers.at(0).key, key);
    EXPECT_TRUE(policy->orders.two_persons.contains(ActionKind::isolate));
    EXPECT_FALSE(policy->rules.at("a").asks);
    EXPECT_TRUE(policy->rules.at("b").asks) << "a person is asked unless the rule says otherwise";
}

TEST(ResponsePolicy, SaysWhatIsWrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "host"},
        {"host = 1", "host"},
        {"host = \"h\"\nhots = 1", "hots"},
        {"host = \"h\"\nprotected_programs = [\"sshd\"]", "protected_programs"},
        {"host = \"h\"\nprotected_programs = \"/x\"", "protected_programs"},
        {"host = \"h\"\nprotected_units = [\"sshd\"]", "protected_units"},
        {"host = \"h\"\nprotected_units = [\"a/b.service\"]", "protected_units"},
        {"host = \"h\"\ncollect_memory = 1", "collect_memory"},
        {"host = \"h\"\nisolation = 1", "isolation"},
        {"host = \"h\"\n[isolation]\ncollectors = [\"10.0.0.2\"]", "collectors"},
        {"host = \"h\"\n[isolation]\ncollectors = [\"10.0.0.0/8:1\"]", "collectors"},
        {"host = \"h\"\n[isolation]\ncollectors = [\"fd00::2:8443\"]", "collectors"},
        {"host = \"h\"\n[isolation]\nlisted = [\"everything\"]", "everything"},
        {"host = \"h\"\n[quarantine]\nfile_megabytes = 0", "file_megabytes"},
        {"host = \"h\"\n[quarantine]\nfree_megabytes = \"1\"", "free_megabytes"},
        {"host = \"h\"\n[orders]\ntwo_persons = [\"isolat\"]", "two_persons"},
        {"host = \"h\"\n[[orders.signers]]\nname = \"x\"", "signers"},
        {"host = \"h\"\n[[rules]]\nid = \"a\"", "rules"},
        {"host = \"h\"\n[[rules]]\nid = \"a\"\nresponse = \"release\"", "rules"},
        {"host = \"h\"\n[[rules]]\nid = \"a\"\nresponse = \"kill\"\nask = \"no\"", "rules"},
        {"host = = 1", "line 1"},
    };
    for (const auto& [text, named] : cases) {
        const auto policy = parse_response_policy(text);
        ASSERT_FALSE(policy) << text;
        EXPECT_THAT(policy.error().message, HasSubstr(named)) << text;
    }
}

}  // namespace
}  // namespace shoji::response
