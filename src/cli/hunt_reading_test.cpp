// What the user says about how logs are read, and what a hunt says of what it read.
#include "cli/command_line.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class HuntReadingTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-reading-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        fs::create_directory(folder_ / "logs");
        write("rules.yml",
              "title: Evil started\nid: r1\nlevel: high\n"
              "logsource: {category: process_creation, product: windows}\n"
              "detection: {s: {Image|endswith: evil.exe}, condition: s}\n"
              "---\n"
              "title: Trail stopped\nid: r2\nlevel: high\n"
              "logsource: {product: aws, service: cloudtrail}\n"
              "detection: {s: {eventName: StopLogging}, condition: s}\n");
        write("logs/nxlog.json",
              R"({"EventTime":"2026-11-20 10:02:03","Hostname":"PC11","EventID":1,)"
              R"("Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\evil.exe"})"
              "\n"
              R"({"UtcTime":"2026-11-20 10:02:03","Hostname":"pc11","EventID":1,)"
              R"("Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\evil.exe"})"
              "\n");
        write("logs/trail.json", R"({"eventTime":"2026-11-20T01:00:00Z","eventName":"StopLogging"})"
                                 "\n");
        write("logs/readme.txt", "x");
        write("destinations.txt", "edition test\nstorage files.example\n");
        write("intrusion.txt", "edition test\n");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const fs::path& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    // Standard output, then the error stream.
    std::string hunt(std::vector<std::string> more, const char* language = "en") {
        std::vector<std::string> words{"hunt", "--no-cache", "--rules",
                                       (folder_ / "rules.yml").native(),
                                       (folder_ / "logs").native()};
        words.insert(words.end(), more.begin(), more.end());
        std::vector<const char*> pointers;
        for (const auto& word : words) pointers.push_back(word.c_str());
        std::istringstream input;
        std::ostringstream output;
        std::ostringstream error;
        code_ = run_command_line(pointers,
                                 {folder_, "", language, input, output, error, false, folder_});
        return output.str() + error.str();
    }

    fs::path folder_;
    int code_ = 0;
};

TEST_F(HuntReadingTest, TimesAreUtcUnlessAZoneIsSaid) {
    EXPECT_THAT(hunt({}), AllOf(HasSubstr("Time (UTC)"), HasSubstr("2026-11-20 10:02:03.000"),
                                HasSubstr("The times of 1 events say no offset from UTC"),
                                HasSubstr("read as times of UTC")));
    EXPECT_EQ(code_, 0);
    const auto tokyo = hunt({"--time-zone", "+09:00"}, "ja");
    EXPECT_THAT(tokyo, AllOf(HasSubstr("日時 (+09:00)"), HasSubstr("2026-11-20 10:02:03.000"),
                             HasSubstr("2026-11-20 19:02:03.000"),
                             HasSubstr("+09:00 の日時として読みました")));
    EXPECT_THAT(hunt({"--json", "--time-zone", "+09:00"}),
                AllOf(HasSubstr(R"("time":"2026-11-20T01:02:03.000000000Z")"),
                      HasSubstr(R"("time":"2026-11-20T10:02:03.000000000Z")")));
    EXPECT_THAT(hunt({"--json", "--time-zone", "+09:00", "--since", "2026-11-20T10:30"}),
                AllOf(Not(HasSubstr("2026-11-20T01:02:03")), HasSubstr("2026-11-20T10:02:03")));
    EXPECT_THAT(hunt({"--time-zone", "Asia/Nowhere"}), HasSubstr("no time zone 'Asia/Nowhere'"));
    EXPECT_EQ(code_, 2);
}

TEST_F(HuntReadingTest, EventsOfNoSourceAreCountedAndTheUserSaysWhatTheyAre) {
    EXPECT_THAT(hunt({}),
                AllOf(HasSubstr("1 events are of no log source"), Not(HasSubstr("Trail"))));
    EXPECT_THAT(hunt({"--source", "product=aws,service=cloudtrail"}),
                AllOf(HasSubstr("Trail stopped"), Not(HasSubstr("no log source"))));
    EXPECT_THAT(hunt({"--source", "aws"}), HasSubstr("'aws' is no log source"));
    EXPECT_EQ(code_, 2);
}

TEST_F(HuntReadingTest, TheSummaryIsTheLastLineOfJsonWithIncidentsAlone) {
    const std::string_view summary =
        R"({"summary":{"events":3,"files":2,"hits":2,"withoutSource":1,)"
        R"("localTimes":1,"skippedFiles":1}})";
    EXPECT_THAT(hunt({"--json", "--incidents"}), HasSubstr(summary));
    EXPECT_THAT(hunt({"--json"}), Not(HasSubstr("summary"))) << "each line is a hit";
}

TEST_F(HuntReadingTest, AReportReplacesNoLogAndNoDevice) {
    const auto log = folder_ / "logs/nxlog.json";
    const auto size = fs::file_size(log);
    EXPECT_THAT(hunt({"--csv", log.native()}), HasSubstr("is one of the logs"));
    EXPECT_EQ(code_, 5);
    EXPECT_EQ(fs::file_size(log), size);
    const auto pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_THAT(hunt({"--html", pipe.native()}), HasSubstr("is no regular file"));
    EXPECT_TRUE(fs::is_fifo(pipe));
    fs::create_symlink(log, folder_ / "link");
    EXPECT_THAT(hunt({"--csv", (folder_ / "link").native()}), HasSubstr("is no regular file"));
    EXPECT_EQ(fs::file_size(log), size);
    hunt({"--csv", (folder_ / "out.csv").native()});
    hunt({"--csv", (folder_ / "out.csv").native()});
    EXPECT_EQ(code_, 0) << "an older report is replaced";
}

TEST_F(HuntReadingTest, WhatIsNamedTwiceIsReadOnce) {
    EXPECT_THAT(hunt({(folder_ / "logs/../logs/nxlog.json").native(), "--rules",
                      (folder_ / "rules.yml").native()}),
                HasSubstr("2 hits in 3 events of 2 files"));
}

TEST_F(HuntReadingTest, FilesThatAreNoLogsAreNamed) {
    EXPECT_THAT(hunt({}),
                AllOf(HasSubstr("1 files in folders were not read"), HasSubstr("logs/readme.txt")));
    EXPECT_EQ(code_, 0) << "they may be anything";
}

TEST_F(HuntReadingTest, AComputerIsOneWhateverItsLettersCase) {
    const auto shown = hunt({});
    const auto summary = shown.substr(
        shown.find("By computer") == std::string::npos ? 0 : shown.find("By computer"));
    EXPECT_THAT(summary, HasSubstr("PC11"));
    EXPECT_THAT(summary, Not(HasSubstr("pc11")));
}

}  // namespace
}  // namespace shoji::cli
