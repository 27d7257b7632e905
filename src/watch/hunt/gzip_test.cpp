#include "watch/hunt/gzip.h"

#include "watch/hunt/log_file.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

std::string packed(std::string_view text) {
    ::z_stream stream{};
    EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
    std::string in(text);
    stream.next_in = reinterpret_cast<unsigned char*>(in.data());
    stream.avail_in = static_cast<unsigned int>(in.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<unsigned int>(out.size());
    EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(GzipTest, UnpacksOnePartOrSeveral) {
    const std::string large(9'000'000, 'x');
    const auto whole = packed(large) + packed("end");
    ASSERT_TRUE(is_gzip(bytes_of(whole)));
    const auto unpacked = gunzip(bytes_of(whole));
    ASSERT_TRUE(unpacked);
    EXPECT_FALSE(unpacked->loss);
    EXPECT_TRUE(unpacked->file.text() == large + "end");
    const auto* behind = unpacked->file.bytes().data() + unpacked->file.bytes().size();
    EXPECT_TRUE(std::all_of(behind, behind + MappedFile::zeros_behind,
                            [](std::uint8_t byte) { return byte == 0; }));
}

TEST(GzipTest, IsBounded) {
    const auto whole = packed(std::string(100'000, 'x'));
    const auto unpacked = gunzip(bytes_of(whole), 1000);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(unpacked->file.bytes().size(), 1000U);
    EXPECT_THAT(unpacked->loss.value().message, ::testing::HasSubstr("at most 1000 bytes"));
    EXPECT_FALSE(gunzip(bytes_of(packed(std::string(1000, 'x'))), 1000)->loss) << "just so much";
}

TEST(GzipTest, TellsWhatIsDamaged) {
    const auto whole = packed("0123456789abcdefghijklmnopqrstuvwxyz");
    const auto cut = gunzip(bytes_of(whole.substr(0, whole.size() - 9)));
    ASSERT_TRUE(cut);
    EXPECT_THAT(cut->loss.value().message, ::testing::HasSubstr("ends too early"));
    auto broken = whole;
    broken[whole.size() - 6] ^= 1;  // the sum
    EXPECT_THAT(gunzip(bytes_of(broken))->loss.value().message, ::testing::HasSubstr("damaged"));
    EXPECT_THAT(gunzip(bytes_of(whole + "more"))->loss.value().message,
                ::testing::HasSubstr("4 bytes behind"));
    EXPECT_FALSE(gunzip(bytes_of(whole + std::string(100, '\0')))->loss);
}

class FolderTest : public ::testing::Test {
  protected:
    FolderTest() {
        std::string name = (fs::temp_directory_path() / "shoji-gzip-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~FolderTest() override { fs::remove_all(folder_); }
    void write(const fs::path& name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

    fs::path folder_;
    event::Names names_;
    event::WindowsSources windows_{names_};
};

TEST_F(FolderTest, ReadsCompressedLogs) {
    write("a.json.gz", packed("{\"a\":1}\n{\"a\":2}\n"));
    const auto cut = packed("{\"a\":1}\n");
    write("b.json.gz", cut.substr(0, cut.size() - 4));
    const auto files = log_files({folder_});
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2U);
    auto log = LogFile::open(files->front(), names_, windows_);
    ASSERT_TRUE(log);
    event::Event event;
    EXPECT_TRUE(log->next(event));
    EXPECT_TRUE(log->next(event));
    EXPECT_EQ(event.fields()[0].value, "2");
    EXPECT_FALSE(log->next(event));
    EXPECT_EQ(log->loss_count(), 0U);
    auto damaged = LogFile::open(files->back(), names_, windows_);
    ASSERT_TRUE(damaged);
    EXPECT_TRUE(damaged->next(event)) << "what is there is read";
    EXPECT_FALSE(damaged->next(event));
    EXPECT_EQ(damaged->loss_count(), 1U);
    EXPECT_EQ(damaged->losses().size(), 1U);
}

TEST_F(FolderTest, TellsWhatItDoesNotTake) {
    write("a.json", "{}");
    write(".hidden.json", "{}");
    write("notes.txt", "x");
    write("old.log.xz", "x");
    ASSERT_EQ(::mkfifo((folder_ / "pipe.log").c_str(), 0600), 0);
    fs::create_directory(folder_ / "deeper");
    SkippedFiles skipped;
    const auto files = log_files({folder_}, &skipped);
    ASSERT_TRUE(files);
    EXPECT_THAT(*files, ::testing::ElementsAre(folder_ / "a.json"));
    EXPECT_EQ(skipped.count, 4U);
    EXPECT_THAT(skipped.told,
                ::testing::ElementsAre(folder_ / ".hidden.json", folder_ / "notes.txt",
                                       folder_ / "old.log.xz", folder_ / "pipe.log"));
    for (std::size_t i = 0; i < SkippedFiles::most_told + 5; ++i) {
        write("deeper/" + std::to_string(i) + ".txt", "x");
    }
    SkippedFiles many;
    ASSERT_TRUE(log_files({folder_}, &many));
    EXPECT_EQ(many.count, 4 + SkippedFiles::most_told + 5);
    EXPECT_EQ(many.told.size(), SkippedFiles::most_told);
}

TEST_F(FolderTest, NamesOtherWaysOfCompressing) {
    write("a.log",
          "\xfd"
          "7zXZ......");
    auto log = LogFile::open(folder_ / "a.log", names_, windows_);
    ASSERT_TRUE(log);
    ASSERT_EQ(log->loss_count(), 1U);
    EXPECT_THAT(log->losses()[0].what.message, ::testing::HasSubstr("unpack it first"));
}

}  // namespace
}  // namespace shoji::hunt
