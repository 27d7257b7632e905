#include "watch/sensor/log_files.h"

#include "watch/sensor/sensor_fixture_test.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>

namespace shoji::sensor {
namespace {

class LogFilesTest : public testing::Test {
  protected:
    void append(const std::string& text) { std::ofstream(log_, std::ios::app) << text; }
    [[nodiscard]] LogPositions* positions() const {
        const auto memory = make_log_positions(std::vector{log_});
        return memory ? map_log_positions(memory->get()).value() : nullptr;
    }
    [[nodiscard]] base::FileDescriptor open() const {
        return base::FileDescriptor(::open(log_.c_str(), O_RDONLY | O_CLOEXEC));
    }
    // Of an analyst that begins.
    std::vector<std::string> read(LogPositions& positions) {
        LogFiles files(1, positions, [this](std::size_t) { return open(); });
        std::vector<std::string> lines;
        for (int looks = 0; looks < 2; ++looks) {
            files.look([&](std::string_view line) { lines.emplace_back(line); });
        }
        return lines;
    }

    TestFolder folder_;
    std::string log_ = folder_.at("auth.log");
};

TEST_F(LogFilesTest, WhatWasThereBeforeIsNotRead) {
    append("old\n");
    auto* const known = positions();
    ASSERT_NE(known, nullptr);
    append("new\n");
    EXPECT_THAT(read(*known), testing::ElementsAre("new"));
    append("newer\n");
    EXPECT_THAT(read(*known), testing::ElementsAre("newer"));
}

// Its opener was slow, and it was ended before it asked again.
TEST_F(LogFilesTest, WhatComesBeforeTheFirstAnalystCouldOpenALogIsRead) {
    append("old\n");
    auto* const known = positions();
    ASSERT_NE(known, nullptr);
    LogFiles first(1, *known, [](std::size_t) { return base::FileDescriptor(); });
    first.look([](std::string_view) { ADD_FAILURE(); });
    append("new\n");
    EXPECT_THAT(read(*known), testing::ElementsAre("new"));
}

TEST_F(LogFilesTest, AFileThatIsMadeLaterIsReadFromItsFirstLine) {
    auto* const known = positions();
    ASSERT_NE(known, nullptr);
    append("new\n");
    EXPECT_THAT(read(*known), testing::ElementsAre("new"));
}

}  // namespace
}  // namespace shoji::sensor
