#include "watch/event/log_format.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

LogFormat format(std::string_view text) {
    return format_of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(LogFormat, IsToldByContent) {
    EXPECT_EQ(format({"ElfFile\0rest", 12}), LogFormat::evtx);
    EXPECT_EQ(format("SHOJIEV\x01rest"), LogFormat::stream);
    EXPECT_EQ(format("SHOJIEV\x02rest"), LogFormat::unknown);
    EXPECT_EQ(format("\xef\xbb\xbf{\"a\":1}\n"), LogFormat::json);
    EXPECT_EQ(format("[\n{\"a\":1}]"), LogFormat::json);
    EXPECT_EQ(format("[ {\"a\":1}]"), LogFormat::json);
    EXPECT_EQ(format("type=SYSCALL msg=audit(1.000:1): a=b\n"), LogFormat::audit);
    EXPECT_EQ(format("node=h type=SYSCALL msg=audit(1.000:1): a=b\n"), LogFormat::audit);
    for (const auto* line : {"Nov 20 10:02:03 h p: x", "<13>1 - - - - - -",
                             "27 <13>1 - - - - - - text\n\n", "2026-11-20T10:02:03+09:00 h p: x",
                             "a=1 b=2 c=3", "CEF:0|a|b|c|d|e|f|", "LEEF:1.0|a|b|c|d|e=f",
                             "1795136523.250 0 10.0.0.5 TCP_DENIED/403 9 CONNECT x:443 - -/- -",
                             "h - - [20/Nov/2026:10:02:03 +0900] \"GET / HTTP/1.1\" 200 1"}) {
        EXPECT_EQ(format(line), LogFormat::text) << line;
    }
}

TEST(LogFormat, LooksBehindLinesThatAreNone) {
    EXPECT_EQ(format("not JSON\n{\"a\":1}\n"), LogFormat::json);
    EXPECT_EQ(format("something else\nNov 20 10:02:03 h p: x\n"), LogFormat::text);
    EXPECT_EQ(format("something else\nand more\n"), LogFormat::unknown);
    EXPECT_EQ(format("[no list]\n"), LogFormat::unknown);
    EXPECT_EQ(format(""), LogFormat::nothing);
    EXPECT_EQ(format(" \n\n \n"), LogFormat::nothing);
    std::string far;
    for (int i = 0; i < 1000; ++i) far += "something else\n";
    EXPECT_EQ(format(far + "{\"a\":1}\n"), LogFormat::unknown);
}

}  // namespace
}  // namespace shoji::event
