// What is said about rules and logs with errors in them, in both languages.
#include "cli/command_line.h"
#include "cli/fields_left_out.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ran {
    int code = 0;
    std::string output;
    std::string error;
};

class RulesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "shoji-rules-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    Ran run(std::vector<std::string> words, const char* language) {
        std::vector<const char*> pointers;
        for (auto& word : words) {
            if (word.starts_with('@')) word = (folder_ / word.substr(1)).native();
            pointers.push_back(word.c_str());
        }
        std::istringstream input;
        std::ostringstream output;
        std::ostringstream error;
        Ran ran;
        ran.code = run_command_line(
            pointers, {folder_, "", language, input, output, error, false, folder_ / "lists"});
        ran.output = output.str();
        ran.error = error.str();
        return ran;
    }

    fs::path folder_;
};

const std::string detection = "detection: {s: {A: x}, condition: s}\n";

TEST_F(RulesTest, ErrorsAreToldInTheReadersLanguageAndToProgramsInEnglish) {
    write("rules/a.yml", "title: A\nlevel: loud\nlogsource: {product: windows}\n" + detection);
    write("rules/b.yml",
          "title: B\nlogsource: {product: windows}\ndetection: {s: {A|magic: x}, condition: s}\n");
    const auto japanese = run({"rules", "check", "@rules"}, "ja_JP.UTF-8");
    EXPECT_EQ(japanese.code, 1);
    EXPECT_THAT(japanese.error,
                AllOf(HasSubstr("a.yml: A: 2 行目: 「loud」という深刻度はありません"),
                      HasSubstr("b.yml: B: s: 3 行目: 修飾子「magic」には対応していません"),
                      Not(HasSubstr("line"))));
    EXPECT_THAT(run({"rules", "check", "@rules"}, "en").error,
                HasSubstr("a.yml: A: line 2: 'loud' is no level"));
    for (const auto* language : {"en", "ja_JP.UTF-8"}) {
        const auto result =
            json::parse(run({"rules", "check", "@rules", "--json"}, language).output);
        const auto& error = result.at("errors").at(0);
        EXPECT_EQ(error.at("reason"), "'loud' is no level") << language;
        EXPECT_EQ(error.at("line"), 2);
        EXPECT_EQ(error.at("message"), "line 2: 'loud' is no level");
    }
}

TEST_F(RulesTest, ARuleOfSeveralConditionsIsCountedOnce) {
    write("rules/a.yml",
          "title: A\nlogsource: {product: windows}\n"
          "detection: {s: {A: x}, condition: [s, not s]}\n---\n");
    const auto ran = run({"rules", "check", "@rules"}, "en");
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_THAT(ran.output, HasSubstr("1 of 1 rules compile"));
    const auto result = json::parse(run({"rules", "check", "@rules", "--json"}, "en").output);
    EXPECT_EQ(result.at("rules"), 1);
    EXPECT_EQ(result.at("compiled"), 1);
}

TEST_F(RulesTest, DamageOfLogsIsToldInTheReadersLanguage) {
    write("rules/a.yml", "title: A\nlogsource: {product: windows}\n" + detection);
    write("logs/a.json", "nothing that is known\n");
    for (const auto& words : {std::vector<std::string>{"hunt", "--rules", "@rules", "@logs"},
                              std::vector<std::string>{"events", "@logs"}}) {
        const auto ran = run(words, "ja_JP.UTF-8");
        EXPECT_EQ(ran.code, 1);
        EXPECT_THAT(ran.error, AllOf(HasSubstr("a.json: 0 バイト目: "), Not(HasSubstr("at byte"))));
    }
}

TEST_F(RulesTest, ErrorsOfSettingsAndSuppressionsAreToldInTheReadersLanguage) {
    write("rules/a.yml", "title: A\nlogsource: {product: windows}\n" + detection);
    write("logs/a.json", "{}\n");
    write("lists/intrusion.txt", "edition test\n");
    write("lists/destinations.txt", "edition test\nstorage files.example\n");
    write("settings.toml", "\ncanaries = 7\n");
    write("suppressions.toml", "[[suppression]]\nrule = 'x'\nreason = 'x'\n");
    const auto hunt = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"hunt", "--rules", "@rules"});
        more.emplace_back("@logs");
        return run(more, "ja_JP.UTF-8").error;
    };
    EXPECT_THAT(hunt({"--analysis", "@settings.toml"}),
                HasSubstr("settings.toml の 2 行目: canaries は文字列の一覧にしてください"));
    EXPECT_THAT(hunt({"--suppressions", "@suppressions.toml"}),
                HasSubstr("1 行目の抑止を使えません: 「owner」が必要です"));
    write("suppressions.toml", "[[suppression");
    EXPECT_THAT(hunt({"--suppressions", "@suppressions.toml"}),
                HasSubstr("suppressions.toml を使えません: 1 行目: TOML として読めません"));
}

TEST_F(RulesTest, FieldsThatNobodyLookedAtAreToldByFile) {
    write("rules/a.yml", "title: A\nlogsource: {product: windows}\n" + detection);
    std::string event = "{\"a\":1";
    for (int i = 0; i < 2000; ++i) event += fmt::format(",\"field{}\":{}", i, i);
    for (int i = 0; i < 7; ++i) write(fmt::format("logs/large-{}.json", i), event + "}\n");
    for (const auto& words : {std::vector<std::string>{"hunt", "--rules", "@rules", "@logs"},
                              std::vector<std::string>{"events", "@logs"}}) {
        const auto ran = run(words, "en");
        EXPECT_EQ(ran.code, 1);
        EXPECT_THAT(ran.error, AllOf(HasSubstr("large-0.json: "), HasSubstr("large-4.json: "),
                                     Not(HasSubstr("large-5.json")), HasSubstr(" 2 more files")));
    }
}

}  // namespace
}  // namespace shoji::cli
