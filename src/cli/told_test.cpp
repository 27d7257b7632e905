// Every reason that the sources of events, detection and hunting can give has a sentence in the
// catalogue, in both languages.
#include "cli/told.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using text::Language;

// The texts of string literals that stand beside each other from `at` on; `at` goes behind them.
std::string literals_at(std::string_view source, std::size_t& at) {
    std::string text;
    while (at < source.size() && source[at] == '"') {
        for (++at; at < source.size() && source[at] != '"'; ++at) {
            if (source[at] == '\\') ++at;
            text += source[at];
        }
        ++at;
        const auto next = std::min(source.find_first_not_of(" \n", at), source.size());
        if (next < source.size() && source[next] == '"') at = next;
    }
    return text;
}

// The literals among the arguments of a call, whose opening parenthesis is before `at`.
std::vector<std::string> arguments_at(std::string_view source, std::size_t at) {
    std::vector<std::string> found;
    for (int depth = 1; depth > 0 && at < source.size();) {
        const char c = source[at];
        if (c == '"') {
            auto text = literals_at(source, at);
            if (depth == 1) found.push_back(std::move(text));
            continue;
        }
        if (c == '\'') at = source.find('\'', at + (source[at + 1] == '\\' ? 3 : 1));
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        ++at;
    }
    return found;
}

using Sentences = std::map<std::string, std::string>;  // and a file that says them

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// The first literal of each call.
void collect_calls(const fs::path& file, std::span<const std::string_view> calls,
                   Sentences& sentences) {
    const std::string source = text_of(file);
    for (const auto call : calls) {
        for (auto at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
            const char before = at == 0 ? ' ' : source[at - 1];
            if (before == '_' || std::isalnum(static_cast<unsigned char>(before)) != 0) continue;
            const auto literals = arguments_at(source, at + call.size());
            if (!literals.empty()) sentences.emplace(literals.front(), file.filename());
        }
    }
}

void collect(const fs::path& file, Sentences& sentences) {
    constexpr std::array<std::string_view, 8> calls{"because(",    "wrong(",       "wrong_at(",
                                                    "wrong_here(", "of_line(",     "complain(",
                                                    "Words::of(",  "damages_.add("};
    collect_calls(file, calls, sentences);
    const std::string source = text_of(file);
    // What a setting must be goes on from its name.
    constexpr std::string_view refuse = "refuse(";
    for (auto at = source.find(refuse); at != std::string::npos; at = source.find(refuse, at + 1)) {
        const auto literals = arguments_at(source, at + refuse.size());
        if (!literals.empty()) sentences.emplace("{} " + literals.back(), file.filename());
    }
}

bool says_reasons(const fs::path& file) {
    const auto name = file.filename().native();
    const auto folder = file.parent_path().filename().native();
    return (name.ends_with(".cpp") || name.ends_with(".h")) && folder != "testing" &&
           !name.ends_with("_test.cpp") && !name.ends_with("_fuzz.cpp");
}

Sentences sentences_of_sources() {
    Sentences sentences;
    for (const auto* folder : {"watch/event", "watch/detect", "watch/hunt", "core/base"}) {
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(SHOJI_SOURCES) / folder)) {
            if (says_reasons(entry.path())) collect(entry.path(), sentences);
        }
    }
    // What `shoji sensor status` and `shoji respond status` are told by other processes: with what
    // they were doing when the kernel said no.
    constexpr std::array<std::string_view, 4> told_on{"because(", "Words::of(", "fail_errno(",
                                                      "reason("};
    for (const auto* file :
         {"channel/channel.cpp", "delivery/courier.cpp", "delivery/delivery.cpp",
          "response/guarded_sockets.cpp", "response/program_lsm.cpp", "sensor/kernel_side.cpp",
          "shield/shield.cpp", "station/keeper_logons.cpp"}) {
        collect_calls(fs::path(SHOJI_SOURCES) / "watch" / file, told_on, sentences);
    }
    collect_calls(fs::path(SHOJI_SOURCES) / "watch/spool/spool.cpp", std::span(told_on).first(1),
                  sentences);
    sentences.erase("{}");  // says nothing of its own
    return sentences;
}

std::string numbered(std::string_view sentence) {
    std::string text;
    int number = 0;
    for (const char c : sentence) {
        text += c;
        if (c == '{') text += std::to_string(++number);
    }
    return text;
}

TEST(Told, EveryReasonOfTheSourcesIsInTheCatalogue) {
    const auto sentences = sentences_of_sources();
    EXPECT_GT(sentences.size(), 200U) << "they are found";
    EXPECT_TRUE(sentences.contains("the modifier '{}' is not known here"));
    EXPECT_TRUE(sentences.contains("'{}' is no level"));
    EXPECT_TRUE(sentences.contains("{} must be a whole number"));
    std::map<std::string, std::string> keys;
    for (const auto& [sentence, file] : sentences) {
        const auto key = base::Words{sentence, {}}.key();
        ASSERT_TRUE(text::knows(key)) << file << ": \"" << sentence << "\": " << key;
        EXPECT_EQ(text::say(Language::en, key), numbered(sentence)) << file;
        const auto japanese = text::say(Language::ja, key);
        EXPECT_TRUE(std::ranges::any_of(japanese, [](char c) { return (c & 0x80) != 0; }))
            << japanese;
        const auto values = std::ranges::count(sentence, '{');
        for (auto number = 1; number <= values; ++number) {
            EXPECT_THAT(japanese, ::testing::HasSubstr("{" + std::to_string(number) + "}"));
        }
        EXPECT_TRUE(keys.emplace(key, sentence).second) << keys[key] << " and " << sentence;
    }
}

// A reason without words for people would be told in English.
TEST(Told, RulesGiveNoReasonWithoutWords) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(SHOJI_SOURCES) / "watch/detect/sigma")) {
        if (!says_reasons(entry.path())) continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::string source{std::istreambuf_iterator<char>(stream), {}};
        EXPECT_EQ(source.find("base::fail("), std::string::npos) << entry.path();
    }
}

TEST(Told, SaysAgainWhatAnotherProgramToldInEnglish) {
    const auto japanese = [](std::string_view english) { return told(english, Language::ja); };
    EXPECT_EQ(japanese("fentry: Operation not permitted"), "fentry: 許可されていない操作です");
    EXPECT_EQ(japanese("opening /etc/x: No such file or directory"),
              "/etc/x を開けません: そのようなファイルやフォルダーはありません");
    EXPECT_EQ(japanese("opening the object file: Permission denied"),
              "カーネル内プログラムのファイルを開けません: アクセスが許可されていません");
    EXPECT_EQ(japanese("making the folder a: b: Input/output error"),
              "フォルダー a を作れません: b: Input/output error");
    EXPECT_EQ(japanese("fentry: attaching on_open: Operation not permitted"),
              "fentry: on_open を取り付けられません: 許可されていない操作です");
    EXPECT_EQ(japanese("there is no journal, and none of /var/log/auth.log, /var/log/secure"),
              "ジャーナルがなく、/var/log/auth.log, /var/log/secure のどれもありません");
    EXPECT_EQ(japanese("connecting to the collector: Connection refused"),
              "収集側に接続できません: 接続を拒否されました");
    EXPECT_EQ(japanese("LSM programs load but refuse nothing: 'bpf' is not among the kernel's "
                       "security modules"),
              "LSM プログラムは読み込めますが、何も拒みません。カーネルのセキュリティモジュールに"
              "「bpf」がありません");
    EXPECT_EQ(japanese("the collector ends the connection: its disk is full"),
              "収集側が接続を終わらせました: ディスクがいっぱいです");
    EXPECT_EQ(
        told(std::string_view("connecting to the collector: Connection refused"), Language::en),
        "connecting to the collector: Connection refused");
}

TEST(Told, SaysWhereAndWhatInTheReadersLanguage) {
    const auto failure = base::because(base::ErrorKind::invalid, "'{}' is no level", "loud");
    const auto error = base::inside(base::Words::quoted("s"),
                                    base::inside(base::at_line(12), failure.value()).value());
    EXPECT_EQ(told(error.value(), Language::en), "s: line 12: 'loud' is no level");
    EXPECT_EQ(told(error.value(), Language::ja), "s: 12 行目: 「loud」という深刻度はありません");
    EXPECT_EQ(reason_of(error.value()), "'loud' is no level");
    EXPECT_EQ(line_of(error.value()), "12");
    const base::Error plain{base::ErrorKind::system, "no words"};
    EXPECT_EQ(told(plain, Language::ja), "no words");
    EXPECT_EQ(reason_of(plain), "no words");
    EXPECT_EQ(line_of(plain), std::nullopt);
    EXPECT_EQ(told(base::Words::of("not in the catalogue {}", 1), Language::ja),
              "not in the catalogue 1");
}

}  // namespace
}  // namespace shoji::cli
