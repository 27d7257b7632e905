#include "screen/host/reason.h"

#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using control::Reason;

constexpr ExitStatus well{true, 0};
constexpr ExitStatus wrong{true, 1};
constexpr ExitStatus killed{true, -9};
constexpr ExitStatus unknown{false, 0};

std::optional<Reason> reason(std::optional<ExitStatus> browser,
                             std::optional<ExitStatus> compositor, std::optional<ExitStatus> egress,
                             std::uint64_t memory_kills = 0) {
    return reason_of({{browser, compositor, egress}, memory_kills});
}

TEST(Reason, ThereIsNoneWhileAllRun) {
    EXPECT_EQ(reason({}, {}, {}), std::nullopt);
}

TEST(Reason, TheUserClosedTheLastWindow) {
    EXPECT_EQ(reason(well, {}, {}), Reason::ended);
    EXPECT_EQ(reason(well, well, {}), Reason::ended);
}

TEST(Reason, TheOneThatEndedWronglyIsTheCause) {
    EXPECT_EQ(reason(killed, {}, {}), Reason::browser_exited);
    EXPECT_EQ(reason(killed, well, {}), Reason::browser_exited);
    EXPECT_EQ(reason({}, killed, {}), Reason::session_failed);
    EXPECT_EQ(reason(wrong, killed, {}), Reason::session_failed);
    EXPECT_EQ(reason(well, wrong, {}), Reason::session_failed);
    EXPECT_EQ(reason({}, well, {}), Reason::session_failed) << "it ends only after the browser";
    EXPECT_EQ(reason({}, {}, killed), Reason::egress_failed);
    EXPECT_EQ(reason({}, {}, well), Reason::egress_failed);
}

TEST(Reason, ACompositorThatEndedWellWaitsForItsBrowser) {
    const auto time = [](std::optional<ExitStatus> browser, std::optional<ExitStatus> compositor) {
        return time_to_settle({{browser, compositor, {}}, 0}).count();
    };
    EXPECT_EQ(time(killed, well), 0);
    EXPECT_EQ(time({}, well), 5000);
    EXPECT_EQ(time({}, killed), 300);
    EXPECT_EQ(time({}, unknown), 300);
    EXPECT_EQ(time(killed, {}), 300);
}

TEST(Reason, WantOfMemoryExplainsTheRest) {
    EXPECT_EQ(reason({}, {}, {}, 1), Reason::out_of_memory);
    EXPECT_EQ(reason(killed, well, {}, 1), Reason::out_of_memory);
}

TEST(Reason, OfAdoptedProcessesOnlyTheEndIsSeen) {
    EXPECT_EQ(reason(unknown, {}, {}), Reason::browser_exited);
    EXPECT_EQ(reason(unknown, unknown, {}), Reason::browser_exited);
    EXPECT_EQ(reason({}, unknown, {}), Reason::session_failed);
}

}  // namespace
}  // namespace shoji::host
