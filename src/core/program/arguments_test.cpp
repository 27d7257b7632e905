#include "core/program/arguments.h"

#include <filesystem>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>

namespace shoji::program {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Read {
    std::optional<int> status;
    std::string output;
    std::string error;
};

// By a program with a folder that it needs, a flag and an option whose text has another name.
class ArgumentsTest : public testing::Test {
  protected:
    Read read(text::Language language, std::vector<const char*> words) {
        Arguments arguments(language, "shoji-sensor");
        arguments.need("--policy", folder_);
        arguments.take("--print", prints_)->excludes(arguments.take("--stream", streams_));
        arguments.take("--state", file_, "state-file");
        words.insert(words.begin(), "shoji-sensor");
        std::ostringstream output;
        std::ostringstream error;
        const auto status =
            arguments.read(static_cast<int>(words.size()), words.data(), output, error);
        return {status, output.str(), error.str()};
    }

    std::filesystem::path folder_;
    std::filesystem::path file_;
    bool prints_ = false;
    bool streams_ = false;
};

TEST_F(ArgumentsTest, HelpIsNoErrorAndInTheLanguageAskedFor) {
    const auto english = read(text::Language::en, {"--help"});
    EXPECT_EQ(english.status, 0);
    EXPECT_EQ(english.error, "");
    EXPECT_THAT(english.output,
                AllOf(HasSubstr("Usage: shoji-sensor [Options]"), HasSubstr("--policy"),
                      HasSubstr("The file that says what is "
                                "seen"),
                      Not(HasSubstr("program.help"))));
    const auto japanese = read(text::Language::ja, {"--help"});
    EXPECT_EQ(japanese.status, 0);
    EXPECT_EQ(japanese.error, "");
    EXPECT_THAT(japanese.output,
                AllOf(HasSubstr("使い方: shoji-sensor [オプション]"), HasSubstr("ポリシー"),
                      Not(HasSubstr("Usage")), Not(HasSubstr("Options")),
                      HasSubstr("--policy 文字列 （必須）    ポリシー"), Not(HasSubstr("TEXT")),
                      HasSubstr("--print 併用不可: --stream  イベント"), Not(HasSubstr("Excludes")),
                      Not(HasSubstr("REQUIRED"))));
}

TEST_F(ArgumentsTest, WhatIsWrongIsSaidInTheLanguageAskedFor) {
    const auto english = read(text::Language::en, {});
    EXPECT_EQ(english.status, usage_status);
    EXPECT_EQ(english.output, "");
    EXPECT_EQ(english.error, "The command line is not right (--policy is missing). See --help.\n");
    const auto japanese = read(text::Language::ja, {"--policy", "/x", "--nonsense"});
    EXPECT_EQ(japanese.status, usage_status);
    EXPECT_THAT(japanese.error, HasSubstr("「--nonsense」というオプションはありません"));
}

TEST_F(ArgumentsTest, WhatDoesNotGoTogetherIsNamed) {
    const auto english = read(text::Language::en, {"--policy", "/x", "--print", "--stream"});
    EXPECT_EQ(english.status, usage_status);
    EXPECT_THAT(english.error, HasSubstr("--print and --stream do not go together"));
    const auto japanese = read(text::Language::ja, {"--policy", "/x", "--print", "--stream"});
    EXPECT_THAT(japanese.error, HasSubstr("--print と --stream は同時に指定できません"));
}

TEST_F(ArgumentsTest, WhatIsRightIsTakenAndTheProgramGoesOn) {
    const auto good = read(text::Language::en, {"--policy", "/x", "--print", "--state=/y"});
    EXPECT_EQ(good.status, std::nullopt);
    EXPECT_EQ(good.output + good.error, "");
    EXPECT_EQ(folder_, "/x");
    EXPECT_EQ(file_, "/y");
    EXPECT_TRUE(prints_);
}

}  // namespace
}  // namespace shoji::program
