#include "watch/event/text_log.h"

#include "watch/event/log_sources.h"
#include "watch/event/testing/shown.h"
#include "watch/event/time.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

using testing::source_of;
using testing::values;

class TextLogTest : public ::testing::Test {
  protected:
    TextLogTest() { add_log_sources(names_); }

    // Reads the only message of a text into event_; false when there is none.
    bool read(std::string_view text) {
        text_.assign(text);
        text_.resize(text.size() + json_padding);
        log_.emplace(std::string_view(text_.data(), text.size()), names_, windows_, defaults_);
        return log_->next(event_);
    }
    std::string value(std::string_view name) { return values(event_, name); }
    std::string source() { return source_of(event_, names_); }
    bool is_at(std::string_view time) { return event_.time == *parse_time(time); }
    [[nodiscard]] bool has_category(std::string_view name) const {
        const auto& all = event_.source.categories;
        return std::ranges::find(all, names_.source(name)) != all.end();
    }

    Names names_;
    WindowsSources windows_{names_};
    SyslogDefaults defaults_{*parse_time("2026-11-29T00:00:00Z"), Time{9} * 3'600'000'000'000};
    std::string text_;
    std::optional<TextLog> log_;
    Event event_;
};

TEST_F(TextLogTest, ReadsRfc5424) {
    ASSERT_TRUE(
        read("<34>1 2026-11-20T10:02:03.5+09:00 host1 su 77 ID47 "
             R"([a@1 x="1" y="q\"\]\\z"][b z=""] )"
             "\xef\xbb\xbf'su root' failed for tanaka"));
    EXPECT_EQ(source(), "linux/auth/-");
    EXPECT_TRUE(is_at("2026-11-20T01:02:03.5Z"));
    EXPECT_EQ(value("Computer"), "host1");
    EXPECT_EQ(value("program"), "su");
    EXPECT_EQ(value("pid"), "77");
    EXPECT_EQ(value("msgid"), "ID47");
    EXPECT_EQ(value("facility"), "auth");
    EXPECT_EQ(value("severity"), "crit");
    EXPECT_EQ(value("a@1.x"), "1");
    EXPECT_EQ(value("a@1.y"), "q\"]\\z");
    EXPECT_EQ(value("message"), "'su root' failed for tanaka");
    ASSERT_TRUE(read("<165>1 - - - - - - text"));
    EXPECT_EQ(value("message"), "text");
    EXPECT_EQ(value("Computer"), "(none)");
    EXPECT_EQ(event_.time, 0);
    ASSERT_TRUE(read("<165>1 - h p - - -"));
    EXPECT_EQ(value("program"), "p");
}

TEST_F(TextLogTest, ReadsRfc3164AndVarLog) {
    ASSERT_TRUE(read("Nov 20 10:02:03 host1 named[12]: client denied AXFR from x"));
    EXPECT_EQ(source(), "linux/syslog/-");
    EXPECT_TRUE(is_at("2026-11-20T01:02:03Z")) << "in local time, of the year before the newest";
    EXPECT_EQ(value("program"), "named");
    EXPECT_EQ(value("message"), "client denied AXFR from x");
    ASSERT_TRUE(read("<86>Dec  2 10:02:03 host1 CRON[1]: (root) CMD (true)"));
    EXPECT_TRUE(is_at("2025-12-02T01:02:03Z"));
    EXPECT_EQ(value("facility"), "authpriv");
    ASSERT_TRUE(read("Feb 29 00:00:00 h p: x"));
    EXPECT_TRUE(is_at("2024-02-28T15:00:00Z"));
    ASSERT_TRUE(read("2026-11-20T10:02:03.123456+09:00 host1 kernel: text"));
    EXPECT_TRUE(is_at("2026-11-20T01:02:03.123456Z"));
    EXPECT_EQ(value("program"), "kernel");
    ASSERT_TRUE(read("Nov 20 10:02:03 host1 last message repeated 2 times"));
    EXPECT_EQ(value("program"), "(none)");
    EXPECT_EQ(value("message"), "last message repeated 2 times");
    ASSERT_TRUE(read("Nov 20 10:02:03 named[12]: no host"));
    EXPECT_EQ(value("Computer"), "(none)");
    EXPECT_EQ(value("program"), "named");
    ASSERT_TRUE(read("<13>no time at all"));
    EXPECT_EQ(value("message"), "no time at all");
}

TEST_F(TextLogTest, ReadsFramesOfBothKinds) {
    const std::string first = "<13>1 - - a - - - two\nlines";
    const std::string text = std::to_string(first.size()) + " " + first + "<13>1 - - b - - - x\n" +
                             "9999 <13>1 - - c - - - y\n<13>1 - - d - - - z\r\n";
    ASSERT_TRUE(read(text));
    EXPECT_EQ(value("message"), "two\nlines");
    std::string programs;
    while (log_->next(event_)) programs += value("program");
    EXPECT_EQ(programs, "bcd");
    EXPECT_EQ(log_->damages().count(), 1U) << "a length that cannot be";
}

TEST_F(TextLogTest, KnowsWhoCameIn) {
    ASSERT_TRUE(
        read("Nov 20 10:02:03 h sshd[5]: Accepted publickey for tanaka from 10.0.0.5 port "
             "40022 ssh2: RSA SHA256:x"));
    EXPECT_EQ(source(), "linux/sshd/authentication");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("SourceIp"), "10.0.0.5");
    EXPECT_EQ(value("SourcePort"), "40022");
    EXPECT_EQ(value("Outcome"), "success");
    EXPECT_EQ(value("LogonType"), "10");
    EXPECT_EQ(value("Method"), "publickey");
    ASSERT_TRUE(
        read("Nov 20 10:02:03 h sshd[5]: Failed password for invalid user a from 1.1.1.1 "
             "port 1 from 10.0.0.5 port 2 ssh2"));
    EXPECT_EQ(value("SourceIp"), "10.0.0.5") << "not what the name says";
    EXPECT_EQ(value("Outcome"), "failure");
    ASSERT_TRUE(read("Nov 20 10:02:03 h sshd[5]: fatal: error in libcrypto"));
    EXPECT_EQ(source(), "linux/sshd/-");
}

TEST_F(TextLogTest, KnowsSudoAndCron) {
    ASSERT_TRUE(
        read("Nov 20 10:02:03 h sudo:   tanaka : TTY=pts/0 ; PWD=/home/tanaka ; USER=root ; "
             "COMMAND=/bin/cat /etc/shadow"));
    EXPECT_EQ(source(), "linux/sudo/-");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("TargetUser"), "root");
    EXPECT_EQ(value("CommandLine"), "/bin/cat /etc/shadow");
    EXPECT_EQ(value("Image"), "/bin/cat");
    EXPECT_EQ(value("CurrentDirectory"), "/home/tanaka");
    EXPECT_EQ(value("Outcome"), "success");
    ASSERT_TRUE(
        read("Nov 20 10:02:03 h sudo: tanaka : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; "
             "USER=root ; COMMAND=/bin/sh"));
    EXPECT_EQ(value("Outcome"), "failure");
    ASSERT_TRUE(read("Nov 20 10:02:03 h crontab[9]: (root) REPLACE (root)"));
    EXPECT_EQ(source(), "linux/cron/-");
    EXPECT_EQ(value("CronTable"), "root");
    ASSERT_TRUE(
        read("Nov 20 10:02:03 h CRON[9]: (root) CMD (  cd / && run-parts /etc/cron.hourly)"));
    EXPECT_EQ(value("CommandLine"), "cd / && run-parts /etc/cron.hourly");
}

TEST_F(TextLogTest, KnowsWhatMailWasSent) {
    ASSERT_TRUE(
        read("Nov 20 10:02:03 m postfix/qmgr[1]: 3F2A1C0: from=<a@city.example>, "
             "size=12345, nrcpt=1 (queue active)\n"
             "Nov 20 10:02:03 m postfix/smtp[2]: 3F2A1C0: to=<b@x.example>, "
             "relay=mx.x.example[192.0.2.1]:25, delay=0.5, dsn=2.0.0, status=sent (250 OK)\n"
             "Nov 20 10:02:03 m postfix/smtp[2]: 3F2A1C1: to=<c@x.example>, "
             "relay=none, dsn=4.4.1, status=deferred (no)\n"
             "Nov 20 10:02:03 m postfix/smtp[2]: 3F2A1C2: to=<d@x.example>, "
             "relay=mx.x.example[192.0.2.1]:25, status=sent (250 OK)\n"));
    EXPECT_EQ(source(), "linux/syslog/-");
    ASSERT_TRUE(log_->next(event_));
    EXPECT_EQ(source(), "linux/syslog/email");
    EXPECT_EQ(value("User"), "a@city.example");
    EXPECT_EQ(value("Bytes"), "12345");
    EXPECT_EQ(value("Recipient"), "b@x.example");
    EXPECT_EQ(value("RecipientDomain"), "x.example");
    EXPECT_EQ(value("DestinationIp"), "192.0.2.1");
    EXPECT_EQ(value("DestinationPort"), "25");
    ASSERT_TRUE(log_->next(event_));
    EXPECT_EQ(source(), "linux/syslog/-") << "not sent";
    ASSERT_TRUE(log_->next(event_));
    EXPECT_EQ(value("Recipient"), "d@x.example");
    EXPECT_EQ(value("User"), "(none)") << "its sender was not seen";
}

TEST_F(TextLogTest, ReadsJsonInSyslog) {
    ASSERT_TRUE(read(R"(<13>1 2026-11-20T01:02:03Z h app - - - @cee: {"a":{"b":1},"time":"x"})"));
    EXPECT_EQ(value("a.b"), "1");
    EXPECT_EQ(value("program"), "app");
    EXPECT_EQ(value("message"), "(none)");
    EXPECT_TRUE(is_at("2026-11-20T01:02:03Z"));
    ASSERT_TRUE(read(
        R"(<13>Nov 20 10:02:03 h {"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"})"));
    EXPECT_EQ(names_.name(event_.source.product), "windows");
    ASSERT_TRUE(read("<13>1 - h app - - - @cee: {broken"));
    EXPECT_EQ(value("message"), "@cee: {broken");
    EXPECT_EQ(log_->damages().count(), 1U);
    ASSERT_TRUE(read("<13>1 - h app - - - {no JSON, and nothing promised"));
    EXPECT_EQ(log_->damages().count(), 0U);
}

TEST_F(TextLogTest, ReadsFortiGate) {
    constexpr std::string_view line =
        R"(date=2026-11-20 time=10:02:03 devname="fw" devid="FG1" eventtime=1795136523000000000 )"
        R"(tz="+0900" logid="0000000013" type="traffic" subtype="forward" srcip=10.0.0.5 )"
        R"(srcport=40000 dstip=192.0.2.1 dstport=443 proto=6 action="deny" sentbyte=10 )"
        R"(rcvdbyte=20 duration=5 msg="a \"b\" c")";
    for (const std::string before : {"", "<189>"}) {
        ASSERT_TRUE(read(before + std::string(line)));
        EXPECT_EQ(source(), "fortigate/traffic/firewall");
        EXPECT_TRUE(is_at("2026-11-20T01:02:03Z"));
        EXPECT_EQ(value("src_ip"), "10.0.0.5");
        EXPECT_EQ(value("srcip"), "10.0.0.5");
        EXPECT_EQ(value("dst_ip"), "192.0.2.1");
        EXPECT_EQ(value("dst_port"), "443");
        EXPECT_EQ(value("action"), "deny");
        EXPECT_EQ(value("BytesSent"), "10");
        EXPECT_EQ(value("BytesReceived"), "20");
        EXPECT_EQ(value("msg"), "a \"b\" c");
    }
    std::string without(line);
    without.erase(without.find("devid=\"FG1\" "), std::string_view("devid=\"FG1\" ").size());
    ASSERT_TRUE(read(without));
    EXPECT_EQ(source(), "fortigate/traffic/firewall") << "its device may be left out";
    ASSERT_TRUE(read("date=2026-11-20 time=10:02:03 devid=x"));
    EXPECT_TRUE(is_at("2026-11-20T01:02:03Z")) << "without a zone, in local time";
}

TEST_F(TextLogTest, ReadsCef) {
    ASSERT_TRUE(
        read("<134>Nov 20 10:02:03 fw CEF:0|Vendor|Pro\\|duct|1.0|100|Name|5|src=10.0.0.5 "
             "dst=192.0.2.1 dpt=443 act=blocked request=https://x.example/a/b.php?q\\=1 "
             "requestMethod=GET requestClientApplication=Mozilla/5.0 (X11) msg=two words  "
             "out=10 in=20 suser=tanaka"));
    EXPECT_EQ(value("DeviceProduct"), "Pro|duct");
    EXPECT_EQ(value("DeviceEventClassID"), "100");
    EXPECT_EQ(value("msg"), "two words");
    EXPECT_EQ(value("src_ip"), "10.0.0.5");
    EXPECT_EQ(value("action"), "blocked");
    EXPECT_EQ(value("c-uri"), "https://x.example/a/b.php?q=1");
    EXPECT_EQ(value("cs-host"), "x.example");
    EXPECT_EQ(value("c-uri-stem"), "/a/b.php");
    EXPECT_EQ(value("c-uri-query"), "q=1");
    EXPECT_EQ(value("c-uri-extension"), "php");
    EXPECT_EQ(value("c-useragent"), "Mozilla/5.0 (X11)");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_TRUE(has_category("firewall"));
    EXPECT_TRUE(has_category("proxy"));
    ASSERT_TRUE(read("<134>Nov 20 10:02:03 fw CEF:0|Vendor|too few"));
    EXPECT_EQ(value("message"), "CEF:0|Vendor|too few");
}

TEST_F(TextLogTest, ReadsLeef) {
    ASSERT_TRUE(
        read("LEEF:1.0|Vendor|Product|1|100|src=10.0.0.5\tdst=192.0.2.1\tdstPort=80\t"
             "usrName=tanaka\tsrcBytes=7"));
    EXPECT_EQ(value("dst_ip"), "192.0.2.1");
    EXPECT_EQ(value("dst_port"), "80");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("BytesSent"), "7");
    ASSERT_TRUE(read("LEEF:2.0|V|P|1|100|^|src=10.0.0.5^dst=192.0.2.1"));
    EXPECT_EQ(value("src"), "10.0.0.5");
    ASSERT_TRUE(read("LEEF:2.0|V|P|1|100|x5E|src=10.0.0.5^dst=192.0.2.1"));
    EXPECT_EQ(value("dst"), "192.0.2.1");
}

TEST_F(TextLogTest, ReadsNetfilter) {
    ASSERT_TRUE(
        read("Nov 20 10:02:03 fw kernel: [123.4] [UFW BLOCK] IN=eth0 OUT= MAC=00:11 "
             "SRC=10.0.0.5 DST=192.0.2.1 LEN=60 DF PROTO=TCP SPT=40000 DPT=443 SYN URGP=0"));
    EXPECT_TRUE(has_category("firewall"));
    EXPECT_EQ(names_.name(event_.source.product), "linux");
    EXPECT_EQ(value("action"), "deny");
    EXPECT_EQ(value("src_ip"), "10.0.0.5");
    EXPECT_EQ(value("dst_port"), "443");
    EXPECT_EQ(value("protocol"), "TCP");
    EXPECT_EQ(value("DPT"), "443");
}

TEST_F(TextLogTest, ReadsProxiesAndWebServers) {
    ASSERT_TRUE(
        read("1795136523.250    456 10.0.0.5 TCP_MISS/200 1234 GET "
             "http://x.example:8080/a.zip tanaka HIER_DIRECT/192.0.2.1 application/zip"));
    EXPECT_EQ(source(), "-/-/proxy");
    EXPECT_TRUE(is_at("2026-11-20T01:02:03.25Z"));
    EXPECT_EQ(value("c-ip"), "10.0.0.5");
    EXPECT_EQ(value("cs-method"), "GET");
    EXPECT_EQ(value("cs-host"), "x.example");
    EXPECT_EQ(value("dst_port"), "8080");
    EXPECT_EQ(value("sc-status"), "200");
    EXPECT_EQ(value("sc-bytes"), "1234");
    EXPECT_EQ(value("c-uri-extension"), "zip");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("dst_ip"), "192.0.2.1");
    ASSERT_TRUE(
        read("Nov 20 10:02:03 proxy squid[1]: 1795136523.250 0 10.0.0.5 TCP_DENIED/403 9 "
             "CONNECT x.example:443 - HIER_NONE/- text/html"));
    EXPECT_EQ(value("Computer"), "proxy");
    EXPECT_EQ(value("action"), "denied");
    EXPECT_EQ(value("cs-host"), "x.example");
    EXPECT_EQ(value("dst_port"), "443");
    EXPECT_EQ(value("dst_ip"), "(none)");
    ASSERT_TRUE(read(
        R"(10.0.0.5 - - [20/Nov/2026:10:02:03 +0900] "GET /a?b=1 HTTP/1.1" 404 - "-" "curl/8")"));
    EXPECT_EQ(source(), "-/-/webserver");
    EXPECT_TRUE(is_at("2026-11-20T01:02:03Z"));
    EXPECT_EQ(value("cs-uri-query"), "/a?b=1");
    EXPECT_EQ(value("sc-status"), "404");
    EXPECT_EQ(value("c-useragent"), "curl/8");
    ASSERT_TRUE(
        read(R"(10.0.0.5 - u [20/Nov/2026:10:02:03 +0900] "GET http://x.example/ HTTP/1.1" )"
             R"(200 5 "-" "Mozilla" TCP_MISS:HIER_DIRECT)"));
    EXPECT_EQ(source(), "-/-/proxy");
    EXPECT_EQ(value("action"), "TCP_MISS:HIER_DIRECT");
}

TEST_F(TextLogTest, TellsWhatItCannotRead) {
    EXPECT_FALSE(read("nothing that is known\nneither is this"));
    EXPECT_EQ(log_->damages().count(), 2U);
    EXPECT_EQ(log_->damages().told()[1].offset, 22U);
    EXPECT_FALSE(read("<13>" + std::string(SyslogFrames::most_message, 'x')));
    EXPECT_EQ(log_->damages().count(), 1U);
}

}  // namespace
}  // namespace shoji::event
