#include "cli/ocsf_finding.h"

#include "core/base/bytes.h"
#include "watch/detect/sigma/rule_reader.h"
#include "watch/event/testing/ocsf_check.h"
#include "watch/event/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OcsfFindingTest : public ::testing::Test {
  protected:
    OcsfFindingTest() {
        const auto rules = sigma::read_rules(
            "title: Rule \"one\"\nid: r1\nlevel: critical\ndescription: What it is\n"
            "tags: [attack.t1059.001, attack.t1003, attack.execution, attack.g0016, cve.1]\n"
            "logsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: s\n",
            {names_, {}});
        plan_ = std::move(*sigma::Plan::compile(*rules, names_));
        hit_.time = *event::parse_time("2026-11-20T01:02:03.456Z");
        hit_.record = 7;
        hit_.computer = "PC1";
        hit_.channel = "Microsoft-Windows-Sysmon/Operational";
        hit_.event_id = "1";
        hit_.details = "Image=\xff";
    }
    // The line; the schema must have nothing against it.
    std::string line() {
        timeline_.hits = {hit_};
        auto json = writer_.line(hit_, {timeline_, *plan_, files_});
        simdjson::dom::element element;
        EXPECT_EQ(parser_.parse(json).get(element), simdjson::SUCCESS) << json;
        const simdjson::dom::object object = element;
        EXPECT_EQ(event::testing::against("2004", object), "") << json;
        EXPECT_TRUE(base::is_utf8(json));
        return json;
    }

    event::Names names_;
    std::optional<sigma::Plan> plan_;
    hunt::Timeline timeline_;
    hunt::Hit hit_;
    std::vector<std::filesystem::path> files_{"a.evtx"};
    FindingWriter writer_;
    simdjson::dom::parser parser_;
};

TEST_F(OcsfFindingTest, IsWhatTheSchemaAllows) {
    const auto json = line();
    EXPECT_THAT(json, HasSubstr(R"("type_uid":200401,"severity_id":5)"));
    EXPECT_THAT(json, HasSubstr(R"("time":1795136523456)"));
    EXPECT_THAT(json, HasSubstr(R"("uid":"r1/a.evtx/7","title":"Rule \"one\"")"));
    EXPECT_THAT(
        json,
        HasSubstr(R"("attacks":[{"technique":{"uid":"T1059"},"sub_technique":{"uid":"T1059.001"}},)"
                  R"({"technique":{"uid":"T1003"}},{"tactic":{"name":"execution"}}])"));
    EXPECT_THAT(json, Not(HasSubstr("evidences"))) << "nothing of the event is known";
    hit_.time = 0;
    EXPECT_THAT(line(), HasSubstr("\"time\":0"));
}

TEST_F(OcsfFindingTest, TheEventIsItsEvidence) {
    hit_.fields = {{"Channel", hit_.channel, event::Type::text, false},
                   {"EventID", "1", event::Type::number, false},
                   {"Computer", "PC1", event::Type::text, false},
                   {"ProcessId", "42", event::Type::text, false},
                   {"Image", "C:\\a.exe", event::Type::text, true},
                   {"ParentProcessId", "7", event::Type::text, false},
                   {"Other", "x\xff", event::Type::text, false}};
    const auto json = line();
    EXPECT_THAT(json, HasSubstr(R"("evidences":[{"process":{"pid":42,"name":"a.exe",)"));
    EXPECT_THAT(json, HasSubstr(R"("actor":{"process":{"pid":7}})"));
    EXPECT_THAT(json, HasSubstr("\"data\":{\"Other\":\"x\xef\xbf\xbd\"}"));
}

TEST_F(OcsfFindingTest, AnEventThatIsNotOfWindowsKeepsItsSource) {
    hit_.fields = {{"Image", "/bin/sh", event::Type::text, true},
                   {"ProcessId", "42", event::Type::text, false}};
    hit_.product = "linux";
    hit_.categories = {"process_creation"};
    EXPECT_THAT(line(), HasSubstr(R"("data":{"Image":"/bin/sh","ProcessId":"42"})"))
        << "who started it is not known, so that it is no Process Activity";
    hit_.fields.push_back({"ParentProcessId", "7", event::Type::text, false});
    const auto json = line();
    EXPECT_THAT(json, HasSubstr(R"("evidences":[{"process":{"pid":42,"name":"sh",)"));
    EXPECT_THAT(json, HasSubstr(R"("os":{"name":"Linux","type_id":200})"));
}

}  // namespace
}  // namespace shoji::cli
