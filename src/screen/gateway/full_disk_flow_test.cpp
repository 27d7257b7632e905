// The gateway's own disk is full, against the real program.
#include "core/base/test_small_disk.h"
#include "screen/gateway/testing/installation.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::gateway::testing {
namespace {

constexpr std::uint64_t disk_bytes = std::uint64_t{2} << 20U;

TEST(FullDiskFlow, StartsNothingThatItCannotStoreAndGoesOnWhenThereIsRoom) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    Installation installation;
    {
        const base::SmallDisk disk(installation.settings().gateway_state(), disk_bytes);
        ASSERT_TRUE(disk.mounted());
        installation.start();
        installation.apply(example_policy());
        auto user = sign_in_as(installation, "hanako", installation.terminal());

        disk.fill();
        const auto refused = user.browser.post("/api/screens", screen_request());
        EXPECT_EQ(refused.status, 503U) << refused.body;
        EXPECT_EQ(refused.error(), "store.full");
        installation.host().wait_for_end(installation.host().next().id);
        EXPECT_TRUE(installation.done({{"command", "session.list"}}).as_array().empty());
        const auto added =
            installation.admin({{"command", "user.add"}, {"name", "taro"}, {"role", "staff"}});
        EXPECT_FALSE(added.contains("result")) << "a change that is not stored is refused";
        EXPECT_TRUE(user.browser.get("/api/state").json().at("signedIn").as_bool());

        disk.free();
        EXPECT_EQ(user.browser.post("/api/screens", screen_request()).status, 200U);
        EXPECT_EQ(installation.done({{"command", "session.list"}}).as_array().size(), 1U);
        EXPECT_EQ(installation.stop(), 0);
    }
}

}  // namespace
}  // namespace shoji::gateway::testing
