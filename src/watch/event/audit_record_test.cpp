#include "watch/event/audit_record.h"

#include "watch/event/audit_syscalls.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

std::vector<std::string> items(std::string_view text) {
    std::vector<std::string> all;
    AuditFields fields(text);
    AuditFields::Item item;
    while (fields.next(item)) {
        all.push_back(std::string(item.name) + (item.quoted ? "=\"" : "=") +
                      std::string(item.value));
    }
    return all;
}

TEST(AuditRecord, HasStampTypeAndNode) {
    const auto record = parse_audit_record(
        "node=server7 type=SYSCALL msg=audit(1700000000.123:456): arch=c000003e syscall=59");
    ASSERT_TRUE(record);
    EXPECT_EQ(record->node, "server7");
    EXPECT_EQ(record->type, "SYSCALL");
    EXPECT_EQ(record->time, 1'700'000'000'123'000'000);
    EXPECT_EQ(record->serial, 456U);
    EXPECT_THAT(items(record->fields), ::testing::ElementsAre("arch=c000003e", "syscall=59"));
}

TEST(AuditRecord, RefusesWhatIsNone) {
    for (const auto* line :
         {"", "type=", "type=SYSCALL", "type=SYSCALL msg=audit(1.2:x): a=b",
          "type=SYSCALL msg=audit(1.1000:1): a", "type= msg=audit(1.2:3): a",
          "type=SYSCALL msg=audit(99999999999999.000:1): a", "type=SYSCALL msg=audit(-1.000:1): a",
          "type=SYSCALL msg=audit(1.2:99999999999999999999999): a", "Nov 20 10:02:03 host a: b"}) {
        EXPECT_FALSE(parse_audit_record(line)) << line;
    }
}

TEST(AuditRecord, GivesFieldsOfTheKernelOfProgramsAndOfAuditd) {
    EXPECT_THAT(
        items(R"( comm="a b" exe=2F746D70 key=(null))"
              "\x1d"
              R"(ARCH=x86_64 UID="root" SADDR={ saddr_fam=inet laddr=192.0.2.1 lport=443 })"),
        ::testing::ElementsAre("comm=\"a b", "exe=2F746D70", "key=(null)", "ARCH=x86_64",
                               "UID=\"root",
                               "SADDR=\"{ saddr_fam=inet laddr=192.0.2.1 lport=443 }"));
    EXPECT_THAT(items(R"( pid=1 msg='op=login acct="root" addr=10.0.0.5 res=success')"
                      "\x1dUID=\"root\""),
                ::testing::ElementsAre("pid=1", "op=login", "acct=\"root", "addr=10.0.0.5",
                                       "res=success", "UID=\"root"));
    EXPECT_THAT(items("words alone =x a=\"never closed b=c"),
                ::testing::ElementsAre("a=\"never", "b=c"));
    EXPECT_THAT(items("msg='a=b"), ::testing::ElementsAre("a=b"));
}

TEST(AuditRecord, KnowsWhatMayBeHexadecimal) {
    EXPECT_TRUE(is_encoded_audit_field("EXECVE", "a0"));
    EXPECT_FALSE(is_encoded_audit_field("EXECVE", "a0_len"));
    EXPECT_FALSE(is_encoded_audit_field("SYSCALL", "a0"));
    EXPECT_TRUE(is_encoded_audit_field("PATH", "name"));
    EXPECT_FALSE(is_encoded_audit_field("PATH", "inode"));
    EXPECT_EQ(decode_hexadecimal("6C730020"), std::string("ls\0 ", 4));
    EXPECT_FALSE(decode_hexadecimal("6C7"));
    EXPECT_FALSE(decode_hexadecimal("6G"));
    EXPECT_FALSE(decode_hexadecimal(""));
}

TEST(AuditRecord, ReadsAddresses) {
    const auto address = [](std::string_view digits) {
        const auto parsed = parse_audit_address(*decode_hexadecimal(digits));
        return parsed ? parsed->text + " " + std::to_string(parsed->port) : "none";
    };
    EXPECT_EQ(address("020001BBC00002010000000000000000"), "192.0.2.1 443");
    EXPECT_EQ(address("0A0001BB0000000020010DB800000000000000000000000100000000"),
              "2001:db8::1 443");
    EXPECT_EQ(address("0A000035000000000000000000000000000000000000000100000000"), "::1 53");
    EXPECT_EQ(address("0A000035000000000001000000030004000500060007000800000000"),
              "1:0:3:4:5:6:7:8 53");
    EXPECT_EQ(address("01002F72756E2F78000000"), "/run/x 0");
    EXPECT_EQ(address("0100006162"), "@ab 0");
    EXPECT_EQ(address("020001BB"), "none");
    EXPECT_EQ(address("1000"), "none");
    EXPECT_EQ(address("10"), "none");
}

TEST(AuditSyscalls, NamesSystemCalls) {
    const AuditSyscalls calls;
    EXPECT_EQ(calls.name("c000003e", "59"), "execve");
    EXPECT_EQ(calls.name("c000003e", "0"), "read");
    EXPECT_EQ(calls.name("c000003e", "424"), "pidfd_send_signal") << "behind a hole";
    EXPECT_EQ(calls.name("c000003e", "400"), "");
    EXPECT_EQ(calls.name("c000003e", "99999999"), "");
    EXPECT_EQ(calls.name("c000003e", "x"), "");
    EXPECT_EQ(calls.name("40000003", "11"), "execve");
    EXPECT_EQ(calls.name("c00000b7", "221"), "execve");
    EXPECT_EQ(calls.name("c00000b7", "79"), "newfstatat");
    EXPECT_EQ(calls.name("80000016", "11"), "");
}

}  // namespace
}  // namespace shoji::event
