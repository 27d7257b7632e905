// Activities of Linux, of networks and of Shoji itself, from the text of their logs on.
#include "watch/event/activity_view.h"
#include "watch/event/audit_log.h"
#include "watch/event/json_log.h"
#include "watch/event/text_log.h"
#include "watch/event/time.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class ActivitySourcesTest : public ::testing::Test {
  protected:
    // The first activity of the log; false when there is none.
    template <class Log>
    bool first(Log&& log) {
        while (log.next(event_)) {
            if (view_.view(event_, activity_)) return true;
        }
        return false;
    }
    bool audit(std::string_view text) {
        text_ = text;
        log_.emplace(text_, names_);
        return first(*log_);
    }
    bool line(std::string_view text) {
        pad(text);
        texts_.emplace(std::string_view(text_.data(), text.size()), names_, windows_,
                       SyslogDefaults{*parse_time("2026-11-29"), 0});
        return first(*texts_);
    }
    bool json(std::string_view text) {
        pad(text);
        documents_.emplace(std::string_view(text_.data(), text.size()), names_, windows_);
        return first(*documents_);
    }
    void pad(std::string_view text) {
        text_ = text;
        text_.resize(text.size() + json_padding);
    }
    // An event of the sensor.
    bool sensor(std::string_view category,
                const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
        event_.clear();
        event_.source.product = names_.source("linux");
        event_.source.categories.front() = names_.source(category);
        for (const auto& [name, value] : fields) {
            event_.add({names_.field(name), Type::text, name, value});
        }
        return view_.view(event_, activity_);
    }

    Names names_;
    WindowsSources windows_{names_};
    ActivityView view_{names_};
    std::string text_;
    std::optional<AuditLog> log_;
    std::optional<TextLog> texts_;
    std::optional<JsonLog> documents_;
    Event event_;
    Activity activity_;
};

TEST_F(ActivitySourcesTest, SeesWhatAuditdSaw) {
    ASSERT_TRUE(
        audit("node=h type=SYSCALL msg=audit(10.000:1): SYSCALL=execve success=yes ppid=7 "
              "pid=8 uid=0 exe=\"/bin/ls\" UID=\"root\"\n"
              "node=h type=EXECVE msg=audit(10.000:1): argc=2 a0=\"ls\" a1=\"-l\"\n"));
    EXPECT_EQ(activity_.kind, ActivityKind::process);
    EXPECT_EQ(activity_.time, 10'000'000'000);
    EXPECT_EQ(activity_.host, "h");
    EXPECT_EQ(activity_.user, "root");
    EXPECT_EQ(activity_.process, "/bin/ls");
    EXPECT_EQ(activity_.command, "ls -l");
    EXPECT_EQ(activity_.process_id, 8U);
    EXPECT_EQ(activity_.parent_id, 7U);
    const auto made = [](std::string_view path) {
        return fmt::format(
            "type=SYSCALL msg=audit(10.000:1): SYSCALL=openat a2=241 success=yes pid=8\n"
            "type=PATH msg=audit(10.000:1): name=\"{}\" nametype=CREATE\n",
            path);
    };
    ASSERT_TRUE(audit(made("/tmp/x")));
    EXPECT_EQ(activity_.kind, ActivityKind::file_write);
    EXPECT_EQ(activity_.path, "/tmp/x");
    for (const auto* path : {"/etc/systemd/system/x.service", "/usr/lib/systemd/system/x.timer",
                             "/home/t/.config/systemd/user/x.service"}) {
        ASSERT_TRUE(audit(made(path)));
        EXPECT_EQ(activity_.kind, ActivityKind::service) << path;
        EXPECT_EQ(activity_.protocol, "unit");
        EXPECT_EQ(activity_.target, path);
    }
    ASSERT_TRUE(audit(made("/etc/cron.d/x")));
    EXPECT_EQ(activity_.protocol, "cron");
    ASSERT_TRUE(
        audit("type=SYSCALL msg=audit(10.000:1): SYSCALL=connect success=yes pid=8\n"
              "type=SOCKADDR msg=audit(10.000:1): saddr=020001BBC00002010000000000000000\n"));
    EXPECT_EQ(activity_.kind, ActivityKind::connection);
    EXPECT_EQ(activity_.peer, "192.0.2.1");
    EXPECT_EQ(activity_.port, 443);
    EXPECT_FALSE(
        audit("type=SYSCALL msg=audit(10.000:1): SYSCALL=accept success=yes pid=8\n"
              "type=SOCKADDR msg=audit(10.000:1): saddr=020001BBC00002010000000000000000\n"));
    ASSERT_TRUE(
        audit("type=USER_LOGIN msg=audit(10.000:1): pid=8 msg='acct=\"root\" "
              "addr=10.0.0.5 res=success'\n"));
    EXPECT_EQ(activity_.kind, ActivityKind::logon);
    EXPECT_EQ(activity_.logon_type, 10);
    EXPECT_FALSE(audit("type=USER_LOGIN msg=audit(10.000:1): msg='acct=\"root\" res=failed'\n"));
}

TEST_F(ActivitySourcesTest, SeesWhatASensorSays) {
    ASSERT_TRUE(sensor("network_connection", {{"Image", "/bin/x"},
                                              {"Initiated", "true"},
                                              {"DestinationIp", "192.0.2.1"},
                                              {"DestinationPort", "443"},
                                              {"Protocol", "TCP"},
                                              {"BytesSent", "10"},
                                              {"BytesReceived", "20"},
                                              {"DurationNanoseconds", "5"}}));
    EXPECT_EQ(activity_.bytes_out, 10U);
    EXPECT_EQ(activity_.bytes_in, 20U);
    EXPECT_EQ(activity_.duration, 5);
    EXPECT_EQ(activity_.protocol, "tcp");
    ASSERT_TRUE(sensor("file_event",
                       {{"TargetFilename", "/x"}, {"BytesWritten", "7"}, {"Entropy", "7.5"}}));
    EXPECT_EQ(activity_.bytes_out, 7U);
    EXPECT_EQ(activity_.entropy, 7.5);
    EXPECT_FALSE(sensor("file_event", {{"TargetFilename", "/x"}, {"EventType", "open_write"}}));
    ASSERT_TRUE(
        sensor("file_change",
               {{"TargetFilename", "/x"}, {"EventType", "close_write"}, {"BytesWritten", "9"}}));
    EXPECT_EQ(activity_.kind, ActivityKind::file_write);
    EXPECT_EQ(activity_.bytes_out, 9U);
    EXPECT_FALSE(sensor("file_change", {{"TargetFilename", "/x"}, {"EventType", "chmod"}}));
    ASSERT_TRUE(sensor("file_access", {{"FileName", "/x"}, {"BytesRead", "7"}}));
    EXPECT_EQ(activity_.bytes_in, 7U);
    EXPECT_LT(activity_.entropy, 0);
    ASSERT_TRUE(sensor("file_rename", {{"SourceFilename", "/x"}, {"TargetFilename", "/y"}}));
    EXPECT_EQ(activity_.kind, ActivityKind::file_rename);
    EXPECT_EQ(activity_.target, "/y");
    ASSERT_TRUE(sensor("dns_query", {{"QueryName", "x.example"}}));
    EXPECT_EQ(activity_.domain, "x.example");
    ASSERT_TRUE(sensor("process_access", {{"SourceImage", "/a"}, {"TargetImage", "/b"}}));
    EXPECT_EQ(activity_.protocol, "memory");
    EXPECT_FALSE(sensor("file_event_of_another_kind", {{"TargetFilename", "/x"}}));
}

// One connection is one activity, whatever is told of it on the way.
TEST_F(ActivitySourcesTest, SeesTheFlowsOfASensor) {
    const auto flow = [&](std::string_view category, std::string_view type,
                          std::string_view initiated) {
        return sensor(category, {{"EventType", type},
                                 {"Initiated", initiated},
                                 {"FlowId", "7"},
                                 {"DestinationIp", "192.0.2.1"},
                                 {"BytesSent", "10"},
                                 {"DurationNanoseconds", "5"}});
    };
    EXPECT_FALSE(flow("network_connection", "connect", "true"));
    ASSERT_TRUE(flow("network_flow", "flow_goes_on", "true"));
    EXPECT_EQ(activity_.kind, ActivityKind::transfer);
    EXPECT_EQ(activity_.bytes_out, 10U);
    ASSERT_TRUE(flow("network_flow", "flow_end", "true"));
    EXPECT_EQ(activity_.kind, ActivityKind::connection);
    EXPECT_EQ(activity_.duration, 5);
    EXPECT_FALSE(flow("network_flow", "flow_end", "false"));
}

TEST_F(ActivitySourcesTest, SeesMessagesOfPrograms) {
    ASSERT_TRUE(
        line("Nov 20 10:02:03 h sshd[5]: Accepted password for tanaka from 10.0.0.5 port 4"));
    EXPECT_EQ(activity_.kind, ActivityKind::logon);
    EXPECT_EQ(activity_.host, "h");
    EXPECT_EQ(activity_.user, "tanaka");
    EXPECT_EQ(activity_.peer, "10.0.0.5");
    EXPECT_EQ(activity_.logon_type, 10);
    EXPECT_FALSE(line("Nov 20 10:02:03 h sshd[5]: Failed password for a from 10.0.0.5 port 4"));
    ASSERT_TRUE(line("Nov 20 10:02:03 h sudo: t : TTY=a ; PWD=/ ; USER=root ; COMMAND=/bin/id -u"));
    EXPECT_EQ(activity_.kind, ActivityKind::process);
    EXPECT_EQ(activity_.process, "/bin/id");
    EXPECT_EQ(activity_.command, "/bin/id -u");
    ASSERT_TRUE(line("Nov 20 10:02:03 h crontab[9]: (root) REPLACE (www)"));
    EXPECT_EQ(activity_.kind, ActivityKind::service);
    EXPECT_EQ(activity_.target, "www");
    EXPECT_FALSE(line("Nov 20 10:02:03 h CRON[9]: (root) CMD (true)"));
}

TEST_F(ActivitySourcesTest, SeesMails) {
    ASSERT_TRUE(
        line("Nov 20 10:02:03 m postfix/qmgr[1]: 3F2A1C0: from=<a@city.example>, size=99, x\n"
             "Nov 20 10:02:03 m postfix/smtp[2]: 3F2A1C0: to=<b@x.example>, "
             "relay=mx.x.example[192.0.2.1]:25, status=sent (250 OK)\n"));
    EXPECT_EQ(activity_.kind, ActivityKind::mail);
    EXPECT_EQ(activity_.user, "a@city.example");
    EXPECT_EQ(activity_.peer, "x.example");
    EXPECT_EQ(activity_.bytes_out, 99U);
}

TEST_F(ActivitySourcesTest, SeesProxiesAndFirewalls) {
    ASSERT_TRUE(
        line("1795136523.250 456 10.0.0.5 TCP_MISS/200 1234 GET http://x.example/a tanaka "
             "HIER_DIRECT/192.0.2.1 text/html"));
    EXPECT_EQ(activity_.kind, ActivityKind::request);
    EXPECT_EQ(activity_.host, "10.0.0.5");
    EXPECT_EQ(activity_.user, "tanaka");
    EXPECT_EQ(activity_.domain, "x.example");
    EXPECT_EQ(activity_.peer, "192.0.2.1");
    EXPECT_EQ(activity_.port, 80);
    EXPECT_EQ(activity_.protocol, "http");
    EXPECT_EQ(activity_.method, "GET");
    EXPECT_EQ(activity_.host_header, "x.example");
    EXPECT_EQ(activity_.bytes_in, 1234U);
    EXPECT_EQ(activity_.duration, 456'000'000);
    EXPECT_FALSE(activity_.denied);
    ASSERT_TRUE(line("1795136523.250 0 10.0.0.5 TCP_DENIED/403 9 CONNECT x.example:443 - -/- -"));
    EXPECT_TRUE(activity_.denied);
    EXPECT_EQ(activity_.protocol, "tls");
    EXPECT_EQ(activity_.port, 443);
    ASSERT_TRUE(
        line("devid=a logid=b type=\"traffic\" srcip=10.0.0.5 dstip=192.0.2.1 dstport=443 "
             "proto=6 action=\"deny\" sentbyte=10 rcvdbyte=20 duration=5"));
    EXPECT_EQ(activity_.kind, ActivityKind::connection);
    EXPECT_TRUE(activity_.denied);
    EXPECT_EQ(activity_.host, "10.0.0.5");
    EXPECT_EQ(activity_.peer, "192.0.2.1");
    EXPECT_EQ(activity_.protocol, "tcp");
    EXPECT_EQ(activity_.bytes_out, 10U);
    EXPECT_EQ(activity_.bytes_in, 20U);
    EXPECT_EQ(activity_.duration, 5'000'000'000);
    ASSERT_TRUE(line("Nov 20 10:02:03 fw kernel: IN=a OUT= SRC=10.0.0.5 DST=192.0.2.1 PROTO=ICMP"));
    EXPECT_EQ(activity_.kind, ActivityKind::icmp);
    EXPECT_FALSE(activity_.denied) << "nothing says so";
    EXPECT_FALSE(line(R"(h - - [20/Nov/2026:10:02:03 +0900] "GET / HTTP/1.1" 200 1 "-" "x")"))
        << "what came to a web server did not leave";
}

TEST_F(ActivitySourcesTest, SeesShojisOwnSessions) {
    const auto journal = [](std::string_view rest) {
        return fmt::format(R"({{"sequence":2,"previous":"0","time":"2026-07-01T00:00:02.5Z",)"
                           R"("boot":"a","uptime":1,"kind":"record","sender":1,{},"hash":"0"}})",
                           rest);
    };
    ASSERT_TRUE(json(journal(
        R"("action":"refusal","outcome":"refused","who":"hanako","terminal":"desk-1 (10.0.0.1), zone counter","what":"https://ads.example:8443 for demo","reason":"not_listed")")));
    EXPECT_EQ(names_.name(event_.source.product), "shoji");
    EXPECT_EQ(activity_.kind, ActivityKind::request);
    EXPECT_EQ(activity_.time, *parse_time("2026-07-01T00:00:02.5Z"));
    EXPECT_TRUE(activity_.denied);
    EXPECT_EQ(activity_.user, "hanako");
    EXPECT_EQ(activity_.host, "10.0.0.1");
    EXPECT_EQ(activity_.domain, "ads.example");
    EXPECT_EQ(activity_.port, 8443);
    EXPECT_EQ(activity_.protocol, "tls");
    ASSERT_TRUE(json(journal(
        R"("action":"sign_in","outcome":"allowed","who":"hanako","terminal":"desk-1 (10.0.0.1), zone counter","what":"","reason":"")")));
    EXPECT_EQ(activity_.kind, ActivityKind::logon);
    EXPECT_EQ(activity_.host, "desk-1");
    EXPECT_EQ(activity_.peer, "10.0.0.1");
    ASSERT_TRUE(json(journal(
        R"("action":"screen_input","outcome":"allowed","who":"hanako","terminal":"desk-1 (10.0.0.1), zone counter","what":"demo 0123abcd","reason":"42 characters, 1 My Numbers")")));
    EXPECT_EQ(activity_.kind, ActivityKind::screen_input);
    EXPECT_EQ(activity_.host, "desk-1");
    EXPECT_EQ(activity_.user, "hanako");
    EXPECT_EQ(activity_.domain, "demo");
    EXPECT_EQ(activity_.bytes_out, 42U);
    EXPECT_EQ(activity_.my_numbers, 1U);
    EXPECT_FALSE(json(journal(
        R"("action":"sign_in","outcome":"refused","who":"x","terminal":"","what":"","reason":"")")));
    EXPECT_FALSE(json(R"({"action":"refusal","kind":"record","reason":"not_listed"})"))
        << "no line of the journal";
}

}  // namespace
}  // namespace shoji::event
