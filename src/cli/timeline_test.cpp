#include "cli/timeline.h"

#include "cli/profile.h"
#include "watch/detect/sigma/rule_reader.h"
#include "watch/event/time.h"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TimelineTest : public ::testing::Test {
  protected:
    TimelineTest() {
        const auto rules = sigma::read_rules(
            "title: <b>Bold</b> & \"rule\"\nid: r1\nlevel: high\ntags: [attack.t1059.001, "
            "attack.execution]\n"
            "logsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: s\n",
            {names_, {}});
        plan_ = std::move(*sigma::Plan::compile(*rules, names_));
        hunt::Hit hit;
        hit.time = *event::parse_time("2026-11-20T01:02:03.456Z");
        hit.record = 7;
        hit.computer = "=cmd()";
        hit.details = "A=<script>\"x\"\xff</script>";
        timeline_.hits = {hit, hit};
        timeline_.hits[1].time = 0;
        timeline_.hits[1].computer = "PC2";
    }
    Finds finds() { return {timeline_, *plan_, files_}; }

    event::Names names_;
    std::optional<sigma::Plan> plan_;
    hunt::Timeline timeline_;
    std::vector<std::filesystem::path> files_{"logs/a,b.evtx"};
};

TEST_F(TimelineTest, JsonIsOneObjectAHit) {
    const auto text = boost::json::serialize(to_json(timeline_.hits[0], finds()));
    EXPECT_THAT(text,
                HasSubstr(R"("time":"2026-11-20T01:02:03.456000000Z","level":"high","id":"r1")"));
    EXPECT_THAT(text, HasSubstr(R"("file":"logs/a,b.evtx","record":7)"));
    EXPECT_THAT(text, HasSubstr("\xef\xbf\xbd")) << "JSON is UTF-8 whatever the event is";
    EXPECT_THAT(boost::json::serialize(to_json(timeline_.hits[1], finds())),
                HasSubstr(R"("time":null)"));
}

TEST_F(TimelineTest, CsvHasNoFormulas) {
    const auto text = to_csv(finds(), csv_profile());
    EXPECT_THAT(text, HasSubstr("\"'=cmd()\""));
    EXPECT_THAT(text, HasSubstr(R"("logs/a,b.evtx")"));
    EXPECT_THAT(text, HasSubstr(R"("<b>Bold</b> & ""rule""")"));
}

TEST_F(TimelineTest, CsvDoesNotSteerATerminal) {
    timeline_.hits[0].details = "A=\x1b[2J\xc2\x9b\xe2\x80\xae!";
    const auto text = to_csv(finds(), csv_profile());
    EXPECT_THAT(text, HasSubstr("A=\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd!"));
}

TEST_F(TimelineTest, HtmlShowsTextAsText) {
    for (const auto language : {text::Language::ja, text::Language::en}) {
        const auto page = to_html(finds(), language, table_profile());
        EXPECT_THAT(page, HasSubstr("&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;rule&quot;"));
        EXPECT_THAT(page, Not(HasSubstr("<script")));
        EXPECT_THAT(page, Not(HasSubstr("<b>")));
        EXPECT_THAT(page, HasSubstr("default-src 'none'"));
        EXPECT_THAT(page, HasSubstr("<svg"));
    }
    EXPECT_THAT(to_html(finds(), text::Language::ja, table_profile()), HasSubstr("検知の時系列"));
    EXPECT_THAT(to_html(finds(), text::Language::ja, table_profile()), HasSubstr(">高<"));
}

TEST_F(TimelineTest, CountsByWhatAndWhere) {
    EXPECT_EQ(by_rule(finds()).front().hits, 2U);
    EXPECT_EQ(by_computer(finds()).size(), 2U);
    ASSERT_EQ(by_technique(finds()).size(), 1U);
    EXPECT_EQ(by_technique(finds()).front().name, "T1059.001");
    EXPECT_EQ(by_level(finds()).front().level, sigma::Level::high);
}

}  // namespace
}  // namespace shoji::cli
