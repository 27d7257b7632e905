// For tests: a folder with the probe and things to attack, and a way to run the probe in the same
// confinement as Chromium's, as root's child and as an ordinary user's.
#pragma once

#include "screen/isolation/launch.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace shoji::isolation {

// Whose launcher the test plays.
enum class Caller { root, ordinary };

// Numbers of no account: `sandbox_user` is what root lets the probe run as.
inline constexpr uid_t sandbox_user = 910001;
inline constexpr uid_t ordinary_user = 910002;

class SandboxTest : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    // Below folder(): `probe`, listed; `bound`, everyone's to write, bound read-only into the root,
    // with a program `unlisted` in it; `secret`, everyone's to read, not in the root.
    [[nodiscard]] LaunchPlan plan(const std::vector<std::string>& arguments,
                                  const Layers& layers) const;
    // The exit code of the probe: 0 stopped, 1 succeeded; -signal; 200 it could not be launched.
    int run(Caller caller, const LaunchPlan& plan);

    static bool may_play(Caller caller);
    // The user that the sandboxed program is to the machine.
    static uid_t outer_user(Caller caller);
    // Runs `body` as the caller, in a child; its result must fit an exit code.
    static int as(Caller caller, const std::function<int()>& body);

  private:
    std::filesystem::path folder_;
};

}  // namespace shoji::isolation
