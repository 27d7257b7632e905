// What an administrator sees, word for word, in both languages: golden/transcript.*.txt hold lines
// "$ shoji …", below each what it printed ("> " before what it asked the gateway), and the exit
// code. The test carries the same commands out and compares the whole. To renew the files after an
// intended change run it with SHOJI_RENEW_GOLDEN=1 and read the difference.
#include "cli/command_line.h"
#include "cli/fake_gateway_test.h"
#include "cli/installation.h"
#include "core/base/random.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/event/stream_writer.h"
#include "watch/line/batch.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* present_configuration =
    R"({"ok":true,"result":{"revision":3,"configuration":{)"
    R"("zones":[{"id":"lgwan","name":{"ja":"LGWAN接続系","en":"LGWAN network"}},)"
    R"({"id":"internet","name":{"ja":"インターネット","en":"Internet"}}],)"
    R"("roles":[{"id":"staff","name":{"ja":"職員","en":"Staff"}}],)"
    R"("destinations":[{"id":"tax","name":{"ja":"税の申告","en":"Tax return"},"zone":"internet",)"
    R"("reason":"国のサイト","approver":"情報政策課長","approved":"2026-04-01",)"
    R"("expires":"2027-03-31","origins":[{"scheme":"https","host":"www.tax.example.jp",)"
    R"("port":443,"internal":false}]}],)"
    R"("routes":[{"id":"staff-tax","from_zone":"lgwan","role":"staff","destination":"tax"}]}}})";

std::map<std::string, std::string> answers() {
    return {
        {"status",
         R"({"ok":true,"result":{"journal":"full","journalLost":0,"host":"ok","sessions":2,)"
         R"("certificateExpires":4102444800,"terminalNetworks":[],)"
         R"("clock":1790000000,"usersAheadOfClock":2,"newestSignIn":1790003600}})"},
        {"user.add", R"({"ok":true,"result":{"oneTimePassword":"abcd-efgh-jkmn"}})"},
        {"user.reset", R"({"ok":true,"result":{"oneTimePassword":"pqrs-tuvw-xyz2"}})"},
        {"user.remove", R"({"ok":false,"error":{"kind":"not_found",)"
                        R"("message":"there is no user 'nobody'","key":"admin.no_user",)"
                        R"("values":{"name":"nobody"}}})"},
        {"user.unlock", R"({"ok":true,"result":{"wasLocked":true}})"},
        {"user.list", R"({"ok":true,"result":[{"name":"hanako","role":"staff",)"
                      R"("enrolled":true,"lockedSeconds":0,"created":1790000000},)"
                      R"({"name":"taro","role":"職員","enrolled":false,)"
                      R"("lockedSeconds":90,"created":0}]})"},
        {"terminal.list",
         R"({"ok":true,"result":[{"name":"window-1","zone":"lgwan","fingerprint":"00112233445566)"
         R"(778899aabbccddeeff00112233445566778899aabbccddeeff","expires":1850000000,)"
         R"("added":1790000000,"revoked":0},{"name":"window-2","zone":"lgwan",)"
         R"("fingerprint":"ff","expires":1850000000,"added":1790000000,)"
         R"("revoked":1790000000}]})"},
        {"terminal.revoke", R"({"ok":true,"result":{}})"},
        {"session.list",
         R"({"ok":true,"result":[{"id":"00112233445566778899aabbccddeeff","user":"hanako",)"
         R"("destination":"tax","terminal":"\u001b[2Jevil","started":1790000000,"watched":true,)"
         R"("bytesOut":10,"bytesIn":2000000,"refusals":3}]})"},
        {"session.kill", R"({"ok":true,"result":{}})"},
        {"destination.refused",
         R"({"ok":true,"result":[{"destination":"tax","scheme":"https","host":"cdn.example.com",)"
         R"("port":443,"reason":"not_listed","times":12,"last":1790000000}]})"},
        {"configuration.get", present_configuration},
        {"configuration.apply", R"({"ok":true,"result":{"revision":4,"changes":1}})"},
    };
}

// One alert, as the hub has it.
incident::Alert brute_force() {
    incident::Alert alert;
    alert.time = 1'790'000'000'000'000'000;
    alert.host = "srv-01";
    alert.user = "\x1b[2Jroot";
    alert.detector = incident::Detector::sensor;
    alert.rule = "sensor.lost_alerts";
    alert.what = "sensor.alert.lost_alerts";
    alert.level = incident::Level::critical;
    alert.values = {{"host", "srv-01"}, {"count", "3"}};
    return alert;
}

constexpr std::string_view suppression =
    "[[suppression]]\nrule = 'one'\nowner = 'Taro'\nreason = 'every \\u001b[2Jnight'\n"
    "expires = 2100-01-01\n";

std::string hex_of(std::string_view text) {
    return base::to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// A batch of one event of a sensor, as the hub hands it on.
std::string stored_event() {
    event::Names names;
    event::StreamWriter writer(names, 7);
    event::Event event;
    event.time = 1'790'000'000'000'000'000;
    event.source.categories[0] = names.add_source("process_creation");
    for (const auto& [name, value] :
         {std::pair{"ProcessGuid", "b-12-1"}, std::pair{"ProcessId", "12"},
          std::pair{"Image", "/bin/\x1b[2Jls"}, std::pair{"CommandLine", "ls /home"},
          std::pair{"User", "hanako"}}) {
        event.add({names.add_field(name), event::Type::text, name, event.keep(value)});
    }
    writer.add(event);
    const auto block = writer.take();
    const std::vector<spool::Record> records{{1, {block.begin(), block.end()}}};
    const auto batch = line::make_batch(line::Class::event, 0, records);
    return fmt::format(
        R"({{"ok":true,"result":{{"batches":[{{"first":{},"count":{},"packed":{},"size":{},)"
        R"("body":"{}"}}],"last":3,"more":false}}}})",
        batch.first, batch.count, batch.packed, batch.size, base::to_hex(batch.body));
}

std::map<std::string, std::string> hub_answers() {
    incident::Gatherer gatherer{incident::Settings{}};
    const auto number = gatherer.add(brute_force());
    const auto alert = base::to_hex(incident::to_bytes(brute_force()));
    const auto state = base::to_hex(gatherer.excerpt(number).value());
    return {
        {"status", R"({"ok":true,"result":{"sensors":3,"connected":1,"silent":1,"incidents":1,)"
                   R"("trouble":"storing: the disk is full: free some space and try again",)"
                   R"("alertsLost":0}})"},
        {"sensor.list",
         R"({"ok":true,"result":[{"name":"srv-01","program":"shoji-sensor 0.1","added":1790000000,)"
         R"("expires":1850000000,"revoked":0,"seen":1790000000,"connected":true,"silent":false,)"
         R"("lost":0},{"name":"srv-02","program":"","added":1790000000,"expires":1850000000,)"
         R"("revoked":0,"seen":1790000000,"connected":false,"silent":true,"lost":12},)"
         R"({"name":"srv-03","program":"","added":1790000000,"expires":1850000000,)"
         R"("revoked":1790000000,"seen":0,"connected":false,"silent":false,"lost":0}]})"},
        {"sensor.revoke", R"({"ok":false,"error":{"kind":"not_found",)"
                          R"("message":"there is no sensor 'nobody'","key":"admin.no_sensor",)"
                          R"("values":{"name":"nobody"}}})"},
        {"alerts", R"({"ok":true,"result":{"alerts":[{"id":7,"received":1790000001,"alert":")" +
                       alert + R"("}],"last":7,"more":false}})"},
        {"incidents",
         R"({"ok":true,"result":[{"number":1,"risk":100.5,"alerts":1,"first":1790000000000000000,)"
         R"("last":1790000000000000000,"hosts":["srv-01"]}]})"},
        {"incident", R"({"ok":true,"result":{"state":")" + state + R"("}})"},
        {"incident.close", R"({"ok":false,"error":{"kind":"not_found",)"
                           R"("message":"there is no open incident 7","key":)"
                           R"("admin.no_open_incident","values":{"number":"7"}}})"},
        {"events", stored_event()},
        {"suppressions", R"({"ok":true,"result":{"changed":1790000000,"who":"Hanako","text":")" +
                             hex_of(suppression) + R"(","counts":[{"suppression":")" +
                             hex_of("rule=one") +
                             R"(","rule":"one","held":3,"late":0,"last":1790000000000000000}]}})"},
        {"suppressions.set", R"({"ok":true,"result":{}})"},
    };
}

// Words apart at spaces, those in single quotes kept together.
std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> words;
    bool quoted = false;
    bool open = false;
    for (const char c : line) {
        if (c == '\'') {
            quoted = !quoted;
            if (!open) words.emplace_back();
            open = true;
        } else if (c == ' ' && !quoted) {
            open = false;
        } else {
            if (!open) words.emplace_back();
            open = true;
            words.back() += c;
        }
    }
    return words;
}

class TranscriptTest : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        ::setenv("TZ", "Asia/Tokyo", 1);  // NOLINT(concurrency-mt-unsafe): no other thread yet
        ::tzset();
        std::string folder = testing::TempDir() + "shoji-cli-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        InitRequest request;
        request.state = folder_;
        request.ordinary_user = true;
        const auto made = initialise(request);
        ASSERT_TRUE(made) << made.error().message;
        fs::create_directories(made->settings.admin_socket().parent_path());
        gateway_.emplace(made->settings.admin_socket(), answers());
        fs::create_directories(made->settings.hub_socket().parent_path());
        hub_.emplace(made->settings.hub_socket(), hub_answers());
        std::ofstream(folder_ / "wanted.toml") << R"(
zones = [{ id = "lgwan", name = { ja = "LGWAN接続系", en = "LGWAN" } }]
roles = [{ id = "staff", name = { ja = "職員", en = "Staff" } }]
)";
        std::ofstream(folder_ / "wrong.toml") << R"(
[[routes]]
id = "Bad Id"
from_zone = "moon"
role = "king"
destination = "gold"
)";
        std::ofstream(folder_ / "misspelt.toml") << "zone = []\n";
        std::ofstream(folder_ / "broken.toml") << "a = 1\nb = = 2\n";
        write_detection_files();
    }
    // Rules that correlate, a filter, a pipeline, lists and a log.
    void write_detection_files() {
        fs::create_directory(folder_ / "rules");
        std::ofstream(folder_ / "rules/logons.yml") << R"(title: Failed logon
name: failed
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625, Account|expand: '%people%'}, condition: s}
---
title: Many failed logons
id: 8a6f9d1e-0000-4000-8000-000000000001
level: high
correlation: {type: event_count, rules: [failed], group-by: [Account], timespan: 10m, condition: {gte: 2}}
---
title: Nobody's correlation
correlation: {type: temporal, rules: [nobody], timespan: 10m}
---
title: The scanner may fail
logsource: {product: windows}
filter: {rules: [failed], s: {Account: scanner}, condition: not s}
)";
        fs::create_directory(folder_ / "plain");
        std::ofstream(folder_ / "plain/logon.yml") << R"(title: Failed logon
id: 8a6f9d1e-0000-4000-8000-000000000002
level: medium
author: Hanako
tags: [attack.t1110, attack.credential-access]
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625, TargetUserName: ada}, condition: s}
)";
        std::ofstream(folder_ / "profiles.yml")
            << "ours: {日時: '%Timestamp%', Title: '%RuleTitle%', Unit: 情報政策課}\n"
               "wrong: {A: '%RuleModifiedDate%'}\n";
        std::ofstream(folder_ / "fields.yml")
            << "allowed_backends: [shoji]\ntransformations:\n"
               "- {type: field_name_mapping, mapping: {Account: TargetUserName}}\n";
        std::ofstream(folder_ / "more.yml") << "transformations: []\n";
        std::ofstream(folder_ / "magic.yml") << "transformations:\n- {type: magic}\n";
        std::ofstream(folder_ / "people.yml") << "people: [ada, scanner]\n";
        std::ofstream(folder_ / "logon.json")
            << R"({"@timestamp":"2026-11-20T01:01:00Z","winlog":{"event_id":4625,"channel":"Security","computer_name":"pc1","event_data":{"TargetUserName":"ada","LogonType":"3","IpAddress":"10.1.2.3","Own":"x"}}})"
               "\n";
        std::ofstream log(folder_ / "log.json");
        for (const int minute : {1, 2, 3}) {
            for (const auto* user : {"ada", "scanner"}) {
                log << fmt::format(
                    R"({{"@timestamp":"2026-11-20T01:0{}:00Z","winlog":{{"event_id":4625,"channel":"Security","event_data":{{"TargetUserName":"{}"}}}}}})"
                    "\n",
                    minute, user);
            }
        }
    }
    void TearDown() override {
        gateway_.reset();
        hub_.reset();
        fs::remove_all(folder_);
    }

    std::string carry_out(const std::string& line) {
        auto words = split(line);
        std::string typed;
        if (words.size() > 2 && words[words.size() - 2] == "<") {
            typed = words.back();
            words.resize(words.size() - 2);
        }
        std::vector<std::string> replaced;
        for (auto& word : words) {
            if (word.starts_with('@')) word = (folder_ / word.substr(1)).native();
            replaced.push_back(word);
        }
        std::vector<const char*> pointers;
        pointers.reserve(replaced.size());
        for (const auto& word : replaced) pointers.push_back(word.c_str());
        std::istringstream input(typed + "\n");
        std::ostringstream output;
        std::ostringstream error;
        const int code =
            run_command_line(pointers, {folder_, "", GetParam(), input, output, error});
        std::string shown;
        for (auto* asked : {&*gateway_, &*hub_}) {
            for (const auto& request : asked->take_requests()) shown += "> " + request + "\n";
        }
        shown += output.str();
        if (!shown.empty() && !shown.ends_with('\n')) shown += '\n';
        if (!error.str().empty()) shown += "! " + error.str();
        for (auto at = shown.find(folder_.native()); at != std::string::npos;
             at = shown.find(folder_.native())) {
            shown.replace(at, folder_.native().size(), "@");
        }
        return shown + fmt::format("exit {}\n\n", code);
    }

    fs::path folder_;
    std::optional<FakeGateway> gateway_;
    std::optional<FakeGateway> hub_;
};

TEST_P(TranscriptTest, IsWordForWordTheSame) {
    const fs::path file = fs::path(SHOJI_GOLDEN) / fmt::format("transcript.{}.txt", GetParam());
    std::ifstream stream(file);
    ASSERT_TRUE(stream) << file;
    std::string expected;
    std::string actual;
    for (std::string line; std::getline(stream, line);) {
        expected += line + "\n";
        constexpr std::string_view prompt = "$ shoji ";
        if (line.starts_with(prompt)) {
            actual += line + "\n" + carry_out(line.substr(prompt.size()));
        }
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing sets it
    if (std::getenv("SHOJI_RENEW_GOLDEN") != nullptr) std::ofstream(file) << actual;
    EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(Languages, TranscriptTest, testing::Values("ja", "en"));

// Every word's help is in the catalogue, in both languages.
TEST_P(TranscriptTest, HasHelpForEveryWord) {
    for (const char* line : {"",
                             "init",
                             "status",
                             "apply",
                             "user",
                             "user add",
                             "user list",
                             "user remove",
                             "user reset",
                             "user unlock",
                             "terminal",
                             "terminal enrol",
                             "terminal list",
                             "terminal revoke",
                             "zone",
                             "zone add",
                             "zone list",
                             "zone remove",
                             "role",
                             "role add",
                             "role list",
                             "role remove",
                             "destination",
                             "destination add",
                             "destination list",
                             "destination remove",
                             "destination refused",
                             "route",
                             "route add",
                             "route list",
                             "route remove",
                             "session",
                             "session list",
                             "session kill",
                             "audit",
                             "audit verify",
                             "audit export",
                             "audit checkpoint",
                             "rules",
                             "rules check",
                             "hunt",
                             "events",
                             "respond",
                             "respond kill",
                             "respond quarantine",
                             "respond restore",
                             "respond isolate",
                             "respond release",
                             "respond block",
                             "respond unblock",
                             "respond collect",
                             "respond approve",
                             "respond refuse",
                             "respond status",
                             "respond pending",
                             "respond order",
                             "respond verify",
                             "order",
                             "order make",
                             "order make kill",
                             "order make isolate",
                             "order key",
                             "order sign",
                             "order show",
                             "order send",
                             "order list",
                             "order withdraw",
                             "sensor",
                             "sensor enrol",
                             "sensor list",
                             "sensor revoke",
                             "sensor status",
                             "sensor tail",
                             "sensor tree",
                             "hub",
                             "hub status",
                             "alerts",
                             "incidents",
                             "incident",
                             "suppressions",
                             "suppressions list",
                             "suppressions set"}) {
        const std::string shown = carry_out(std::string(line) + " --help");
        EXPECT_EQ(shown.find("cli."), std::string::npos) << shown;
        EXPECT_TRUE(shown.ends_with("exit 0\n\n")) << shown;
    }
}

}  // namespace
}  // namespace shoji::cli
