#include "cli/terminal_output.h"

#include <sstream>

#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

class OutputTest : public testing::Test {
  protected:
    std::ostringstream out_;
    std::ostringstream error_;
};

TEST_F(OutputTest, LinesTablesUpWithJapaneseText) {
    TerminalOutput output(out_, error_, text::Language::ja, false);
    output.table({"cli.column.id", "cli.column.name"}, {{"a", "職員"}, {"職員課", "b"}});
    EXPECT_EQ(out_.str(), "ID      名前\na       職員\n職員課  b\n");
}

TEST_F(OutputTest, NeverLetsControlCharactersThrough) {
    TerminalOutput output(out_, error_, text::Language::en, false);
    output.table({"cli.column.id"}, {{"a\x1b[2J\n"}});
    output.say("cli.user.removed", {{"name", "\x1b]0;x\x07"}});
    output.fail(base::Error{base::ErrorKind::denied, "\x1b[1m"});
    output.fail(Exit::usage, "usage.error", {{"message", "\x9b"}});
    for (const auto& text : {out_.str(), error_.str()}) {
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        EXPECT_EQ(text.find('\x07'), std::string::npos);
        EXPECT_EQ(text.find('\x9b'), std::string::npos);
    }
}

TEST_F(OutputTest, SaysNothingButJsonWhereAsked) {
    TerminalOutput output(out_, error_, text::Language::ja, true);
    output.say("cli.list_empty");
    output.table({"cli.column.id"}, {{"a"}});
    output.result({{"a", 1}});
    EXPECT_EQ(output.fail(base::Error{base::ErrorKind::exists, "x"}), Exit::refused);
    EXPECT_EQ(out_.str(), "{\"a\":1}\n{\"error\":{\"kind\":\"exists\",\"message\":\"x\"}}\n");
    EXPECT_EQ(error_.str(), "");
}

TEST_F(OutputTest, HasAWordAndACodeForEachKindOfError) {
    using base::ErrorKind;
    const std::pair<ErrorKind, Exit> codes[] = {
        {ErrorKind::invalid, Exit::refused},     {ErrorKind::denied, Exit::refused},
        {ErrorKind::not_found, Exit::not_found}, {ErrorKind::exists, Exit::refused},
        {ErrorKind::full, Exit::refused},        {ErrorKind::unavailable, Exit::unreachable},
        {ErrorKind::system, Exit::failed},       {ErrorKind::corrupt, Exit::failed}};
    for (const auto& [kind, code] : codes) {
        TerminalOutput output(out_, error_, text::Language::en, false);
        EXPECT_EQ(output.fail(base::Error{kind, "m"}), code);
    }
    EXPECT_EQ(error_.str().find("cli."), std::string::npos);
}

}  // namespace
}  // namespace shoji::cli
