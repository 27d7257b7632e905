// Logs of all formats, from files to hits.
#include "watch/hunt/log_file.h"

#include "watch/event/stream_writer.h"
#include "watch/event/time.h"
#include "watch/hunt/hunt.h"
#include "watch/hunt/rule_folder.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

const fs::path public_rules = fs::path(SHOJI_SHARED_DATA) / "sigma" / "rules" / "linux";

class LogFileTest : public ::testing::Test {
  protected:
    LogFileTest() {
        std::string name = (fs::temp_directory_path() / "shoji-logs-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~LogFileTest() override { fs::remove_all(folder_); }

    void write(const fs::path& name, std::string_view text) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    void write_rule(std::string_view title, std::string_view source,
                    std::string_view detection) const {
        write("rules/" + std::string(title) + ".yml",
              "title: " + std::string(title) + "\nlevel: high\nlogsource: " + std::string(source) +
                  "\ndetection:\n" + std::string(detection));
    }
    // Hits of the rules in the folders, in the logs below logs/.
    Timeline hunt_all(const std::vector<fs::path>& rules) {
        const auto files = rule_files(rules);
        EXPECT_TRUE(files);
        rules_ = read_rule_folder(*files, {names_, {}});
        auto plan = sigma::Plan::compile(rules_.rules, names_);
        EXPECT_TRUE(plan);
        plan_ = std::move(*plan);
        files_ = *log_files({folder_ / "logs"});
        Progress progress;
        auto timeline = hunt(*plan_, names_, windows_, files_, {}, progress);
        EXPECT_TRUE(timeline);
        return std::move(*timeline);
    }
    // "title file record" of each hit.
    std::multiset<std::string> shown(const Timeline& timeline) {
        std::multiset<std::string> all;
        for (const auto& hit : timeline.hits) {
            all.insert(plan_->rule(hit.rule).title + " " + files_[hit.file].filename().string() +
                       " " + std::to_string(hit.record));
        }
        return all;
    }

    fs::path folder_;
    event::Names names_;
    event::WindowsSources windows_{names_};
    RuleFolder rules_;
    std::optional<sigma::Plan> plan_;
    std::vector<fs::path> files_;
};

constexpr std::string_view audit_log =
    "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 "
    "ppid=100 "
    "pid=200 uid=0 exe=\"/usr/bin/cp\" key=\"susp\"\n"
    "type=EXECVE msg=audit(1700000000.123:7): argc=3 a0=\"cp\" a1=\"/bin/sh\" a2=2F746D702F61206A\n"
    "type=PROCTITLE msg=audit(1700000000.123:7): proctitle=6370\n"
    "type=SYSCALL msg=audit(1700000001.000:8): arch=c000003e syscall=257 success=yes a2=241 "
    "pid=200 "
    "exe=\"/usr/bin/cp\"\n"
    "type=CWD msg=audit(1700000001.000:8): cwd=\"/etc/systemd\"\n"
    "type=PATH msg=audit(1700000001.000:8): name=\"/etc/systemd/system/\" nametype=PARENT\n"
    "type=PATH msg=audit(1700000001.000:8): name=\"/etc/systemd/system/x.service\" "
    "nametype=CREATE\n"
    "type=SERVICE_STOP msg=audit(1700000002.000:9): pid=1 msg='unit=firewalld res=success'\n";

TEST_F(LogFileTest, RulesFindWhatLinuxAndNetworksLogged) {
    write_rule("key", "{product: linux, service: auditd}", "  s: {key: susp}\n  condition: s\n");
    write_rule("args", "{product: linux, service: auditd}",
               "  s: {type: EXECVE, a0: cp, a1: /bin/sh, a2: '/tmp/a j'}\n  condition: s\n");
    write_rule("unit", "{product: linux, service: auditd}",
               "  s: {type: PATH, nametype: CREATE, name|startswith: /etc/systemd/system/}\n"
               "  condition: s\n");
    write_rule("parent", "{product: linux, service: auditd}",
               "  s: {nametype: PARENT, name|endswith: .service}\n  condition: s\n");
    write_rule("stop", "{product: linux, service: auditd}",
               "  s: {type: SERVICE_STOP, unit: firewalld}\n  condition: s\n");
    write_rule(
        "process", "{product: linux, category: process_creation}",
        "  s: {Image|endswith: /cp, CommandLine|contains: '/bin/sh /tmp'}\n  condition: s\n");
    write_rule("file", "{product: linux, category: file_event}",
               "  s: {TargetFilename|endswith: x.service, Image|endswith: /cp}\n  condition: s\n");
    write_rule("login", "{product: linux, service: sshd}",
               "  k: ['error in libcrypto']\n  condition: k\n");
    write_rule("proxy", "{category: proxy}",
               "  s: {cs-host|endswith: .example, c-uri-extension: exe}\n  condition: s\n");
    write_rule("wall", "{category: firewall}",
               "  s: {dst_port: 23, action: deny}\n  condition: s\n");
    write_rule("fortigate", "{product: fortigate, service: event}",
               "  s: {action: Add, cfgpath: system.admin}\n  condition: s\n");
    write_rule("refused", "{category: proxy}",
               "  s: {cs-host: ads.example, action: denied}\n  condition: s\n");
    write("logs/audit/audit.log.1", audit_log);
    write("logs/secure-20261120", "Nov 20 10:02:03 h sshd[5]: fatal: error in libcrypto\n");
    write("logs/access.log",
          "1795136523.250 456 10.0.0.5 TCP_MISS/200 1234 GET http://x.example/a.exe - A/192.0.2.1 "
          "-\n");
    write("logs/messages",
          "Nov 20 10:02:03 fw kernel: DROP IN=a OUT= SRC=10.0.0.5 DST=192.0.2.1 PROTO=TCP DPT=23\n"
          "date=2026-11-20 time=10:02:03 devid=\"a\" logid=\"b\" type=\"event\" action=\"Add\" "
          "cfgpath=\"system.admin\"\n");
    write("logs/journal.jsonl",
          R"({"sequence":2,"previous":"0","time":"2026-07-01T00:00:02.5Z","kind":"record",)"
          R"("action":"refusal","outcome":"refused","who":"hanako","terminal":"d (10.0.0.1), z",)"
          R"("what":"https://ads.example:443 for demo","reason":"not_listed","hash":"0"})"
          "\n");
    const auto timeline = hunt_all({folder_ / "rules"});
    EXPECT_THAT(shown(timeline),
                ::testing::UnorderedElementsAre(
                    "key audit.log.1 7", "args audit.log.1 7", "process audit.log.1 7",
                    "unit audit.log.1 8", "file audit.log.1 8", "stop audit.log.1 9",
                    "login secure-20261120 1", "proxy access.log 1", "wall messages 1",
                    "fortigate messages 2", "refused journal.jsonl 1"));
    EXPECT_EQ(timeline.losses, 0U);
    EXPECT_EQ(timeline.hits.front().time, 1'700'000'000'123'000'000);
}

TEST_F(LogFileTest, ReadsStreams) {
    write_rule("process", "{product: linux, category: process_creation}",
               "  s: {Image|endswith: /cp}\n  condition: s\n");
    event::Names names;
    event::StreamWriter writer(names, 7);
    event::Event event;
    event.record = 5;
    event.source.product = names.add_source("linux");
    event.source.categories.front() = names.add_source("process_creation");
    event.add({names.add_field("Image"), event::Type::text, "Image", "/usr/bin/cp"});
    ASSERT_TRUE(writer.add(event));
    const auto block = writer.take();
    const std::string bytes(block.begin(), block.end());
    write("logs/spool.events", bytes + bytes.substr(0, bytes.size() / 2));
    const auto timeline = hunt_all({folder_ / "rules"});
    EXPECT_THAT(shown(timeline), ::testing::UnorderedElementsAre("process spool.events 5"));
    EXPECT_EQ(timeline.losses, 1U) << "the second block is cut";
}

TEST_F(LogFileTest, TakesFilesByNameAndTellsWhatTheyAreNot) {
    for (const auto* name :
         {"syslog", "syslog.1", "auth.log", "auth.log.2", "messages-20261120", "cron", "a.json",
          "a.evtx", "audit.log", "audit.log.10", "spool.events", "maillog", "syslog.2.gz"}) {
        write(fs::path("taken") / name, "x");
    }
    for (const auto* name : {".auth.log", "auth.log.xz", "wtmp", "a.txt", "20261120", "log"}) {
        write(fs::path("left") / name, "x");
    }
    EXPECT_EQ(log_files({folder_ / "taken"})->size(), 13U);
    EXPECT_TRUE(log_files({folder_ / "left"})->empty());
    EXPECT_EQ(log_files({folder_ / "left/a.txt"})->size(), 1U) << "named itself";
    auto file = LogFile::open(folder_ / "taken/auth.log", names_, windows_);
    ASSERT_TRUE(file);
    event::Event event;
    EXPECT_FALSE(file->next(event));
    ASSERT_EQ(file->loss_count(), 1U);
    EXPECT_THAT(file->losses()[0].what.message, ::testing::HasSubstr("no log of a format"));
}

// What an intruder might do, as auditd tells it with rules that watch for it.
std::string many_acts() {
    std::string log;
    int serial = 0;
    const auto stamp = [&] { return "msg=audit(1700000000.000:" + std::to_string(serial) + "):"; };
    const auto ran = [&](const std::vector<std::string>& arguments, std::string_view more = {}) {
        ++serial;
        log += "type=SYSCALL " + stamp() +
               " arch=c000003e syscall=59 success=yes pid=9 exe=\"/usr/bin/" + arguments.front() +
               "\" comm=\"" + arguments.front() + "\" " + std::string(more) + "\n";
        log += "type=EXECVE " + stamp() + " argc=" + std::to_string(arguments.size());
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            log += " a" + std::to_string(i) + "=\"" + arguments[i] + "\"";
        }
        log += "\ntype=PROCTITLE " + stamp() + " proctitle=\"x\"\n";
    };
    const auto touched = [&](std::string_view path, std::string_view kind = "NORMAL") {
        ++serial;
        log += "type=PATH " + stamp() + " item=0 name=\"" + std::string(path) +
               "\" nametype=" + std::string(kind) + "\n";
    };
    const auto called = [&](std::string_view call, std::string_view more) {
        ++serial;
        log += "type=SYSCALL " + stamp() + " arch=c000003e syscall=" + std::string(call) + " " +
               std::string(more) + "\n";
    };
    ran({"arecord", "-vv", "-fdat"});
    ran({"split", "-b", "1"});
    ran({"sysctl", "-w", "kernel.randomize_va_space=0"});
    ran({"zip", "a"});
    ran({"xclip", "-sel", "clip", "-o"});
    ran({"cp", "/bin/sh", "/tmp/crond"});
    ran({"xwd", "-root", "-out", "a.xwd"});
    ran({"dd", "if=/dev/zero"});
    ran({"touch", ".hidden"});
    ran({"chattr", "-i", "a"});
    ran({"unzip", "a.jpg"});
    ran({"getcap", "-r", "/"});
    ran({"steghide", "extract", "-sf", "a.jpg"});
    ran({"tcpdump", "-c", "5", "-i"});
    ran({"chmod", "777", "a"});
    ran({"iptables", "DROP"});
    ran({"grep", "-r", "password"});
    ran({"import", "a.png"});
    ran({"systemctl", "start", "x"});
    ran({"whoami"});
    ran({"poweroff"});
    ran({"cat", "/root/.bash_history"});
    ran({"wget", "--post-file=/etc/passwd"});
    ran({"truncate", "-s", "1G"});
    ran({"chage", "-l"});
    ran({"xmrig", "--cpu-priority=5"});
    ran({"nmap", "x"}, "key=\"network_connect_4\"");
    ran({"curl", "x"}, "key=\"susp_activity\"");
    ran({"insmod", "x"});
    ran({"useradd", "x"});
    touched("/etc/ld.so.preload");
    touched("/proc/sysrq-trigger");
    touched("/etc/audit/auditd.conf");
    touched("/etc/rsyslog.conf");
    touched("/var/run/haldrund.pid");
    touched("/etc/issue");
    touched("/root/.bashrc");
    touched("/etc/systemd/system/x.service", "CREATE");
    touched("/tmp/.x");
    called("133", "exe=\"/bin/mknod\"");
    called("99", "exe=\"/bin/x\"");
    called("103", "a0=5 exe=\"/bin/dmesg\"");
    called("135", "a0=40000 exe=\"/bin/setarch\"");
    called("59", "euid=33 exe=\"/tmp/x\"");
    ++serial;
    log += "type=SERVICE_STOP " + stamp() + " pid=1 msg='unit=firewalld res=success'\n";
    return log;
}

TEST_F(LogFileTest, PublicRulesForAuditdFind) {
    if (!fs::exists(public_rules)) GTEST_SKIP() << public_rules << " is not there";
    write("logs/audit.log", many_acts());
    const auto timeline = hunt_all({public_rules / "auditd"});
    std::set<std::uint32_t> rules;
    for (const auto& hit : timeline.hits) rules.insert(hit.rule);
    EXPECT_GE(rules.size(), 40U) << "of " << rules_.rules.size();
    EXPECT_EQ(timeline.losses, 0U);
}

}  // namespace
}  // namespace shoji::hunt
