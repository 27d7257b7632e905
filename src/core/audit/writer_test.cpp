#include "core/audit/writer.h"

#include "core/audit/journal_fixture_test.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace shoji::audit {
namespace {

using namespace std::chrono_literals;
using journal::Acknowledgement;
using journal::Finding;
using journal::Trouble;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class WriterTest : public JournalFixture {};

TEST_F(WriterTest, WritesAJournalThatHolds) {
    {
        auto writer = open();
        ASSERT_TRUE(writer) << writer.error().message;
        write(*writer, 0, 3);
        ASSERT_TRUE(writer->close());
    }
    EXPECT_THAT(content(), ElementsAre("opened: 0 lines not signed", "0", "1", "2", "closed: "));
    EXPECT_EQ(verify(), std::nullopt);
}

TEST_F(WriterTest, RecordsTheSenderAndBothClocks) {
    auto writer = open();
    ASSERT_TRUE(writer);
    write(*writer, 0, 1);
    const auto all = entries();
    const auto& last = all.back();
    EXPECT_EQ(std::get<journal::Submitted>(last.body), record(0));
    EXPECT_EQ(last.stamp.sequence, 3U);
    EXPECT_EQ(last.stamp.time, now_.time);
    EXPECT_EQ(last.stamp.uptime, now_.uptime);
    EXPECT_EQ(last.stamp.boot, boot_);
}

TEST_F(WriterTest, SignsAfterSoManyLinesAndSoLong) {
    auto writer = open();
    ASSERT_TRUE(writer);
    EXPECT_EQ(writer->until_checkpoint(), std::nullopt);
    write(*writer, 0, 1);
    EXPECT_LE(*writer->until_checkpoint(), checkpoint_pause);
    EXPECT_GT(*writer->until_checkpoint(), checkpoint_pause - 1s);
    now_.time += checkpoint_pause;
    now_.uptime += checkpoint_pause;
    EXPECT_EQ(writer->until_checkpoint(), 0us);
    ASSERT_TRUE(writer->sign());
    EXPECT_EQ(writer->until_checkpoint(), std::nullopt);
    write(*writer, 1, 600);
    std::size_t in_a_row = 0;
    for (const auto& entry : entries()) {
        in_a_row = std::holds_alternative<journal::Checkpoint>(entry.body) ? 0 : in_a_row + 1;
        EXPECT_LE(in_a_row, checkpoint_lines);
    }
    EXPECT_EQ(verify(), std::nullopt);
}

TEST_F(WriterTest, GoesOnWhereItStopped) {
    for (std::size_t round = 0; round < 4; ++round) {
        auto writer = open();
        ASSERT_TRUE(writer) << writer.error().message;
        write(*writer, 10 * round, 10 * round + 10);
        if (round % 2 == 0) {
            ASSERT_TRUE(writer->close());
        }
        ASSERT_EQ(verify(), std::nullopt);
    }
    EXPECT_THAT(content(), Contains("opened: 10 lines not signed"));
}

TEST_F(WriterTest, WritesABatchInOrder) {
    auto writer = open();
    ASSERT_TRUE(writer);
    std::vector<journal::Submitted> batch;
    for (std::size_t i = 0; i < maximum_batch; ++i) batch.push_back(record(i));
    EXPECT_THAT(writer->append(batch), testing::Each(Acknowledgement::written));
    std::size_t next = 0;
    for (const auto& entry : entries()) {
        if (const auto* submitted = std::get_if<journal::Submitted>(&entry.body)) {
            EXPECT_EQ(submitted->record.what, std::to_string(next++));
        }
    }
    EXPECT_EQ(next, maximum_batch);
}

TEST_F(WriterTest, IsTheOnlyOne) {
    auto writer = open();
    ASSERT_TRUE(writer);
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, base::ErrorKind::exists);
}

TEST_F(WriterTest, NeedsItsKey) {
    std::filesystem::remove(folder_ / journal::signing_key_file);
    EXPECT_FALSE(open());
}

TEST_F(WriterTest, FillsOneSegmentAfterAnother) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        for (std::size_t i = 0; i < 70; ++i) {
            const std::vector<journal::Submitted> batch(maximum_batch, record(i));
            ASSERT_THAT(writer->append(batch), testing::Each(Acknowledgement::written));
        }
    }
    const auto segments = journal::list_segments(folder_);
    ASSERT_TRUE(segments);
    EXPECT_GE(segments->size(), 4U);
    for (const auto& segment : *segments) {
        EXPECT_LE(std::filesystem::file_size(segment.path), reserve / 2);
    }
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_TRUE(open());
    EXPECT_EQ(verify(), std::nullopt);
}

TEST_F(WriterTest, ReservesSpaceAhead) {
    auto writer = open();
    ASSERT_TRUE(writer);
    std::uint64_t reserved = 0;
    const auto segments = journal::list_segments(folder_);
    for (const auto& segment : *segments) {
        struct stat state {};
        ASSERT_EQ(::stat(segment.path.c_str(), &state), 0);
        reserved += static_cast<std::uint64_t>(state.st_blocks) * 512;
    }
    EXPECT_GE(reserved, reserve / 2);
}

// Whatever a crash leaves of the last lines: whole lines stay, the rest is put aside and said.
TEST_F(WriterTest, RecoversFromATailTornAnywhere) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        write(*writer, 0, 3);
    }
    const std::string whole = read_file(segment(1));
    const std::size_t start = whole.find("\"kind\":\"record\"");
    for (std::size_t length = whole.rfind('\n', start) + 1; length < whole.size(); length += 23) {
        write_file(segment(1), whole.substr(0, length));
        const auto kept = std::ranges::count(whole.substr(0, length), '\n');
        {
            auto writer = open();
            ASSERT_TRUE(writer) << writer.error().message;
            write(*writer, 10, 11);
        }
        ASSERT_EQ(verify(), std::nullopt) << length;
        const auto all = entries();
        ASSERT_GE(all.size(), static_cast<std::size_t>(kept) + 3);
        const bool torn = whole[length - 1] != '\n';
        const auto words = content();
        EXPECT_EQ(torn, std::ranges::any_of(words, [](const std::string& word) {
                      return word.starts_with("tail_cut: ");
                  }));
    }
}

TEST_F(WriterTest, PutsATailOfZerosAside) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        write(*writer, 0, 1);
    }
    write_file(segment(1), read_file(segment(1)) + std::string(5000, '\0'));
    ASSERT_TRUE(open());
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_THAT(content(), Contains(AllOf(StartsWith("tail_cut: 5000 bytes, SHA-256 "),
                                          HasSubstr("kept in cut-"))));
    bool found = false;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_ / journal::journal_folder)) {
        if (!file.path().filename().native().starts_with("cut-")) continue;
        found = true;
        EXPECT_EQ(read_file(file.path()), std::string(5000, '\0'));
    }
    EXPECT_TRUE(found);
}

TEST_F(WriterTest, GoesOnFromAnEarlierSegmentWhenTheLastIsTornWhole) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        write(*writer, 0, 3);
    }
    write_file(segment(2), "{\"sequence\":");
    ASSERT_TRUE(open());
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_EQ(std::ranges::count(content(), "2"), 1);
}

TEST_F(WriterTest, SaysThatTheTailIsMissing) {
    std::string before;
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        write(*writer, 0, 2);
        before = read_file(segment(1));
        write(*writer, 2, 5);
        ASSERT_TRUE(writer->close());
    }
    const auto exported =
        journal::load_checkpoint(folder_ / journal::checkpoint_file, key_.public_key());
    ASSERT_TRUE(exported);
    write_file(segment(1), before);
    EXPECT_EQ(verify(), (Finding{Trouble::cut, 5, 9}));
    ASSERT_TRUE(open());
    EXPECT_THAT(content(), Contains("tail_missing: lines 5 to 9"));
    // The checkpoint exported before still shows it.
    const auto report = journal::verify_folder(folder_, key_.public_key(), *exported);
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->finding);
}

TEST_F(WriterTest, RecordsThatTheClockWasSetBack) {
    auto writer = open();
    ASSERT_TRUE(writer);
    write(*writer, 0, 1);
    now_.time -= 1h;
    write(*writer, 1, 2);
    EXPECT_THAT(content(), ElementsAre("opened: 0 lines not signed", "0",
                                       "clock_set_back: 3600.000000 s", "1"));
    EXPECT_EQ(verify(), std::nullopt);
}

TEST_F(WriterTest, RecordsThatTheClockWasSetBackWhileItWasAway) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->close());
    }
    boot_ = BootId{0xbb};
    now_.uptime = 10s;
    now_.time -= 24h;
    ASSERT_TRUE(open());
    EXPECT_THAT(content(), Contains(StartsWith("clock_set_back: 86399.99")));
}

// The property behind `shoji audit verify`, on the files themselves.
class TamperTest : public JournalFixture {
  protected:
    void SetUp() override {
        JournalFixture::SetUp();
        {
            auto writer = open();
            ASSERT_TRUE(writer);
            write(*writer, 0, 40);
            ASSERT_TRUE(writer->close());
        }
        whole_ = read_file(segment(1));
        for (std::size_t at = 0; at < whole_.size();) {
            const auto end = whole_.find('\n', at) + 1;
            lines_.push_back(whole_.substr(at, end - at));
            at = end;
        }
        ASSERT_EQ(verify(), std::nullopt);
    }

    void put(const std::vector<std::string>& lines) const {
        std::string text;
        for (const auto& line : lines) text += line;
        write_file(segment(1), text);
    }

    std::string whole_;
    std::vector<std::string> lines_;
    std::mt19937 random_{17};  // NOLINT(cert-msc51-cpp): the same inputs in each run
};

TEST_F(TamperTest, AnyChangedByteIsFoundInItsLine) {
    for (int round = 0; round < 300; ++round) {
        const std::size_t at = random_() % (whole_.size() - 1);
        std::string changed = whole_;
        changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1 + random_() % 255));
        write_file(segment(1), changed);
        const auto line =
            static_cast<std::uint64_t>(std::ranges::count(whole_.substr(0, at), '\n') + 1);
        const auto finding = verify();
        ASSERT_TRUE(finding) << at;
        EXPECT_EQ(finding->first, line) << at;
    }
}

TEST_F(TamperTest, TheLastLineFeedIsPartOfIt) {
    write_file(segment(1), whole_.substr(0, whole_.size() - 1));
    EXPECT_EQ(verify(), (Finding{Trouble::incomplete, lines_.size(), lines_.size()}));
}

TEST_F(TamperTest, AnyRemovedLineIsFound) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        auto changed = lines_;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        put(changed);
        const auto finding = verify();
        ASSERT_TRUE(finding) << i;
        EXPECT_EQ(finding->first, i + 1);
    }
}

TEST_F(TamperTest, AnyTwoSwappedLinesAreFound) {
    for (int round = 0; round < 300; ++round) {
        const std::size_t i = random_() % lines_.size();
        const std::size_t j = random_() % lines_.size();
        if (i == j) continue;
        auto changed = lines_;
        std::swap(changed[i], changed[j]);
        put(changed);
        const auto finding = verify();
        ASSERT_TRUE(finding);
        EXPECT_EQ(finding->first, std::min(i, j) + 1);
        EXPECT_EQ(finding->trouble, Trouble::moved);
    }
}

TEST_F(TamperTest, AnAddedLineIsFound) {
    for (std::size_t i = 0; i <= lines_.size(); ++i) {
        auto changed = lines_;
        changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), "{}\n");
        put(changed);
        const auto finding = verify();
        ASSERT_TRUE(finding);
        EXPECT_EQ(finding->first, i + 1);
    }
}

TEST_F(TamperTest, AMissingSegmentIsFound) {
    {
        auto writer = open();
        ASSERT_TRUE(writer);
        for (std::size_t i = 0; i < 40; ++i) {
            const std::vector<journal::Submitted> batch(maximum_batch, record(i));
            ASSERT_THAT(writer->append(batch), testing::Each(Acknowledgement::written));
        }
    }
    ASSERT_EQ(verify(), std::nullopt);
    std::filesystem::remove(segment(2));
    const auto finding = verify();
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->trouble, Trouble::missing);
}

}  // namespace
}  // namespace shoji::audit
