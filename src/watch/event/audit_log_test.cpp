#include "watch/event/audit_log.h"

#include "watch/event/log_sources.h"
#include "watch/event/testing/shown.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

using ::testing::ElementsAre;
using testing::source_of;
using testing::values;

struct Read {
    std::string type;
    std::string source;
    std::uint64_t record;
    std::vector<std::pair<std::string, std::string>> fields;

    [[nodiscard]] std::string value(std::string_view name) const {
        std::string all;
        for (const auto& [field, value] : fields) {
            if (field == name) all += (all.empty() ? "" : "|") + value;
        }
        return all;
    }
};

class AuditLogTest : public ::testing::Test {
  protected:
    AuditLogTest() { add_log_sources(names_); }

    std::vector<Read> read(const std::string& text) {
        text_ = text;
        AuditLog log(text_, names_);
        Event event;
        std::vector<Read> all;
        while (log.next(event)) {
            Read one{values(event, "type"), source_of(event, names_), event.record, {}};
            for (const auto& field : event.fields())
                one.fields.emplace_back(field.name, field.value);
            all.push_back(std::move(one));
        }
        damages_ = log.damages();
        return all;
    }
    // "type serial" of each event.
    static std::vector<std::string> shown(const std::vector<Read>& all) {
        std::vector<std::string> lines;
        lines.reserve(all.size());
        for (const auto& one : all) lines.push_back(one.type + " " + std::to_string(one.record));
        return lines;
    }

    Names names_;
    std::string text_;
    Damages damages_;
};

// A program's start, as auditd 3 writes it with log_format = ENRICHED (from a machine of one's
// own).
constexpr std::string_view started =
    "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 "
    "a1=55d1 a2=55d2 a3=8 items=2 ppid=100 pid=200 auid=1000 uid=0 gid=0 euid=33 ses=3 tty=pts0 "
    "comm=\"ls\" exe=\"/usr/bin/ls\" key=\"susp\"\x1d"
    "ARCH=x86_64 SYSCALL=execve AUID=\"tanaka\" "
    "UID=\"root\"\n"
    "type=EXECVE msg=audit(1700000000.123:7): argc=3 a0=\"ls\" a1=\"-l\" a2=2F746D702F61206A\n"
    "type=CWD msg=audit(1700000000.123:7): cwd=\"/home/tanaka\"\n"
    "type=PATH msg=audit(1700000000.123:7): item=0 name=\"/usr/bin/ls\" inode=1 dev=08:01 "
    "mode=0100755 nametype=NORMAL\n"
    "type=PROCTITLE msg=audit(1700000000.123:7): proctitle=6C73002D6C002F746D702F61206A\n";

TEST_F(AuditLogTest, GivesOneEventARecordWithWhoDidIt) {
    const auto all = read(std::string(started));
    ASSERT_THAT(shown(all), ElementsAre("SYSCALL 7", "EXECVE 7", "CWD 7", "PATH 7", "PROCTITLE 7"));
    EXPECT_EQ(all[0].source, "linux/auditd/process_creation");
    EXPECT_EQ(all[0].value("SYSCALL"), "execve");
    EXPECT_EQ(all[0].value("a0"), "55d0") << "a number, no text";
    EXPECT_EQ(all[0].value("euid"), "33");
    EXPECT_EQ(all[0].value("key"), "susp");
    EXPECT_EQ(all[0].value("Image"), "/usr/bin/ls");
    EXPECT_EQ(all[0].value("CommandLine"), "ls -l /tmp/a j");
    EXPECT_EQ(all[0].value("User"), "root");
    EXPECT_EQ(all[0].value("ProcessId"), "200");
    EXPECT_EQ(all[0].value("ParentProcessId"), "100");
    EXPECT_EQ(all[0].value("CurrentDirectory"), "/home/tanaka");
    EXPECT_EQ(all[0].value("LogonId"), "3");
    EXPECT_EQ(all[1].source, "linux/auditd/-");
    EXPECT_EQ(all[1].value("a2"), "/tmp/a j");
    EXPECT_EQ(all[1].value("exe"), "/usr/bin/ls");
    EXPECT_EQ(all[1].value("key"), "") << "of the SYSCALL record alone";
    EXPECT_EQ(all[3].value("name"), "/usr/bin/ls");
    EXPECT_EQ(all[4].value("proctitle"), "ls -l /tmp/a j");
    EXPECT_EQ(damages_.count(), 0U);
}

TEST_F(AuditLogTest, PutsInterleavedEventsTogether) {
    const auto line = [](int serial, std::string_view rest) {
        return fmt::format("node=n type={} \n", fmt::format(fmt::runtime(rest), serial));
    };
    const auto all =
        read(line(1, "SYSCALL msg=audit(10.000:{}): syscall=59 arch=c000003e pid=5") +
             line(2, "SYSCALL msg=audit(10.000:{}): syscall=2 arch=c000003e pid=6") +
             line(1, "EXECVE msg=audit(10.000:{}): argc=1 a0=\"one\"") +
             line(3, "USER_LOGIN msg=audit(10.001:{}): pid=9 msg='acct=\"x\" res=failed'") +
             line(2, "PATH msg=audit(10.000:{}): name=\"two\"") +
             line(1, "PROCTITLE msg=audit(10.000:{}): proctitle=\"one\"") +
             line(2, "EOE msg=audit(10.000:{}):"));
    EXPECT_THAT(shown(all), ElementsAre("USER_LOGIN 3", "SYSCALL 1", "EXECVE 1", "PROCTITLE 1",
                                        "SYSCALL 2", "PATH 2"));
    EXPECT_EQ(all[1].value("CommandLine"), "one");
    EXPECT_EQ(all[1].value("Computer"), "n");
    EXPECT_EQ(all[5].value("pid"), "6");
}

TEST_F(AuditLogTest, AnEventEndsWithTheLogsTimeOrTheFile) {
    const auto all = read(
        "type=SYSCALL msg=audit(10.000:1): syscall=59\ntype=SYSCALL msg=audit(12.000:2): "
        "syscall=59\ntype=PATH msg=audit(10.000:1): name=\"late\"\n");
    EXPECT_THAT(shown(all), ElementsAre("SYSCALL 1", "SYSCALL 2", "PATH 1"));
    EXPECT_EQ(all[2].value("pid"), "") << "an event of its own";
}

TEST_F(AuditLogTest, JoinsArgumentsOfSeveralRecordsAndParts) {
    const auto all = read(
        "type=SYSCALL msg=audit(10.000:1): arch=c000003e syscall=59 success=yes pid=4\n"
        "type=EXECVE msg=audit(10.000:1): argc=3 a0=\"sh\" a1_len=8 a1[0]=6162 a1[1]=6364\n"
        "type=EXECVE msg=audit(10.000:1): a2=\"end\"\n");
    ASSERT_THAT(shown(all), ElementsAre("SYSCALL 1", "EXECVE 1"));
    EXPECT_EQ(all[0].value("CommandLine"), "sh abcd end");
    EXPECT_EQ(all[0].value("SYSCALL"), "execve") << "looked up here";
    EXPECT_EQ(all[1].value("a1"), "abcd");
    EXPECT_EQ(all[1].value("a2"), "end");
}

TEST_F(AuditLogTest, KnowsTheParentThatItSaw) {
    const auto start = [](int serial, int pid, int ppid, std::string_view name) {
        return fmt::format(
            "type=SYSCALL msg=audit(10.000:{0}): arch=c000003e syscall=59 success=yes pid={1} "
            "ppid={2} exe=\"/bin/{3}\"\ntype=EXECVE msg=audit(10.000:{0}): argc=1 a0=\"{3}\"\n"
            "type=PROCTITLE msg=audit(10.000:{0}): proctitle=\"{3}\"\n",
            serial, pid, ppid, name);
    };
    const auto all = read(start(1, 50, 1, "nginx") + start(2, 51, 50, "sh"));
    ASSERT_EQ(all.size(), 6U);
    EXPECT_EQ(all[0].value("ParentImage"), "");
    EXPECT_EQ(all[3].value("ParentImage"), "/bin/nginx");
    EXPECT_EQ(all[3].value("ParentCommandLine"), "nginx");
}

TEST_F(AuditLogTest, TellsFilesMadeDeletedRenamedAndRead) {
    const auto call = [](std::string_view name, std::string_view more, std::string_view paths) {
        return fmt::format(
            "type=SYSCALL msg=audit(10.000:1): success=yes pid=4 uid=0 exe=\"/bin/x\" {} "
            "SYSCALL={}\n"
            "type=CWD msg=audit(10.000:1): cwd=\"/etc\"\n{}",
            more, name, paths);
    };
    const auto path = [](std::string_view name, std::string_view kind) {
        return fmt::format("type=PATH msg=audit(10.000:1): name=\"{}\" mode=0100644 nametype={}\n",
                           name, kind);
    };
    auto all = read(call("openat", "a2=241", path("/etc", "PARENT") + path("./a", "CREATE")));
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[2].source, "linux/auditd/-");
    EXPECT_EQ(all[3].source, "linux/auditd/file_event");
    EXPECT_EQ(all[3].value("TargetFilename"), "/etc/a");
    EXPECT_EQ(all[3].value("Image"), "/bin/x");
    all = read(call("openat", "a2=441", path("/a", "NORMAL")));
    EXPECT_EQ(all[2].source, "linux/auditd/file_event") << "opened for appending";
    all = read(call("open", "a1=0", path("/a", "NORMAL")));
    EXPECT_EQ(all[2].source, "linux/auditd/file_access");
    EXPECT_EQ(all[2].value("FileName"), "/a");
    all = read(call("openat2", "",
                    "type=OPENAT2 msg=audit(10.000:1): oflag=0100001 mode=00 resolve=0x0\n" +
                        path("/a", "NORMAL")));
    EXPECT_EQ(all[3].source, "linux/auditd/file_event");
    all = read(call("unlinkat", "", path("/a", "DELETE")));
    EXPECT_EQ(all[2].source, "linux/auditd/file_delete");
    all = read(call("rename", "", path("/a", "DELETE") + path("/b", "CREATE")));
    EXPECT_EQ(all[0].source, "linux/auditd/file_rename");
    EXPECT_EQ(all[0].value("SourceFilename"), "/a");
    EXPECT_EQ(all[0].value("TargetFilename"), "/b");
    EXPECT_EQ(all[2].source, "linux/auditd/-");
    EXPECT_EQ(all[3].source, "linux/auditd/file_event");
}

TEST_F(AuditLogTest, TellsConnectionsBothWays) {
    const auto call = [](std::string_view name, std::string_view result) {
        return fmt::format(
            "type=SYSCALL msg=audit(10.000:1): {} pid=4 exe=\"/bin/x\" SYSCALL={}\n"
            "type=SOCKADDR msg=audit(10.000:1): saddr=020001BBC00002010000000000000000\n",
            result, name);
    };
    auto all = read(call("connect", "success=no exit=-115"));
    EXPECT_EQ(all[1].source, "linux/auditd/network_connection");
    EXPECT_EQ(all[1].value("DestinationIp"), "192.0.2.1");
    EXPECT_EQ(all[1].value("DestinationPort"), "443");
    EXPECT_EQ(all[1].value("Initiated"), "true");
    all = read(call("accept4", "success=yes exit=5"));
    EXPECT_EQ(all[1].value("SourceIp"), "192.0.2.1");
    EXPECT_EQ(all[1].value("Initiated"), "false");
    all = read(call("connect", "success=no exit=-111"));
    EXPECT_EQ(all[1].source, "linux/auditd/-") << "refused";
}

TEST_F(AuditLogTest, TellsWhoCameIn) {
    const auto all = read(
        "type=USER_LOGIN msg=audit(10.000:1): pid=4 uid=0 auid=1000 msg='op=login id=1000 "
        "exe=\"/usr/sbin/sshd\" hostname=? addr=10.0.0.5 terminal=ssh res=success'\x1d"
        "UID=\"root\" ID=\"tanaka\"\n"
        "type=SERVICE_STOP msg=audit(10.000:2): pid=1 msg='unit=firewalld comm=\"systemd\" "
        "res=success'\n");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].source, "linux/auditd/authentication");
    EXPECT_EQ(all[0].value("User"), "tanaka");
    EXPECT_EQ(all[0].value("SourceIp"), "10.0.0.5");
    EXPECT_EQ(all[0].value("Outcome"), "success");
    EXPECT_EQ(all[0].value("LogonType"), "10");
    EXPECT_EQ(all[1].value("unit"), "firewalld");
}

TEST_F(AuditLogTest, GivesEachKeyAndNoNull) {
    const auto all = read(
        "type=SYSCALL msg=audit(10.000:1): key=6F6E650174776F\n"
        "type=SYSCALL msg=audit(10.000:2): key=(null)\n");
    EXPECT_EQ(all[0].value("key"), "one|two");
    EXPECT_EQ(all[1].value("key"), "");
}

TEST_F(AuditLogTest, TellsWhatItCannotRead) {
    const auto all = read("nonsense\n" + std::string(started) + "type=SYSCALL msg=audit(1");
    EXPECT_EQ(all.size(), 5U);
    ASSERT_EQ(damages_.count(), 2U);
    EXPECT_EQ(damages_.told()[0].offset, 0U);
    EXPECT_EQ(damages_.told()[1].offset, 9 + started.size());
}

TEST_F(AuditLogTest, IsBounded) {
    std::string many;
    for (int i = 0; i < 3000; ++i) {
        many += fmt::format("type=SYSCALL msg=audit(10.000:{}): pid={}\n", i, i);
    }
    EXPECT_EQ(read(many).size(), 3000U) << "all of them, though no more than some stay open";
    std::string long_one;
    for (std::size_t i = 0; i < AuditLog::most_records + 10; ++i) {
        long_one += "type=PATH msg=audit(10.000:1): name=\"a\"\n";
    }
    EXPECT_EQ(read(long_one).size(), AuditLog::most_records);
    EXPECT_EQ(damages_.count(), 10U);
    std::string wide = "type=EXECVE msg=audit(10.000:1): argc=1";
    for (std::size_t i = 0; i < AuditGroup::most_values + 9; ++i) wide += fmt::format(" a{}=1", i);
    EXPECT_EQ(read(wide + "\n").size(), 1U);
    EXPECT_EQ(damages_.count(), 1U);
    EXPECT_THAT(damages_.told()[0].what.message, ::testing::HasSubstr("10 fields too many"));
    read("type=PATH msg=audit(10.000:1): name=" + std::string(AuditLog::most_line, 'A'));
    EXPECT_EQ(damages_.count(), 1U);
}

}  // namespace
}  // namespace shoji::event
