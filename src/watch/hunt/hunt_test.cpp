#include "watch/hunt/hunt.h"

#include "watch/event/testing/evtx_writer.h"
#include "watch/event/time.h"
#include "watch/hunt/rule_folder.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

class HuntTest : public ::testing::Test {
  protected:
    HuntTest() {
        std::string name = (fs::temp_directory_path() / "shoji-hunt-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~HuntTest() override { fs::remove_all(folder_); }

    void write(const fs::path& name, std::string_view text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    void write_rule(const fs::path& name, std::string_view image, std::string_view level = "high") {
        write(name, "title: " + std::string(image) + "\nlevel: " + std::string(level) +
                        "\nlogsource: {product: windows, category: process_creation}\ndetection:\n"
                        "  s: {Image|endswith: '\\" +
                        std::string(image) + "'}\n  condition: s\n");
    }
    void write_evtx(const fs::path& name) {
        event::testing::EvtxWriter writer;
        constexpr std::uint64_t first = 133'771'608'000'000'000;  // 2024-11-27 06:00 UTC
        constexpr std::uint64_t minute = 600'000'000;
        for (const auto* image : {"C:\\evil.exe", "C:\\good.exe", "C:\\evil.exe"}) {
            writer.add(1, "Microsoft-Windows-Sysmon/Operational", first + minute * added_++,
                       {{"Image", image}});
        }
        const auto bytes = writer.file();
        write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    void compile() {
        const auto files = rule_files({folder_ / "rules"});
        ASSERT_TRUE(files) << files.error().message;
        rules_ = read_rule_folder(*files, {names_, {}});
        auto plan = sigma::Plan::compile(rules_.rules, names_);
        ASSERT_TRUE(plan);
        plan_ = std::move(*plan);
    }
    Timeline hunt_all(const Wish& wish = {}) {
        compile();
        files_ = *log_files({folder_ / "logs"});
        auto timeline = hunt(*plan_, names_, windows_, files_, wish, progress_);
        EXPECT_TRUE(timeline);
        return std::move(*timeline);
    }
    // "title file record" of each hit.
    std::vector<std::string> shown(const Timeline& timeline) {
        std::vector<std::string> all;
        for (const auto& hit : timeline.hits) {
            all.push_back(plan_->rule(hit.rule).title + " " + files_[hit.file].filename().string() +
                          " " + std::to_string(hit.record));
        }
        return all;
    }

    fs::path folder_;
    std::uint64_t added_ = 0;
    event::Names names_;
    event::WindowsSources windows_{names_};
    RuleFolder rules_;
    std::optional<sigma::Plan> plan_;
    std::vector<fs::path> files_;
    Progress progress_;
};

constexpr std::string_view line =
    R"({"@timestamp":"2024-11-27T06:01:30Z","winlog":{"event_id":1,"channel":"Microsoft-Windows-Sysmon/Operational","record_id":9,"event_data":{"Image":"D:\\evil.exe"}}})"
    "\n";

TEST_F(HuntTest, GivesOneTimelineOfAllFiles) {
    write_rule("rules/a.yml", "evil.exe");
    write_rule("rules/deep/er/b.yaml", "good.exe", "low");
    write_evtx("logs/one.evtx");
    write("logs/two.jsonl", line);
    for (const unsigned int threads : {1U, 3U}) {
        Wish wish;
        wish.threads = threads;
        const auto timeline = hunt_all(wish);
        EXPECT_THAT(shown(timeline),
                    ::testing::ElementsAre("evil.exe one.evtx 1", "good.exe one.evtx 2",
                                           "evil.exe two.jsonl 9", "evil.exe one.evtx 3"));
        EXPECT_EQ(timeline.events, 4U);
        EXPECT_EQ(timeline.losses, 0U);
        EXPECT_EQ(timeline.hits[2].details, "Image=D:\\evil.exe");
    }
    EXPECT_EQ(progress_.files, 4U);
}

TEST_F(HuntTest, KeepsFieldsWhereTheyAreWishedFor) {
    write_rule("rules/a.yml", "evil.exe");
    write("logs/two.jsonl", line);
    Wish wish;
    EXPECT_TRUE(hunt_all(wish).hits.front().fields.empty());
    wish.fields = true;
    auto hit = hunt_all(wish).hits.front();
    const auto image = std::ranges::find(hit.fields, "Image", &HitField::name);
    ASSERT_NE(image, hit.fields.end());
    EXPECT_EQ(image->value, "D:\\evil.exe");
    EXPECT_TRUE(image->in_details);
    EXPECT_EQ(std::ranges::count(hit.fields, true, &HitField::in_details), 1);
    EXPECT_EQ(hit.product, "windows");
    EXPECT_THAT(hit.categories, ::testing::ElementsAre("process_creation"));
    wish.most_field_bytes = 10;
    const auto without = hunt_all(wish);
    EXPECT_TRUE(without.hits.front().fields.empty());
    EXPECT_EQ(without.hits_without_fields, 1U);
    wish.most_field_bytes = 1 << 20;
    write("logs/two.jsonl", std::string(line.substr(0, line.size() - 4)) + R"(,"Long":")" +
                                std::string(20'000, 'x') + "\"}}}\n");
    hit = hunt_all(wish).hits.front();
    const auto longest = std::ranges::find(hit.fields, "Long", &HitField::name);
    ASSERT_NE(longest, hit.fields.end());
    EXPECT_LT(longest->value.size(), 10'000U);
    EXPECT_TRUE(longest->value.ends_with("…"));
}

TEST_F(HuntTest, KeepsToLevelAndTime) {
    write_rule("rules/a.yml", "evil.exe");
    write_rule("rules/b.yml", "good.exe", "low");
    write_evtx("logs/one.evtx");
    Wish wish;
    wish.least = sigma::Level::high;
    wish.since = *event::parse_time("2024-11-27T06:01:00Z");
    EXPECT_THAT(shown(hunt_all(wish)), ::testing::ElementsAre("evil.exe one.evtx 3"));
}

TEST_F(HuntTest, TellsWhatItCouldNotRead) {
    write_rule("rules/a.yml", "evil.exe");
    write("logs/broken.json", std::string("not JSON\n") + std::string(line));
    write("logs/empty.json", "");
    fs::create_symlink("nowhere", folder_ / "logs/gone.json");
    const auto timeline = hunt_all();
    EXPECT_EQ(timeline.hits.size(), 1U);
    EXPECT_EQ(timeline.losses, 1U);
    ASSERT_EQ(timeline.told.size(), 1U);
    EXPECT_THAT(timeline.told.front().what.message, ::testing::HasSubstr("at byte 0"));
    files_ = {folder_ / "logs/gone.json"};
    const auto gone = hunt(*plan_, names_, windows_, files_, {}, progress_);
    EXPECT_EQ(gone->losses, 1U);
    EXPECT_THAT(gone->told.front().what.message, ::testing::HasSubstr("gone.json"));
}

TEST_F(HuntTest, LeavesOutHitsBeyondTheLimitAndCountsThem) {
    write_rule("rules/a.yml", "evil.exe");
    write_evtx("logs/one.evtx");
    Wish wish;
    wish.most_hits = 1;
    const auto timeline = hunt_all(wish);
    EXPECT_EQ(timeline.hits.size(), 1U);
    EXPECT_EQ(timeline.hits_left_out, 1U);
    Wish tight;
    tight.most_hit_bytes = sizeof(Hit);
    const auto without = hunt_all(tight);
    EXPECT_TRUE(without.hits.empty()) << "their texts count";
    EXPECT_EQ(without.hits_left_out, 2U);
}

TEST_F(HuntTest, ReadsAFileThatEndsWithItsPage) {
    write_rule("rules/a.yml", "evil.exe");
    std::string text(line);
    text.insert(text.find("{\"event_id\"") + 1, std::string(4096 - text.size(), ' '));
    ASSERT_EQ(text.size(), 4096U);
    write("logs/page.json", text);
    EXPECT_EQ(hunt_all().hits.size(), 1U);
}

TEST_F(HuntTest, RulesWithErrorsAreNamedAndTheRestLoads) {
    write_rule("rules/a.yml", "evil.exe");
    write("rules/b.yml", "title: B\nlogsource: {}\ndetection:\n  s: {A|foo: x}\n  condition: s\n");
    write("rules/c.yml", "title: [\n");
    write("rules/readme.txt", "no rule");
    compile();
    EXPECT_EQ(rules_.rules.size(), 1U);
    EXPECT_EQ(rules_.files, 3U);
    ASSERT_EQ(rules_.problems.size(), 2U);
    EXPECT_EQ(rules_.problems[0].rule, "B");
    EXPECT_THAT(rules_.problems[0].error.message, ::testing::HasSubstr("line 4"));
    EXPECT_THAT(rules_.problems[1].file, ::testing::EndsWith("c.yml"));
    const auto none = rule_files({folder_ / "none"});
    EXPECT_EQ(none.error().kind, base::ErrorKind::not_found);
    EXPECT_EQ(none.error().key, "hunt.not_there");
    EXPECT_EQ(log_files({folder_ / "none"}).error().kind, base::ErrorKind::not_found);
    fs::create_directory(folder_ / "empty");
    EXPECT_EQ(rule_files({folder_ / "empty"}).error().kind, base::ErrorKind::not_found);
}

}  // namespace
}  // namespace shoji::hunt
