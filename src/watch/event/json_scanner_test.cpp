// Documents are read as simdjson alone reads them, and damaged ones refused as it does: over whole
// documents, each of their beginnings, and each with one byte changed.
#include "watch/event/json_reader.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class JsonScannerTest : public ::testing::Test {
  protected:
    // What a reader says of the text, as a text.
    static std::string said(JsonReader& reader, std::string_view text, std::string_view behind) {
        std::string padded(text);
        padded += behind;
        padded.resize(text.size() + json_padding);
        Event event;
        if (!reader.read({padded.data(), text.size()}, event)) return "refused";
        auto all = std::to_string(event.time) + " " + std::to_string(event.record) + " " +
                   std::to_string(static_cast<std::uint32_t>(event.source.categories.front()));
        for (const auto& field : event.fields()) {
            all += "\n" + std::to_string(static_cast<std::uint32_t>(field.id)) + " " +
                   std::to_string(static_cast<int>(field.type)) + " " + std::string(field.name) +
                   "=" + std::string(field.value);
        }
        return all;
    }
    // How both readers read it.
    std::string read(std::string_view text, std::string_view behind = {}) {
        auto one = said(scanned_, text, behind);
        EXPECT_EQ(one, said(parsed_, text, behind)) << text;
        return one;
    }

    Names names_;
    WindowsSources windows_{names_};
    JsonReader scanned_{names_, windows_};
    JsonReader parsed_{names_, windows_, JsonReader::Way::parsed};
};

constexpr std::string_view documents[] = {
    R"({"@timestamp":"2026-11-20T01:02:03.004Z","winlog":{"event_id":"1","channel":"Microsoft-Windows-Sysmon/Operational","record_id":12,"event_data":{"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"a \"b\" \u3042\/\b\f\n\r\t","Empty":"","Null":null}},"t":true,"f":false})",
    R"( { "Event" : { "System" : { "EventID" : 4688 , "Channel" : "Security" } , "EventData" : { } } })",
    R"({"list":["a",1,-2.5e+3,[null,true],{"b":{"c":"d"}},[]],"pair":"\ud83d\ude00","障子":"しょうじ"})",
    "{\"tab\":\"\\t\",\"a\\u0062\":1,\"x "
    "y\":\"0123456789abcdef0123456789abcdef\\\\0123456789abcdef\"}",
    R"({"a":{"b":{"c":{"d":{"e":[[[[{"f":1}]]]]}}}},"n":0,"m":-0,"o":1.0E-2})",
};

TEST_F(JsonScannerTest, ReadsWhatTheParserReads) {
    for (int again = 0; again < 2; ++again) {
        for (const auto text : documents) {
            EXPECT_NE(read(text), "refused");
            EXPECT_EQ(read(text, R"(,"a":1}})"), read(text));
        }
    }
}

TEST_F(JsonScannerTest, UnescapesAllThatStandsForOneCharacter) {
    EXPECT_NE(read(documents[0]).find("CommandLine=a \"b\" あ/\b\f\n\r\t"), std::string::npos);
}

TEST_F(JsonScannerTest, RefusesWhatTheParserRefuses) {
    for (const auto* text : {"",
                             "{",
                             "{}x",
                             "{\"a\":1}}",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{,}",
                             "{\"a\":tru}",
                             "{\"a\":nul}",
                             "{\"a\":\"\x01\"}",
                             "{\"a\":\"\\x\"}",
                             "{\"a\":\"\\u12\"}",
                             "{\"a\":\"",
                             "{\"a\":\"\\\"}",
                             "{\"a\":[1,]}",
                             "{\"a\":[1}",
                             "[1]",
                             "{\"a\" 1}",
                             "{\"\xff\":1}",
                             "{\"a\":\"\xc3\"}",
                             "{\"a\":truex}",
                             "{\"a\":-}",
                             "{\"a\":1 2}"}) {
        read(text);
        read(text, "\"}]}");
    }
    EXPECT_EQ(read("{\"a\":\"\xc3\"}"), "refused");
    EXPECT_EQ(read("{\"a\":1,}"), "refused");
    EXPECT_EQ(read(R"({"half":"\ud83d x"})"), "refused");
    EXPECT_NE(read("{\"a\":1} \n\t\r"), "refused");
    EXPECT_EQ(read("{\"a\":\"b", "\"}"), "refused");
    EXPECT_EQ(read("{\"a\":\"b\\", "\\\"}"), "refused");
}

TEST_F(JsonScannerTest, BeginningsOfDocuments) {
    for (const auto text : documents) {
        for (std::size_t size = 0; size < text.size(); ++size) {
            EXPECT_EQ(read(text.substr(0, size), text.substr(size)), "refused") << size;
        }
    }
}

TEST_F(JsonScannerTest, DamagedDocuments) {
    std::mt19937 random(1);
    constexpr std::string_view bytes("\"\\{}[],: \n0-etfnu\x01\x80\xe3", 21);
    for (int round = 0; round < 4000; ++round) {
        std::string text(documents[random() % std::size(documents)]);
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            text[random() % text.size()] = bytes[random() % bytes.size()];
        }
        read(text);
    }
}

TEST_F(JsonScannerTest, DeepDocuments) {
    for (std::size_t depth = 28; depth < 40; ++depth) {
        std::string text = "1";
        for (std::size_t i = 0; i < depth; ++i) text = "{\"a\":" + text + "}";
        read(text);
        std::string list = "1";
        for (std::size_t i = 0; i < depth; ++i) list = "[" + list + "]";
        read("{\"a\":" + list + "}");
    }
}

}  // namespace
}  // namespace shoji::event
