// Logs on disk, hunted through with the analysis: from files to incidents and their pages.
#include "cli/command_line.h"
#include "watch/detect/analysis/testing/scenes.h"
#include "watch/hunt/testing/windows_log.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Ran {
    int code = 0;
    std::string output;
    std::string error;

    [[nodiscard]] std::vector<json::object> lines() const {
        std::vector<json::object> all;
        std::istringstream stream(output);
        for (std::string line; std::getline(stream, line);) {
            all.push_back(json::parse(line).as_object());
        }
        return all;
    }
    // Those of incidents.
    [[nodiscard]] std::vector<json::object> incidents() const {
        std::vector<json::object> all;
        for (const auto& line : lines()) {
            if (const auto* one = line.if_contains("incident")) all.push_back(one->as_object());
        }
        return all;
    }
    [[nodiscard]] std::map<std::string, int> hits() const {
        std::map<std::string, int> ids;
        for (const auto& line : lines()) {
            if (const auto* id = line.if_contains("id")) ++ids[std::string(id->as_string())];
        }
        return ids;
    }
};

class HuntAnalysisTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-hunt-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        fs::create_directory(folder_ / "logs");
        fs::create_directory(folder_ / "lists");
        fs::copy_file(SHOJI_INTRUSION_LISTS, folder_ / "lists/intrusion.txt");
        fs::copy_file(SHOJI_NAME_LIST, folder_ / "lists/destinations.txt");
        write("rule.yml",
              "title: Hidden PowerShell\nid: 11111111-0000-4000-8000-000000000001\nlevel: high\n"
              "tags: [attack.t1059.001]\nlogsource: {category: process_creation, product: "
              "windows}\n"
              "detection: {s: {CommandLine|contains: '-w hidden'}, condition: s}\n");
        write("settings.toml", "canaries = ['*\\keihi\\0000-canary.xlsx']\n");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const fs::path& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    // A log file a host; every third has its newest event first, as some exports have.
    void write_logs(const intrusion::testing::Scene& scene, event::Time from, event::Time to) {
        std::map<std::string, std::vector<std::string>> logs;
        for (const auto& activity : scene.activities) {
            if (activity.time < from || activity.time >= to) continue;
            auto line = hunt::testing::windows_line(activity);
            if (!line.empty()) logs[std::string(activity.host)].push_back(std::move(line));
        }
        std::size_t number = 0;
        for (auto& [host, lines] : logs) {
            if (++number % 3 == 0) std::ranges::reverse(lines);
            std::string text;
            for (const auto& line : lines) text += line;
            write("logs/" + host + ".jsonl", text);
        }
    }
    Ran run(std::vector<std::string> words, const char* language = "en") {
        std::vector<const char*> pointers;
        for (auto& word : words) {
            if (word.starts_with('@')) word = (folder_ / word.substr(1)).native();
            pointers.push_back(word.c_str());
        }
        std::istringstream input;
        std::ostringstream output;
        std::ostringstream error;
        Ran ran;
        ran.code = run_command_line(pointers, {folder_, "", language, input, output, error,
                                               is_watched_, folder_ / "lists"});
        ran.output = output.str();
        ran.error = error.str();
        return ran;
    }
    Ran hunt(const std::vector<std::string>& more, const char* language = "en") {
        std::vector<std::string> words{"hunt", "--rules", "@rule.yml", "--analysis",
                                       "@settings.toml"};
        words.insert(words.end(), more.begin(), more.end());
        words.emplace_back("@logs");
        return run(std::move(words), language);
    }
    std::string read(const fs::path& name) {
        std::ifstream file(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path folder_;
    bool is_watched_ = false;
};

TEST_F(HuntAnalysisTest, LogsOfAnAttackBecomeOneIncidentInBothLanguages) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    const auto json = hunt({"--incidents", "--json"});
    EXPECT_EQ(json.error, "");
    EXPECT_EQ(json.code, 0);
    const auto incidents = json.incidents();
    ASSERT_EQ(incidents.size(), 1U);
    const auto& one = incidents[0];
    EXPECT_EQ(one.at("hosts").as_array().size(), 5U);
    const auto hits = json.hits();
    for (const auto* id : {"11111111-0000-4000-8000-000000000001", "intrusion.lateral_chain",
                           "intrusion.odd_parent", "intrusion.credential", "intrusion.canary"}) {
        EXPECT_TRUE(hits.contains(id)) << id;
    }
    const auto number = std::to_string(one.at("id").to_number<std::uint64_t>());
    for (const auto* language : {"en", "ja"}) {
        const auto page = hunt({"--incident", number}, language);
        EXPECT_EQ(page.code, 0);
        for (const auto* wanted : {"pc11", "pc15", "adm-sato", "powershell -w hidden", "lsass.exe",
                                   "qxsvc", "0000-canary.xlsx", "T1003.001", "PC11.jsonl#",
                                   "Hidden PowerShell", "2026-11-17 01:01:00"}) {
            EXPECT_THAT(page.output, HasSubstr(wanted));
        }
        EXPECT_THAT(page.output, Not(HasSubstr("intrusion.")));
        const auto list = hunt({"--incidents"}, language);
        EXPECT_THAT(list.output, HasSubstr("pc11, pc12, pc13 +2"));
        EXPECT_THAT(list.output,
                    HasSubstr(std::string(language) == "en" ? "A canary file changed"
                                                            : "おとりのファイルの変更"));
    }
    EXPECT_EQ(hunt({"--incident", "4711"}).code, 4);
}

TEST_F(HuntAnalysisTest, NothingDependsOnThreadsOrOnTheOrderOfFiles) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    const auto one = hunt({"--incidents", "--json", "--threads", "1"});
    for (const auto* threads : {"2", "7"}) {
        EXPECT_EQ(hunt({"--incidents", "--json", "--threads", threads}).output, one.output);
    }
}

TEST_F(HuntAnalysisTest, WithoutTheOptionTheHitsAreAsBefore) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    const auto plain = run({"hunt", "--rules", "@rule.yml", "--json", "@logs"});
    EXPECT_EQ(plain.hits().size(), 1U);
    EXPECT_THAT(plain.incidents(), IsEmpty());
    const auto analysed = hunt({"--incidents", "--json"});
    EXPECT_EQ(hunt({"--json"}).output, analysed.output)
        << "what is said about the analysis asks for it";
    std::istringstream stream(plain.output);
    for (std::string line; std::getline(stream, line);) {
        EXPECT_THAT(analysed.output, HasSubstr(line + "\n")) << "and they stay with it";
    }
    const auto grave = hunt({"--incidents", "--json", "--level", "critical"});
    EXPECT_LT(grave.lines().size(), analysed.lines().size());
    EXPECT_EQ(grave.incidents(), analysed.incidents()) << "incidents rest on everything";
}

TEST_F(HuntAnalysisTest, WhatWasLearntSurvivesBetweenRuns) {
    const auto scene = analysis::testing::attacked_office();
    const auto split = intrusion::testing::first_monday + 14 * incident::day;
    write_logs(scene, 0, event::Time{1} << 62);
    const auto whole = hunt({"--incidents", "--json"}).incidents();
    fs::remove_all(folder_ / "logs");
    fs::create_directory(folder_ / "logs");
    write_logs(scene, 0, split);
    const auto before = hunt({"--state-file", "@state", "--json"});
    EXPECT_EQ(before.code, 0) << before.error;
    EXPECT_THAT(before.incidents(), IsEmpty());
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "state").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    fs::remove_all(folder_ / "logs");
    fs::create_directory(folder_ / "logs");
    write_logs(scene, split, event::Time{1} << 62);
    const auto after = hunt({"--state-file", "@state", "--json"});
    EXPECT_EQ(after.error, "");
    auto incidents = after.incidents();
    ASSERT_EQ(incidents.size(), 1U);
    // The files' lines have other numbers.
    EXPECT_EQ(incidents[0].at("techniques"), whole[0].at("techniques"));
    EXPECT_EQ(incidents[0].at("alerts"), whole[0].at("alerts"));

    const auto number = std::to_string(incidents[0].at("id").to_number<std::uint64_t>());
    EXPECT_EQ(run({"incidents", "--state-file", "@state", "--json"}).incidents(), incidents);
    EXPECT_THAT(run({"incidents", "--state-file", "@state"}).output, HasSubstr("Incidents: 1"));
    EXPECT_EQ(
        run({"incident", number, "--state-file", "@state"}).output,
        hunt({"--state-file", "@state", "--incident", number, "--since", "2030-01-01"}).output);
    EXPECT_EQ(run({"incident", "4711", "--state-file", "@state"}).code, 4);
    EXPECT_EQ(run({"incidents", "--state-file", "@none"}).code, 4);
    const auto twice = hunt({"--state-file", "@state", "--json"});
    EXPECT_THAT(twice.error, HasSubstr("given twice"));
}

TEST_F(HuntAnalysisTest, IncidentsAreShownInTheZoneAskedForAndToldInUtc) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    const std::vector<std::string> tokyo{"--time-zone", "+09:00"};
    const auto with = [&](std::vector<std::string> more, const char* language = "en") {
        more.insert(more.begin(), tokyo.begin(), tokyo.end());
        return hunt(more, language).output;
    };
    const auto incident = hunt({"--incidents", "--json"}).incidents().at(0);
    const auto number = std::to_string(incident.at("id").to_number<std::uint64_t>());
    EXPECT_THAT(hunt({"--incidents"}).output,
                AllOf(HasSubstr("First (UTC)"), HasSubstr("Last (UTC)")));
    EXPECT_THAT(with({"--incidents", "--html", "@all.html"}),
                AllOf(HasSubstr("First (+09:00)"), HasSubstr("Last (+09:00)"),
                      HasSubstr("  2026-11-17 10:01  "), Not(HasSubstr("  2026-11-17 01:0"))));
    EXPECT_THAT(read("all.html"),
                AllOf(HasSubstr("<th scope=\"col\">First (+09:00)</th>"),
                      HasSubstr("<td>2026-11-17 10:01</td>"), HasSubstr("2026-11-17 10:01:00"),
                      HasSubstr("(+09:00)\n"), Not(HasSubstr("2026-11-17 01:0"))));
    EXPECT_THAT(with({"--incident", number}, "ja"),
                AllOf(HasSubstr("（+09:00）"), HasSubstr("2026-11-17 10:01:00"),
                      Not(HasSubstr("2026-11-17 01:0"))));
    EXPECT_EQ(with({"--incidents", "--json"}), hunt({"--incidents", "--json"}).output);
    EXPECT_EQ(with({"--incidents", "--ocsf"}), hunt({"--incidents", "--ocsf"}).output);
}

TEST_F(HuntAnalysisTest, TalkToTheOutsideAndTunnelsAreFound) {
    intrusion::testing::Scene scene;
    for (unsigned week = 0; week < 2; ++week) {
        intrusion::testing::add_office_week(scene, week, 20);
    }
    for (int i = 0; i < 1500; ++i) {
        // Not from the first day on: what was there before may be usual.
        const auto time =
            intrusion::testing::first_monday + 2 * incident::day + i * 10 * incident::minute;
        auto& contact = scene.add(event::ActivityKind::connection, time, "PC7", "CITY\\user7");
        contact.process = "C:\\Users\\user7\\AppData\\x.exe";
        contact.peer = "198.51.100.7";
        contact.port = 443;
        if (i < 1000) continue;
        auto& query = scene.add(event::ActivityKind::query, time, "PC8", "CITY\\user8");
        for (std::uint64_t part = 0; part < 3; ++part) {
            const auto number = static_cast<std::uint64_t>(i);
            const auto name = fmt::format("{:032x}{:016x}.tunnel.example.net",
                                          number * 15'485'863 + part, number * 7919 + part);
            auto& more =
                part == 0 ? query
                          : scene.add(event::ActivityKind::query,
                                      time + static_cast<event::Time>(part), "PC8", "CITY\\user8");
            more.domain = scene.keep(name);
            more.process = "C:\\Windows\\System32\\svchost.exe";
        }
    }
    scene.sort();
    write_logs(scene, 0, event::Time{1} << 62);
    const auto found = hunt({"--incidents", "--json"});
    const auto hits = found.hits();
    EXPECT_TRUE(hits.contains("beacon.beacon"));
    EXPECT_TRUE(hits.contains("exfiltration.tunnel"));
    const auto lines = found.lines();
    const auto beacon = std::ranges::find_if(lines, [](const json::object& line) {
        const auto* id = line.if_contains("id");
        return id != nullptr && *id == "beacon.beacon" && line.at("computer") == "PC7";
    });
    ASSERT_NE(beacon, lines.end());
    EXPECT_THAT(std::string(beacon->at("details").as_string()), HasSubstr("198.51.100.7"));
    EXPECT_THAT(std::string(beacon->at("file").as_string()), HasSubstr("PC7.jsonl"));
    EXPECT_GT(beacon->at("record").to_number<std::uint64_t>(), 0U);
    EXPECT_EQ(beacon->at("tags"), json::array({"attack.t1071.001"}));
}

TEST_F(HuntAnalysisTest, SuppressionsAreNeverSilent) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    write("suppressions.toml",
          "[[suppression]]\nrule = 'canary'\nowner = 'sato'\nreason = 'drill'\nexpires = "
          "2027-03-31\n[[suppression]]\nrule = 'x'\n");
    const auto json = hunt({"--incidents", "--suppressions", "@suppressions.toml", "--json"});
    EXPECT_FALSE(json.hits().contains("intrusion.canary"));
    EXPECT_THAT(json.output, HasSubstr(R"({"suppression":{"conditions":)"));
    EXPECT_THAT(json.error, HasSubstr("line 6"));
    const auto text = hunt({"--incidents", "--suppressions", "@suppressions.toml"}, "ja");
    EXPECT_THAT(text.output, AllOf(HasSubstr("canary: 1 件を抑止"), HasSubstr("drill"),
                                   HasSubstr("期限 2027-03-31 15:00:00.000")));
    EXPECT_THAT(
        hunt({"--incidents", "--suppressions", "@suppressions.toml", "--time-zone", "+09:00"})
            .output,
        HasSubstr("until 2027-04-01 00:00:00.000"));
}

TEST_F(HuntAnalysisTest, ASuppressedHitIsMarkedWhereverItIsShown) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    write("suppressions.toml",
          "[[suppression]]\nrule = '11111111-0000-4000-8000-000000000001'\nowner = '佐藤'\n"
          "reason = 'drill'\nexpires = 2027-03-31\n"
          "[[suppression]]\nrule = 'nothing'\nowner = 'kato'\nreason = 'old'\n"
          "expires = 2027-03-31\n");
    const std::vector<std::string> plain{"--incidents", "--suppressions", "@suppressions.toml"};
    const auto with = [&](std::vector<std::string> more, const char* language = "en") {
        more.insert(more.begin(), plain.begin(), plain.end());
        return hunt(more, language);
    };
    const auto json = with({"--json"});
    int marked = 0;
    for (const auto& line : json.lines()) {
        const auto* by = line.if_contains("suppressed");
        if (by == nullptr) continue;
        ++marked;
        EXPECT_EQ(line.at("title"), "Hidden PowerShell");
        EXPECT_EQ(*by, (json::object{{"owner", "佐藤"}, {"reason", "drill"}}));
    }
    EXPECT_EQ(marked, json.hits()["11111111-0000-4000-8000-000000000001"]);
    EXPECT_GT(marked, 0);
    EXPECT_THAT(json.output,
                HasSubstr(R"({"unusedSuppression":{"conditions":"|nothing|||","line":6,)"));

    const auto table = with({"--csv", "@all.csv", "--html", "@all.html"}, "ja");
    EXPECT_THAT(table.output,
                AllOf(HasSubstr("抑止（佐藤）: drill"),
                      HasSubstr(fmt::format("このうち {} 件は抑止", marked)),
                      HasSubstr("6 行目の抑止は何も抑止しませんでした: rule=nothing")));
    EXPECT_THAT(read("all.csv"),
                AllOf(HasSubstr(",suppressed\r\n"), HasSubstr(",\"佐藤: drill\"\r\n")));
    EXPECT_THAT(read("all.html"),
                AllOf(HasSubstr("<tr class=\"suppressed\">"), HasSubstr("抑止（佐藤）: drill"),
                      HasSubstr("何も抑止しませんでした")));
    EXPECT_THAT(with({"--ocsf"}).output, HasSubstr(R"("status_id":3,"comment":"佐藤: drill")"));
}

TEST_F(HuntAnalysisTest, WithoutSuppressionsThereIsNoColumnOfThem) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    EXPECT_THAT(hunt({"--incidents", "--csv", "@all.csv"}).output, Not(HasSubstr("Suppressed")));
    EXPECT_THAT(read("all.csv"), Not(HasSubstr("suppressed")));
}

TEST_F(HuntAnalysisTest, IncidentsAreLinesOfOcsfToo) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    const auto found = hunt({"--incidents", "--ocsf"});
    std::map<std::int64_t, int> classes;
    for (const auto& line : found.lines()) ++classes[line.at("class_uid").as_int64()];
    EXPECT_GT(classes[2004], 0);
    EXPECT_EQ(classes[2005], 1);
    EXPECT_EQ(classes.size(), 2U);
}

TEST_F(HuntAnalysisTest, TheProgressOfTheAnalysisHasALabelOfItsOwn) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    is_watched_ = true;
    const auto watched = hunt({"--incidents"});
    EXPECT_THAT(watched.error, HasSubstr("analysing  0 records"));
    EXPECT_LT(watched.error.find("events"), watched.error.find("analysing"));
    EXPECT_THAT(run({"hunt", "--rules", "@rule.yml", "@logs"}).error, Not(HasSubstr("analysing")));
}

TEST_F(HuntAnalysisTest, TheReportHasIncidentsWithTheirPages) {
    write_logs(analysis::testing::attacked_office(), 0, event::Time{1} << 62);
    for (const auto* language : {"en", "ja"}) {
        EXPECT_EQ(hunt({"--incidents", "--html", "@report.html"}, language).code, 0);
        const auto html = read("report.html");
        EXPECT_THAT(html, HasSubstr("<details id=\"incident-"));
        EXPECT_THAT(html, HasSubstr("powershell -w hidden"));
        EXPECT_THAT(html, HasSubstr("0000-canary.xlsx"));
        EXPECT_THAT(html, Not(HasSubstr("intrusion.canary")));
        EXPECT_THAT(html, Not(HasSubstr("incident.list")));
    }
}

TEST_F(HuntAnalysisTest, FilesThatAreWrongAreNamed) {
    write_logs(analysis::testing::attacked_office(), 0,
               intrusion::testing::first_monday + incident::day);
    write("wrong.toml", "zone = 1\n");
    write("state", "nonsense");
    write("domains.txt", "good.example\nbad domain here\n");
    const auto settings =
        run({"hunt", "--rules", "@rule.yml", "--incidents", "--analysis", "@wrong.toml", "@logs"});
    EXPECT_EQ(settings.code, 5);
    EXPECT_THAT(settings.error, HasSubstr("line 1: zone is not a setting"));
    const auto state = hunt({"--state-file", "@state"});
    EXPECT_EQ(state.code, 6);
    EXPECT_THAT(state.error, HasSubstr("no state"));
    EXPECT_EQ(read("state"), "nonsense") << "what cannot be read is not replaced";
    const auto domains = hunt({"--incidents", "--young-domains", "@domains.txt"});
    EXPECT_THAT(domains.error, HasSubstr("1 lines"));
    EXPECT_EQ(hunt({"--incidents", "--known-domains", "@none.txt"}).code, 4);
    fs::remove(folder_ / "lists/destinations.txt");
    const auto lists = hunt({"--incidents"});
    EXPECT_EQ(lists.code, 4);
    EXPECT_THAT(lists.error, HasSubstr("destinations.txt"));
}

TEST_F(HuntAnalysisTest, HostileLogsAreTakenAsFarAsTheyGo) {
    std::string text;
    for (int i = 0; i < 300; ++i) {
        event::Activity one;
        one.kind = static_cast<event::ActivityKind>(i % 14);
        one.time = i % 3 == 0 ? 1 : i % 3 == 1 ? 7'000'000'000'000'000'000 : 0;
        const std::string name(i % 7 == 0 ? 200'000 : 20, static_cast<char>('a' + i % 26));
        one.host = one.user = one.process = one.domain = one.path = one.command = name;
        auto line = hunt::testing::windows_line(one);
        // No time at all.
        if (one.time == 0 && line.size() > 40) line = "{" + line.substr(line.find("\"winlog"));
        text += line;
    }
    write("logs/hostile.jsonl", text + "{\"broken\n");
    const auto found = hunt({"--incidents", "--json"});
    EXPECT_EQ(found.code, 1);
    EXPECT_THAT(found.error, HasSubstr("without a time were not analysed"));
    EXPECT_LT(found.output.size(), 200'000U);
}

}  // namespace
}  // namespace shoji::cli
