#include "cli/profile.h"

#include "watch/detect/sigma/rule_reader.h"
#include "watch/event/time.h"

#include <fstream>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProfileTest : public ::testing::Test {
  protected:
    ProfileTest() {
        const auto rules = sigma::read_rules(
            "title: Rule\nid: r1\nlevel: high\nauthor: Sato\nstatus: test\n"
            "tags: [attack.t1059.001, attack.execution, attack.g0016, cve.2021-44228]\n"
            "logsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: s\n",
            {names_, {}});
        plan_ = std::move(*sigma::Plan::compile(*rules, names_));
        hunt::Hit hit;
        hit.time = *event::parse_time("2026-11-20T01:02:03.456Z");
        hit.record = 7;
        hit.details = "Image=a.exe";
        hit.fields = {{"EventID", "1", event::Type::number, false},
                      {"Provider_Name", "P", event::Type::text, false},
                      {"Image", "a.exe", event::Type::text, true},
                      {"Twice", "1", event::Type::text, false},
                      {"Twice", "\xff", event::Type::text, false},
                      {"Null", "", event::Type::null, false},
                      {"Yes", "true", event::Type::boolean, false}};
        timeline_.hits = {hit};
    }
    Finds finds() { return {timeline_, *plan_, files_}; }
    static Profile profile(const std::string& name) {
        auto read = read_profile(name, {});
        EXPECT_TRUE(read) << name;
        return std::move(read.value());
    }
    // A file of profiles with that text.
    std::filesystem::path file(const std::string& text) {
        std::ofstream(path_) << text;
        return path_;
    }
    void TearDown() override { std::filesystem::remove(path_); }
    std::string key_of(const std::string& name, const std::string& text) {
        const auto read = read_profile(name, file(text));
        return read ? "" : read.error().key;
    }
    // Of what is wrong with the file as a whole.
    std::string sentence_of(const std::string& name, const std::string& text) {
        const auto read = read_profile(name, file(text));
        return read || read.error().words.empty() ? "" : read.error().words.front().sentence;
    }
    std::string json_of(const Profile& profile) {
        return boost::json::serialize(to_json(timeline_.hits[0], finds(), &profile));
    }

    const std::filesystem::path path_ = std::filesystem::path(::testing::TempDir()) /
                                        ("shoji-profiles-" + std::to_string(::getpid()) + ".yaml");
    event::Names names_;
    std::optional<sigma::Plan> plan_;
    hunt::Timeline timeline_;
    std::vector<std::filesystem::path> files_{"a.evtx"};
};

TEST_F(ProfileTest, ThoseBuiltInHaveTheColumnsThatHayabusaUsersKnow) {
    EXPECT_THAT(to_csv(finds(), profile("minimal")),
                StartsWith("time,title,level,computer,channel,eventId,record,details\r\n"));
    EXPECT_THAT(to_csv(finds(), profile("timesketch-minimal")),
                StartsWith("datetime,timestamp_desc,message,level,"));
    EXPECT_THAT(to_csv(finds(), profile("timesketch-minimal")),
                HasSubstr("\"2026-11-20T01:02:03.456000000Z\",\"shoji\",\"Rule\","));
    EXPECT_THAT(to_csv(finds(), profile("verbose")),
                HasSubstr(R"("execution","T1059.001 | G0016","cve.2021-44228","7")"));
    EXPECT_FALSE(profile("minimal").needs_fields());
    EXPECT_TRUE(profile("super-verbose").needs_fields());
}

TEST_F(ProfileTest, EveryNameIsBuiltInAndEveryColumnHasAHeading) {
    std::string names = profile_names() + ", ";
    std::size_t count = 0;
    for (std::size_t end = 0; (end = names.find(", ")) != std::string::npos; ++count) {
        const auto one = profile(names.substr(0, end));
        names.erase(0, end + 2);
        for (const auto& column : one.columns) {
            for (const auto language : {text::Language::ja, text::Language::en}) {
                EXPECT_EQ(heading_of(column, finds(), language).find("hunt."), std::string::npos)
                    << column.name;
            }
        }
        EXPECT_THAT(to_html(finds(), text::Language::ja, one), HasSubstr("<td"));
    }
    EXPECT_EQ(count, 8U);
}

TEST_F(ProfileTest, FieldsAreThoseOfTheEventAndOthersAreNotInTheDetails) {
    EXPECT_THAT(to_csv(finds(), profile("all-field-info")),
                HasSubstr("\"EventID=1 | Provider_Name=P | Image=a.exe | Twice=1 | "));
    EXPECT_THAT(to_csv(finds(), profile("standard")),
                HasSubstr("\"Image=a.exe\",\"Twice=1 | Twice=\xef\xbf\xbd | Null= | Yes=true\""));
    EXPECT_THAT(json_of(profile("all-field-info")),
                HasSubstr(R"("fields":{"EventID":1,"Provider_Name":"P","Image":"a.exe",)"
                          "\"Twice\":[\"1\",\"\xef\xbf\xbd\"],\"Null\":null,\"Yes\":true}"));
}

TEST_F(ProfileTest, JsonHasWhatProgramsAskForWhateverTheProfile) {
    EXPECT_EQ(json_of(Profile{"p", {{Column::tactics, "Tactics", {}}, {Column::fixed, "x", "y"}}}),
              R"({"time":"2026-11-20T01:02:03.456000000Z","level":"high","id":"r1",)"
              R"("title":"Rule","file":"a.evtx","record":7,"Tactics":["execution"],"x":"y"})");
}

TEST_F(ProfileTest, OnesOwnComeFromAFileAndStandBeforeThoseBuiltIn) {
    const std::string text =
        "minimal:\n    When: \"%Timestamp%\"\n    RuleTitle: \"%RuleTitle%\"\n    Unit: \"課\"\n"
        "mine:\n    職員: \"%RuleAuthor%\"\n";
    const auto read = read_profile("minimal", file(text));
    ASSERT_TRUE(read);
    EXPECT_THAT(to_csv(finds(), *read),
                StartsWith("When,RuleTitle,Unit\r\n\"2026-11-20T01:02:03.456000000Z\",\"Rule\","
                           "\"課\"\r\n"));
    EXPECT_EQ(heading_of(read->columns[0], finds(), text::Language::ja), "When");
    EXPECT_THAT(to_csv(finds(), *read_profile("mine", file(text))),
                StartsWith("\"職員\"\r\n\"Sato\""));
    EXPECT_TRUE(read_profile("verbose", file(text))) << "those built in are there as well";
}

TEST_F(ProfileTest, WhatIsWrongIsTold) {
    EXPECT_EQ(key_of("p", "p: {A: '%RuleModifiedDate%'}"), "hunt.profile.alias");
    EXPECT_EQ(key_of("p", "p: {A: [x]}"), "hunt.profile.column");
    EXPECT_EQ(key_of("p", "p: {}"), "hunt.profile.columns");
    EXPECT_EQ(key_of("p", "p: [A]"), "hunt.profile.columns");
    EXPECT_EQ(key_of("q", "p: {A: x}"), "hunt.profile.unknown");
    EXPECT_EQ(sentence_of("p", "p: {A: x"), "{} cannot be used");
    EXPECT_EQ(read_profile("p", "/nonexistent/profiles.yaml").error().kind,
              base::ErrorKind::not_found);
    const auto alias = read_profile("p", file("p:\n  A: x\n  B: '%B%'\n"));
    EXPECT_THAT(alias.error().message, HasSubstr("line 3: %B% is not known"));
}

}  // namespace
}  // namespace shoji::cli
