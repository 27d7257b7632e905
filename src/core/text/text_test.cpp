#include "core/text/text.h"

#include <vector>

#include <gtest/gtest.h>

namespace shoji::text {
namespace {

TEST(Text, SaysAMessageInBothLanguages) {
    EXPECT_EQ(say(Language::en, "refusal.unreachable", {{"host", "a.example"}}),
              "a.example does not answer. Please try again later.");
    EXPECT_EQ(say(Language::ja, "refusal.unreachable", {{"host", "a.example"}}),
              "a.example から応答がありません。しばらくしてからもう一度お試しください。");
}

TEST(Text, TakesValuesThatWereCollected) {
    const std::vector<std::pair<std::string, std::string>> values{{"host", "a.example"}};
    EXPECT_EQ(say(Language::en, "refusal.unreachable", values),
              "a.example does not answer. Please try again later.");
}

TEST(Text, NeverExpandsWhatItSubstituted) {
    EXPECT_EQ(say(Language::en, "refusal.unreachable", {{"host", "{host}"}}),
              "{host} does not answer. Please try again later.");
}

TEST(Text, ShowsAKeyThatTheCatalogueLacks) {
    EXPECT_FALSE(knows("no.such.key"));
    EXPECT_EQ(say(Language::ja, "no.such.key"), "no.such.key");
}

TEST(Text, SaysAgainWhatAnotherProgramSaidInEnglish) {
    const auto again = [](std::string_view english) {
        return say_again(Language::ja, "refusal.", english);
    };
    EXPECT_EQ(again("a.example does not answer. Please try again later."),
              "a.example から応答がありません。しばらくしてからもう一度お試しください。");
    EXPECT_EQ(again("{host} does not answer. Please try again later."),
              "{host} から応答がありません。しばらくしてからもう一度お試しください。");
    EXPECT_EQ(again("a.example does not answer."), std::nullopt);
    EXPECT_EQ(again(""), std::nullopt);
    EXPECT_EQ(say_again(Language::ja, "reason.", "more than 12 values"),
              "値が 12 個を超えています");
    EXPECT_EQ(say_again(Language::en, "reason.", "more than 12 values"), "more than 12 values");
    EXPECT_EQ(say_again(Language::ja, "reason.", "a line of 7 bytes; at most 5 are read"),
              "7 バイトの行です。読めるのは 5 バイトまでです");
}

TEST(Text, ReadsTheLanguageOfAnEnvironment) {
    EXPECT_EQ(language_of("ja_JP.UTF-8"), Language::ja);
    EXPECT_EQ(language_of("C.UTF-8"), Language::en);
}

}  // namespace
}  // namespace shoji::text
