#include "core/log/bounded_file.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::log {
namespace {

namespace fs = std::filesystem;

class BoundedFileTest : public ::testing::Test {
  protected:
    BoundedFileTest() {
        std::string name = (fs::temp_directory_path() / "shoji-log-XXXXXX").native();
        if (::mkdtemp(name.data()) != nullptr) folder = name;
    }
    ~BoundedFileTest() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    static std::string text_of(const fs::path& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::uintmax_t bytes() const {
        std::uintmax_t sum = 0;
        for (const auto& entry : fs::directory_iterator(folder)) sum += entry.file_size();
        return sum;
    }

    fs::path folder;
};

TEST_F(BoundedFileTest, KeepsWhatWasSaidLast) {
    BoundedFile file(folder / "log", 100);
    ASSERT_TRUE(file.open());
    for (int i = 0; i < 1000; ++i) {
        const std::string line = "line " + std::to_string(i) + "\n";
        ASSERT_TRUE(file.write(line));
        ASSERT_LE(bytes(), 200U);
    }
    const std::string kept = text_of(folder / "log.before") + text_of(folder / "log");
    EXPECT_TRUE(kept.ends_with("line 998\nline 999\n")) << kept;
    EXPECT_GT(kept.size(), 100U) << "one file and what fits into the other";
}

TEST_F(BoundedFileTest, GoesOnWithTheFileThatIsThere) {
    std::ofstream(folder / "log") << "before\n";
    BoundedFile file(folder / "log", 100);
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write(std::string("after\n")));
    EXPECT_EQ(text_of(folder / "log"), "before\nafter\n");
}

TEST_F(BoundedFileTest, KeepsTheEndOfWhatIsTooLong) {
    BoundedFile file(folder / "log", 100);
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write(std::string(1000, 'a') + "end"));
    EXPECT_LE(bytes(), 100U);
    EXPECT_TRUE(text_of(folder / "log").ends_with("aend"));
}

// The program: a flood of 40 MB becomes 16 MiB at most, and the last words are there.
TEST_F(BoundedFileTest, TheProgramBoundsAFlood) {
    const fs::path program = fs::canonical("/proc/self/exe").parent_path() / "shoji-log";
    const std::string command = program.native() + " " + (folder / "log").native();
    FILE* pipe = ::popen(command.c_str(), "w");
    ASSERT_NE(pipe, nullptr);
    const std::string line(99, 'x');
    for (int i = 0; i < 400'000; ++i) std::fprintf(pipe, "%s\n", line.c_str());
    std::fputs("the last words\n", pipe);
    EXPECT_EQ(::pclose(pipe), 0);
    EXPECT_LE(bytes(), std::uintmax_t{16} << 20U);
    EXPECT_GT(bytes(), std::uintmax_t{8} << 20U);
    EXPECT_TRUE(text_of(folder / "log").ends_with("the last words\n"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

}  // namespace
}  // namespace shoji::log
