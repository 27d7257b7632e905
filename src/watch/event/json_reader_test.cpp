#include "watch/event/json_reader.h"

#include "watch/event/time.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class JsonReaderTest : public ::testing::Test {
  protected:
    // Reads the text; false when it is refused.
    bool read(std::string_view text) {
        text_.assign(text);
        text_.resize(text.size() + json_padding);
        const auto done = reader_.read({text_.data(), text.size()}, event_);
        error_ = done ? "" : done.error().message;
        return done.has_value();
    }
    // The values of a field, joined by '|'.
    std::string values(std::string_view name) {
        std::string all;
        for (const auto& field : event_.fields()) {
            if (field.name == name) all += (all.empty() ? "" : "|") + std::string(field.value);
        }
        return all;
    }
    bool is(std::string_view product, std::string_view service, std::string_view category) {
        const auto& source = event_.source;
        const auto wanted = category.empty() ? no_source : names_.source(category);
        return names_.name(source.product) == product && names_.name(source.service) == service &&
               std::ranges::find(source.categories, wanted) != source.categories.end();
    }

    Names names_;
    WindowsSources windows_{names_};
    JsonReader reader_{names_, windows_};
    Event event_;
    std::string text_;
    std::string error_;
};

TEST_F(JsonReaderTest, ReadsExportsOfEventLogs) {
    ASSERT_TRUE(read(R"({"Event":{"#attributes":{"xmlns":"x"},"System":{
        "Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"G"}},
        "EventID":{"#attributes":{"Qualifiers":0},"#text":1},"EventRecordID":571146,"Correlation":null,
        "TimeCreated":{"#attributes":{"SystemTime":"2025-11-27T07:40:10.165324Z"}},
        "Execution":{"#attributes":{"ProcessID":3544,"ThreadID":4272}},
        "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC1"},
        "EventData":{"Image":"C:\\a.exe","ProcessId":4460}}})"))
        << error_;
    EXPECT_TRUE(is("windows", "sysmon", "process_creation"));
    EXPECT_EQ(values("EventID"), "1");
    EXPECT_EQ(values("Provider_Name"), "Microsoft-Windows-Sysmon");
    EXPECT_EQ(values("Execution_ProcessID"), "3544");
    EXPECT_EQ(values("Image"), "C:\\a.exe");
    EXPECT_EQ(values("ProcessId"), "4460");
    EXPECT_EQ(event_.record, 571146U);
    EXPECT_EQ(event_.time, *parse_time("2025-11-27T07:40:10.165324Z"));
    EXPECT_EQ(event_.find(names_.field("EventID"))->type, Type::number);
}

TEST_F(JsonReaderTest, ReadsWinlogbeat) {
    ASSERT_TRUE(read(
        R"({"@timestamp":"2026-11-20T01:02:03.456Z","winlog":{"event_id":"4688","channel":"Security",
        "computer_name":"PC1","provider_name":"Microsoft-Windows-Security-Auditing","record_id":7,
        "event_data":{"NewProcessName":"C:\\x.exe","CommandLine":"x /y"}},"host":{"name":"h"}})"))
        << error_;
    EXPECT_TRUE(is("windows", "security", "process_creation"));
    EXPECT_EQ(values("Image"), "C:\\x.exe") << "Sigma's name for NewProcessName";
    EXPECT_EQ(values("NewProcessName"), "C:\\x.exe");
    EXPECT_EQ(values("host.name"), "h");
    EXPECT_EQ(event_.record, 7U);
    EXPECT_EQ(event_.time, *parse_time("2026-11-20T01:02:03.456Z"));
}

TEST_F(JsonReaderTest, ReadsLogstashAndFlatExports) {
    ASSERT_TRUE(read(
        R"({"event_id":7045,"log_name":"System","record_number":"12","event_data":{"ServiceName":"s"}})"));
    EXPECT_TRUE(is("windows", "system", ""));
    EXPECT_EQ(values("EventID"), "7045");
    EXPECT_EQ(values("ServiceName"), "s");
    EXPECT_EQ(event_.record, 12U);
    ASSERT_TRUE(read(
        R"({"EventTime":"2026-11-20 10:02:03","Hostname":"PC2","EventID":11,"Channel":"microsoft-windows-sysmon/OPERATIONAL","TargetFilename":"C:\\t"})"));
    EXPECT_TRUE(is("windows", "sysmon", "file_event"));
    EXPECT_EQ(values("Computer"), "PC2");
    EXPECT_EQ(event_.time, *parse_time("2026-11-20T10:02:03Z"));
}

TEST_F(JsonReaderTest, TellsRegistryKeysMadeFromDeleted) {
    const auto text = [](std::string_view type) {
        return R"({"EventID":12,"Channel":"Microsoft-Windows-Sysmon/Operational","EventType":")" +
               std::string(type) + "\"}";
    };
    ASSERT_TRUE(read(text("CreateKey")));
    EXPECT_TRUE(is("windows", "sysmon", "registry_add"));
    EXPECT_TRUE(is("windows", "sysmon", "registry_event"));
    ASSERT_TRUE(read(text("DeleteValue")));
    EXPECT_TRUE(is("windows", "sysmon", "registry_delete"));
}

TEST_F(JsonReaderTest, JoinsOtherNamesByDotsAndKeepsAllValues) {
    ASSERT_TRUE(read(
        R"({"userIdentity":{"type":"Root","a":[1,{"b":true},null]},"verb":["get","list"],"\u0041b":"é\n"})"));
    EXPECT_EQ(values("userIdentity.type"), "Root");
    EXPECT_EQ(values("userIdentity.a"), "1|");
    EXPECT_EQ(values("userIdentity.a.b"), "true");
    EXPECT_EQ(values("verb"), "get|list");
    EXPECT_EQ(values("Ab"), "é\n");
    EXPECT_EQ(event_.source, LogSource{});
}

TEST_F(JsonReaderTest, WritesNamesWithoutBlanks) {
    ASSERT_TRUE(read(R"({"Event":{"EventData":{"Threat Name":"x"}}})"));
    EXPECT_EQ(values("ThreatName"), "x");
}

TEST_F(JsonReaderTest, RefusesWhatIsNoObject) {
    for (const auto* text : {"", "1", "[]", "{", "{\"a\":}", "{\"a\":1}{", "{\"a\":nul}",
                             "{\"a\":\"x", "{\"a\" 1}", "{\"a\":1,}", "\xff"}) {
        EXPECT_FALSE(read(text)) << text;
        EXPECT_TRUE(event_.fields().empty());
    }
    EXPECT_TRUE(read(R"({"a":1})")) << "and goes on after it";
}

TEST_F(JsonReaderTest, IsBounded) {
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "{\"a\":";
    EXPECT_FALSE(read(deep));
    std::string wide = "{\"a\":[0";
    for (int i = 0; i < 100'000; ++i) wide += ",1";
    ASSERT_TRUE(read(wide + "]}"));
    EXPECT_EQ(event_.fields().size(), Event::most_fields);
    EXPECT_EQ(event_.lost_fields(), 100'001 - Event::most_fields) << "what is left out is counted";
    std::string lists;
    for (int i = 0; i < 1000; ++i) lists += "[";
    EXPECT_FALSE(read("{\"a\":" + lists));
}

}  // namespace
}  // namespace shoji::event
