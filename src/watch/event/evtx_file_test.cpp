#include "watch/event/evtx_file.h"

#include "watch/event/testing/evtx_writer.h"
#include "watch/event/time.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

constexpr std::size_t chunk_at = 4096;
constexpr std::size_t chunk_count_at = 42;                    // in the file's header
constexpr std::uint64_t file_time = 133'771'608'000'000'000;  // 2024-11-27 06:00 UTC

class EvtxFileTest : public ::testing::Test {
  protected:
    static std::vector<std::uint8_t> two_events() {
        testing::EvtxWriter writer;
        for (const auto* image : {"C:\\a.exe", "C:\\b.exe"}) {
            writer.add(1, "Microsoft-Windows-Sysmon/Operational", file_time,
                       {{"Image", image}, {"User", ""}, {"Source Name", "x"}});
        }
        return writer.file();
    }
    // The images of the events that can be read.
    std::vector<std::string> images(const std::vector<std::uint8_t>& bytes) {
        EvtxFile file(bytes, names_, windows_);
        std::vector<std::string> all;
        while (file.next(event_)) all.emplace_back(event_.value(names_.field("Image")));
        damages_ = file.damages().told();
        return all;
    }
    bool told(std::string_view what) {
        for (const auto& damage : damages_) {
            if (damage.what.message.find(what) != std::string::npos) return true;
        }
        return false;
    }

    Names names_;
    FieldId image_ = names_.add_field("Image");
    WindowsSources windows_{names_};
    Event event_;
    std::vector<Damage> damages_;
    const std::vector<std::string> both_{"C:\\a.exe", "C:\\b.exe"};
};

TEST_F(EvtxFileTest, AWipedChunkIsTold) {
    auto bytes = two_events();
    std::fill(bytes.begin() + chunk_at, bytes.end(), std::uint8_t{0});
    EXPECT_TRUE(images(bytes).empty());
    EXPECT_TRUE(damages_.empty()) << "a chunk that was never used";
    bytes[chunk_count_at] = 1;
    EXPECT_TRUE(images(bytes).empty());
    EXPECT_TRUE(told("a chunk that the header counts is empty"));
}

TEST_F(EvtxFileTest, AFileWithoutItsHeaderIsOneByItsFirstChunk) {
    auto wiped = two_events();
    std::fill(wiped.begin(), wiped.begin() + chunk_at, std::uint8_t{0});
    EXPECT_TRUE(EvtxFile::is_one(wiped));
    EXPECT_EQ(images(wiped), both_);
    EXPECT_TRUE(told("header is not that of an event log"));
    const auto whole = two_events();
    const std::vector<std::uint8_t> cut(whole.begin() + chunk_at, whole.end());
    EXPECT_TRUE(EvtxFile::is_one(cut));
    EXPECT_EQ(images(cut), both_);
    EXPECT_FALSE(EvtxFile::is_one(std::vector<std::uint8_t>(chunk_at + 8)));
}

TEST_F(EvtxFileTest, ARecordsNumberIsTheEventsOwn) {
    testing::EvtxWriter writer(7);
    writer.add(1, "Security", file_time, {{"EventRecordID", "4711"}});
    writer.add(1, "Security", file_time, {{"Image", "x"}});
    const auto bytes = writer.file();
    EvtxFile events(bytes, names_, windows_);
    ASSERT_TRUE(events.next(event_));
    EXPECT_EQ(event_.record, 4711U) << "as Windows' viewer shows it";
    ASSERT_TRUE(events.next(event_));
    EXPECT_EQ(event_.record, 8U) << "an event without one has its number in the file";
}

TEST_F(EvtxFileTest, ReadsEvents) {
    EXPECT_EQ(images(two_events()), both_);
    EXPECT_TRUE(damages_.empty());
    EXPECT_EQ(event_.record, 2U);
    EXPECT_EQ(event_.time, *parse_time("2024-11-27T06:00:00Z"));
    EXPECT_EQ(event_.value(field::event_id), "1");
    EXPECT_EQ(event_.find(field::event_id)->type, Type::number);
    EXPECT_EQ(names_.name(event_.source.service), "sysmon");
    const auto value = [this](std::string_view name) -> const Field* {
        for (const auto& field : event_.fields()) {
            if (field.name == name) return &field;
        }
        return nullptr;
    };
    ASSERT_NE(value("User"), nullptr);
    EXPECT_EQ(value("User")->type, Type::null) << "a value that is missing is not an empty text";
    ASSERT_NE(value("SourceName"), nullptr);
    EXPECT_EQ(value("SourceName")->value, "x");
}

TEST_F(EvtxFileTest, TellsWhatIsNotAsItWasWritten) {
    auto bytes = two_events();
    bytes[chunk_at + 512 + 16] ^= 1U;  // the first record's time
    EXPECT_EQ(images(bytes), both_);
    EXPECT_TRUE(told("records are not as they were written"));
    bytes = two_events();
    bytes[chunk_at + 200] ^= 1U;
    EXPECT_EQ(images(bytes), both_);
    EXPECT_TRUE(told("header is not as it was written"));
    bytes = two_events();
    bytes[0] = 'X';
    EXPECT_EQ(images(bytes), both_);
    EXPECT_TRUE(told("file's header"));
}

TEST_F(EvtxFileTest, GoesOnBehindADamagedRecord) {
    auto bytes = two_events();
    bytes[chunk_at + 512 + 4] ^=
        1U;  // the first record's length; the second one's template is in it
    EXPECT_EQ(images(bytes), std::vector<std::string>{"C:\\b.exe"});
    EXPECT_TRUE(told("two lengths differ"));
    EXPECT_GT(damages_[1].bytes, 100U);
    bytes = two_events();
    bytes[chunk_at + 512 + 24] = 0x3f;  // no part of XML
    EXPECT_EQ(images(bytes), std::vector<std::string>{"C:\\b.exe"});
    EXPECT_TRUE(told("record 1: an unknown part 0x3f"));
}

TEST_F(EvtxFileTest, ReadsWhatIsLeftOfAFile) {
    const auto whole = two_events();
    for (std::size_t size = 0; size < 6000; size += 7) {
        const std::vector<std::uint8_t> cut(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_LE(images(cut).size(), 2U);
        EXPECT_FALSE(damages_.empty()) << size;
    }
    const std::vector<std::uint8_t> without_end(whole.begin(), whole.begin() + 20'000);
    EXPECT_EQ(images(without_end), both_);
    EXPECT_TRUE(told("ends inside a chunk"));
    const std::vector<std::uint8_t> without_head(whole.begin() + chunk_at, whole.end());
    EXPECT_EQ(images(without_head), both_);
}

TEST_F(EvtxFileTest, TellsOfChunksThatAreMissing) {
    auto bytes = two_events();
    bytes[42] = 3;  // chunks, by the file's header
    EXPECT_EQ(images(bytes), both_);
    EXPECT_TRUE(told("behind 1 of its 3 chunks"));
    bytes[42] = 0;  // a log that was not closed
    EXPECT_EQ(images(bytes), both_);
    EXPECT_TRUE(damages_.empty());
}

TEST_F(EvtxFileTest, TakesTheTimeOfTheEventWhereTheRecordHasNone) {
    testing::EvtxWriter writer;
    writer.add(1, "System", file_time, {{"TimeCreated_SystemTime", "2026-11-20T01:02:03Z"}});
    auto bytes = writer.file();
    constexpr auto record_time = chunk_at + 512 + 16;
    std::fill_n(bytes.begin() + record_time, 8, std::uint8_t{0});
    EvtxFile file(bytes, names_, windows_);
    ASSERT_TRUE(file.next(event_));
    EXPECT_EQ(event_.time, *parse_time("2026-11-20T01:02:03Z"));
}

TEST_F(EvtxFileTest, SurvivesAnyByteChanged) {
    const auto whole = two_events();
    for (std::size_t at = chunk_at; at < chunk_at + 1500; ++at) {
        for (const std::uint8_t value : std::vector<std::uint8_t>{0x00, 0x0c, 0x7f, 0xff}) {
            auto bytes = whole;
            bytes[at] = value;
            EXPECT_LE(images(bytes).size(), 3U);
        }
    }
}

}  // namespace
}  // namespace shoji::event
